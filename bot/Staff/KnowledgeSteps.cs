using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.KnowledgeDesk;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The one-tap steps of the knowledge desk.</summary>
internal static class KnowledgeSteps
{
    private const string Desk = "/staff/knowledge";

    public static async Task<RedirectHttpResult> Settle(
        [FromForm] string? keys, [FromForm] Settlement how, [FromForm] string? back, QuestionDesk questions, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var settled = await questions.SettleAsync(Split(keys), how, scope, cancellationToken);
        if (settled > 0)
            toasts.Done($"{settled} 个问题：{KnowledgeText.Of(how)}");
        else
            toasts.Problem("这几个问题同事已经处理了。");
        return TypedResults.LocalRedirect(back is null ? Desk : LocalAddress.OrHome(back));
    }

    /// <summary>Settles the questions and lets the bot learn from them what to refuse.</summary>
    public static async Task<RedirectHttpResult> NotOurs(
        [FromForm] string? keys, [FromForm] string? back, ScopeDesk desk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var taught = await desk.TeachAsync(Split(keys), scope, cancellationToken);
        Say(taught, taught.Outcome switch
        {
            TeachOutcome.InForce => $"{taught.Settled} 个问题划掉了，再有人问就答：{taught.Redirect}",
            TeachOutcome.Proposed => $"{taught.Settled} 个问题划掉了，等主管部门确认后机器人照着婉拒",
            _ => $"{taught.Settled} 个问题划掉了，没有适合教给机器人的说法",
        }, toasts);
        return TypedResults.LocalRedirect(back is null ? Desk : LocalAddress.OrHome(back));
    }

    public static async Task<RedirectHttpResult> ConfirmLesson(long id, ScopeDesk desk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var taught = await desk.ConfirmAsync(id, scope, cancellationToken);
        Say(taught, $"生效了，再有人问就答：{taught.Redirect}", toasts);
        return TypedResults.LocalRedirect($"{Desk}/scope");
    }

    public static async Task<RedirectHttpResult> SendElsewhere(
        long id, [FromForm] string? group, ScopeDesk desk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var taught = await desk.SendElsewhereAsync(id, group ?? "", scope, cancellationToken);
        Say(taught, $"改好了，再有人问就答：{taught.Redirect}", toasts);
        return TypedResults.LocalRedirect($"{Desk}/scope");
    }

    public static async Task<RedirectHttpResult> TakeLessonBack(
        long id, [FromForm] string? back, ScopeDesk desk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var taught = await desk.TakeBackAsync(id, scope, cancellationToken);
        Say(taught with { LessonId = 0 }, $"撤销了，{taught.Settled} 个问题回到知识台", toasts);
        return TypedResults.LocalRedirect(back is null ? $"{Desk}/scope" : LocalAddress.OrHome(back));
    }

    private static void Say(Taught taught, string done, Toasts toasts)
    {
        switch (taught.Outcome)
        {
            case TeachOutcome.InForce or TeachOutcome.Proposed or TeachOutcome.OnlySettled: toasts.Done(done, undoLessonId: taught.LessonId); break;
            case TeachOutcome.WouldHarm: toasts.Problem($"没有教：教了它，“{taught.Harmed}”就答不上了。先看看是不是该归到条目。"); break;
            case TeachOutcome.NothingThere: toasts.Problem("同事已经处理了。"); break;
            case TeachOutcome.MayNot: toasts.Problem("这会改全市业主得到的回答，要由主管部门来做。"); break;
        }
    }

    /// <summary>Adds the wording to the article's draft and settles its questions.</summary>
    public static async Task<RedirectHttpResult> Attach(
        [FromForm] string? keys, [FromForm] string? article, [FromForm] string? other, [FromForm] string? wording, [FromForm] string? back,
        QuestionDesk questions, ArticleDesk desk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var id = string.IsNullOrWhiteSpace(other) ? article?.Trim() ?? "" : other.Trim();
        var words = KnowledgeText.Wording(wording ?? "");
        if (words.Length == 0)
            toasts.Problem("这句话抹掉个人信息后没有字了，不能当问法。");
        else if (await desk.AddVariantAsync(id, words, scope, cancellationToken) != ArticleOutcome.Done)
            toasts.Problem(id.Length == 0 ? "先选归到哪一条。" : $"没有条目“{id}”。编号在“条目”里查。");
        else
        {
            await questions.SettleAsync(Split(keys), Settlement.Variant, scope, cancellationToken);
            toasts.Done($"加进 {id} 的草稿了，送审、发布以后才生效");
        }
        return TypedResults.LocalRedirect(back is null ? Desk : LocalAddress.OrHome(back));
    }

    public static async Task<RedirectHttpResult> GoBack(
        [FromForm] string? article, [FromForm] long? revision, ArticleDesk desk, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var outcome = await desk.RollBackAsync(article ?? "", revision, scope, cancellationToken);
        if (outcome == ArticleOutcome.Done)
            toasts.Done(revision is null ? "业主又看到随程序的版本了" : "业主又看到那一版了");
        else
            toasts.Problem(outcome == ArticleOutcome.HasErrors ? "那一版现在有错误（比如依据已失效），不能放回去。" : KnowledgeText.Of(outcome));
        return TypedResults.LocalRedirect(ArticleIds.IsOne(article ?? "") ? $"{Desk}/articles/{article}" : Desk);
    }

    public static async Task<FileStreamHttpResult> Export(ArticleTransfer transfer, StaffScope scope, CityClock clock, CancellationToken cancellationToken) =>
        TypedResults.File(await transfer.ExportAsync(scope, cancellationToken), "application/zip", $"条目-{clock.Today:yyyy-MM-dd}.zip");

    public static async Task<RedirectHttpResult> Import(
        IFormFile? file, ArticleTransfer transfer, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        if (file is null or { Length: 0 } or { Length: > ArticleTransfer.MostBytes })
        {
            toasts.Problem($"选一个 .md 或 .zip 文件，不超过 {ArticleTransfer.MostBytes / 1024 / 1024} MB。");
            return TypedResults.LocalRedirect($"{Desk}/articles");
        }
        await using var stream = file.OpenReadStream();
        var imported = await transfer.ImportAsync(file.FileName, stream, scope, cancellationToken);
        var more = imported.Problems.Count > 1 ? $"，另有 {imported.Problems.Count - 1} 个文件也没收" : null;
        if (imported.Problems.Count == 0)
            toasts.Done($"收下 {imported.Drafts.Count} 条，都是草稿，看过再送审");
        else
            toasts.Problem($"收下 {imported.Drafts.Count} 条草稿。没收的：{imported.Problems[0]}{more}");
        return TypedResults.LocalRedirect($"{Desk}/articles?tab=open");
    }

    private static string[] Split(string? keys) => (keys ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
