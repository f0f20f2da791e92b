using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Staff.Components;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The one-tap steps on rows of leads, from every page that lists them.</summary>
internal static class LeadSteps
{
    public static async Task<Results<RedirectHttpResult, NotFound>> Move(
        long id, [FromForm] LeadState to, [FromForm] string? back, LeadWorkflow workflow, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var outcome = await workflow.MoveAsync(id, to, scope, cancellationToken);
        if (outcome == LeadOutcome.NoSuchLead)
            return TypedResults.NotFound();
        if (outcome != LeadOutcome.Done)
            toasts.Problem(Words(outcome));
        else if (to == LeadState.Contacted)
            toasts.Done("已记为已联系", undoLeadId: id);
        else
            toasts.Done($"改为{WishText.Of(to)}了");
        return TypedResults.LocalRedirect(LocalAddress.OrHome(back));
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Retry(
        long id, [FromForm] string? back, LeadWorkflow workflow, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var outcome = await workflow.RetryForwardsAsync(id, scope, cancellationToken);
        if (outcome == LeadOutcome.NoSuchLead)
            return TypedResults.NotFound();
        if (outcome == LeadOutcome.Done)
            toasts.Done("又排上队了，送到会记在这里");
        else
            toasts.Problem(Words(outcome));
        return TypedResults.LocalRedirect(back is null ? $"/staff/leads/{id}" : LocalAddress.OrHome(back));
    }

    public static async Task<RedirectHttpResult> Bulk(
        [FromForm] long[]? ids, [FromForm] string? step, [FromForm] string? assignee, [FromForm] DateOnly? day, [FromForm] string? back,
        LeadBulk bulk, CityClock city, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var then = TypedResults.LocalRedirect(LocalAddress.OrHome(back));
        if (ids is not { Length: > 0 })
        {
            toasts.Problem("先选中线索。");
            return then;
        }
        switch (step)
        {
            case "contacted":
                Say(await bulk.ContactedAsync(ids, scope, cancellationToken), "条记为已联系", "已经联系过，或者已关", "一条也没改：都已经联系过，或者已关。", toasts);
                break;
            case "day" when day is not { } on || on < city.Today:
                toasts.Problem(day is null ? "先选下次联系是哪天。" : "下次联系不能是过去的日子，换一天。");
                break;
            case "day":
                Say(await bulk.ContactOnAsync(ids, city.FromLocal(day.Value.ToDateTime(LeadNotes.EndOfOffice)), scope, cancellationToken), $"条下次 {day.Value.Month}月{day.Value.Day}日 联系", "已是那天，或者已关",
                    "一条也没改：都已是那天，或者已关。", toasts);
                break;
            default:
                Say(await bulk.AssignAsync(ids, string.IsNullOrEmpty(assignee) ? null : assignee, scope, cancellationToken), "条分派了", "已关、已归他，或者他看不到",
                    "一条也没分派：要么已归他，要么已关，要么他看不到。", toasts);
                break;
        }
        return then;
    }

    public static async Task<RedirectHttpResult> UndoBulk(
        [FromForm] long batch, [FromForm] string? back, LeadBulk bulk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        toasts.Done($"{await bulk.UndoAsync(batch, scope, cancellationToken)} 条回到原来的样子");
        return TypedResults.LocalRedirect(LocalAddress.OrHome(back));
    }

    private static void Say(BulkResult result, string done, string left, string nothing, Toasts toasts)
    {
        if (result.Outcome == LeadOutcome.Done)
            toasts.Done($"{result.Changed} {done}{(result.Left > 0 ? $"，{result.Left} 条没动（{left}）" : null)}", undoBatchId: result.BatchId);
        else
            toasts.Problem(nothing);
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Tag(
        long id, [FromForm] string? tags, LeadWorkflow workflow, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var words = (tags ?? "").Split(['、', ',', '，', ' ', '　', ';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (Array.Exists(words, word => word.Length > LeadTag.MaxCharacters))
            toasts.Problem($"一个标签最多 {LeadTag.MaxCharacters} 个字，用空格分开几个。");
        else if (await workflow.TagAsync(id, words, scope, cancellationToken) is not LeadOutcome.Done and var outcome)
        {
            if (outcome == LeadOutcome.NoSuchLead)
                return TypedResults.NotFound();
            toasts.Problem(Words(outcome));
        }
        else
            toasts.Done("标签存好了");
        return TypedResults.LocalRedirect($"/staff/leads/{id}");
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Merge(
        long id, [FromForm] long other, [FromForm] string? called, LeadMerging merging, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        if (called != "yes")
        {
            toasts.Problem("先打电话核对是同一个人，勾上再合并。");
            return TypedResults.LocalRedirect($"/staff/leads/{id}");
        }
        var outcome = await merging.MergeAsync(id, other, scope, cancellationToken);
        if (outcome == LeadOutcome.NoSuchLead)
            return TypedResults.NotFound();
        if (outcome == LeadOutcome.Done)
            toasts.Done("并成一条了，那一条已关。弄错了可以分开。");
        else
            toasts.Problem(outcome == LeadOutcome.NotAllowed ? "只有同一个小区、同一个号码的两条才能合并。" : Words(outcome));
        return TypedResults.LocalRedirect($"/staff/leads/{id}");
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Unmerge(
        long id, [FromForm] long merge, LeadMerging merging, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var outcome = await merging.UndoAsync(merge, scope, cancellationToken);
        if (outcome == LeadOutcome.NoSuchLead)
            return TypedResults.NotFound();
        if (outcome == LeadOutcome.Done)
            toasts.Done("分开了，两条各走各的");
        else
            toasts.Problem(Words(outcome));
        return TypedResults.LocalRedirect($"/staff/leads/{id}");
    }

    public static async Task<RedirectHttpResult> Route(
        [FromForm] long area, [FromForm] string? assignee, LeadRoutes routes, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var outcome = await routes.SetAsync(area, string.IsNullOrEmpty(assignee) ? null : assignee, scope, cancellationToken);
        if (outcome == LeadOutcome.Done)
            toasts.Done(string.IsNullOrEmpty(assignee) ? "不再自动分派" : "新线索会自动分给这位同事");
        else
            toasts.Problem(Words(outcome));
        return TypedResults.LocalRedirect("/staff/leads/routes");
    }

    /// <summary>Why a step was not taken, and what to do.</summary>
    public static string Words(LeadOutcome outcome) => outcome switch
    {
        LeadOutcome.Done => "存好了",
        LeadOutcome.NoSuchLead => "没有这条线索，或者不在您的辖区",
        LeadOutcome.Closed => "这条线索已经关了。要继续跟，先重新打开。",
        LeadOutcome.NotAllowed => "现在的状态不能这样改。看看新的状态再选。",
        LeadOutcome.AlreadyOpen => "这位业主在这个小区已有一条没关的线索，用那一条。",
        LeadOutcome.ChangedMeanwhile => "别人刚改过这条。看看新的再存。",
        LeadOutcome.NoPhone => "业主没留电话，可以在下面回复。",
        LeadOutcome.NoSuchCommunity => "这个小区不在您的辖区，换一个。",
        LeadOutcome.NoSuchStaff => "这位同事的账号已停用，换一位。",
        LeadOutcome.NotForThatStaff => "这位同事看不到这条线索，换一位。",
        LeadOutcome.NoteTooLong => $"备注最多 {LeadWorkflow.MaxNoteCharacters} 个字，删短一些再存。",
    };
}
