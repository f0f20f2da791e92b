using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>One-tap changes of a community's way: taking a recorded day back, and choosing the body.</summary>
internal static class CommunitySteps
{
    public static async Task<Results<RedirectHttpResult, NotFound>> Undo(
        long id, int number, [FromForm] StepMark? mark, StepDesk desk, AuditLog audit, StaffScope scope, Toasts toasts, CancellationToken cancellationToken) =>
        Say(id, toasts, mark is null ? new(DeskOutcome.NotValid, "没有这一步。刷新再试。")
            : await desk.UndoAsync(id, number, mark.Value, scope, db => audit.Add(db, AuditKind.ChangedCommunity, scope.StaffId, id, $"撤销第{number}步的日子"), cancellationToken), $"第{number}步的日子撤销了");

    public static async Task<Results<RedirectHttpResult, NotFound>> Choose(
        long id, [FromForm] CommitteeWay? way, StepDesk desk, AuditLog audit, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var to = way is CommitteeWay.Management ? "改走物业管理委员会" : "改回成立业委会";
        return Say(id, toasts, way is null ? new(DeskOutcome.NotValid, "刷新再试。")
            : await desk.ChooseAsync(id, way.Value, scope, db => audit.Add(db, AuditKind.ChangedCommunity, scope.StaffId, id, to), cancellationToken), to);
    }

    /// <summary>What a step's result says to people.</summary>
    public static string? Problem(StepResult result) => result.Outcome switch
    {
        DeskOutcome.Saved => null,
        DeskOutcome.NotValid => result.Problem ?? "有一项不对。改好再存。",
        DeskOutcome.ChangedMeanwhile => "别人刚改过这条。看看新的再存。",
        DeskOutcome.NameTaken => "这个名字在同一个社区里有了。换一个。",
        DeskOutcome.NoSuchRow => "没有这个小区。",
    };

    private static Results<RedirectHttpResult, NotFound> Say(long id, Toasts toasts, StepResult result, string done)
    {
        if (result.Outcome == DeskOutcome.NoSuchRow)
            return TypedResults.NotFound();
        if (Problem(result) is { } problem)
            toasts.Problem(problem);
        else
            toasts.Done(done);
        return TypedResults.LocalRedirect($"/staff/communities/{id}");
    }
}
