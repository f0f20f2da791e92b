using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Leads;

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
