using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>After a restore from a backup: what a person decides about the things that stand still.</summary>
internal static class HeldSteps
{
    /// <summary>Lets the held lead forwards go. Only the keeper of the data may.</summary>
    public static async Task<Results<RedirectHttpResult, ForbidHttpResult>> Release(
        [FromForm] string? confirmed, LeadWorkflow workflow, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        if (!scope.IsKeeper)
            return TypedResults.Forbid();
        if (confirmed == "yes")
            toasts.Done($"放行了 {await workflow.ReleaseHeldForwardsAsync(scope, cancellationToken)} 条");
        else
            toasts.Problem("先勾上“核对过了”，再放行。");
        return TypedResults.LocalRedirect("/staff/status");
    }

    /// <summary>Closes the note that data came from a backup, or a reminder that someone has seen; alerts of other kinds end by themselves when their cause is mended.</summary>
    public static async Task<Results<RedirectHttpResult, NotFound>> Done(
        long id, [FromForm] string? back, IDbContextFactory<OutreachDb> databases, AuditLog audit, TimeProvider clock, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.WriteAsync(async () =>
        {
            if (await db.Alerts.VisibleTo(db, scope).SingleOrDefaultAsync(a => a.Id == id && (a.Kind == AlertKind.Restored || a.Kind == AlertKind.LegalDate) && a.ResolvedAt == null, cancellationToken) is not { } alert)
                return false;
            alert.ResolvedAt = clock.GetUtcNow();
            if (alert.Kind == AlertKind.Restored)
                audit.Add(db, AuditKind.ChangedLead, scope.StaffId, detail: "核对了恢复后的数据");
            else
                audit.Add(db, AuditKind.ChangedCommunity, scope.StaffId, detail: $"看过提醒：{alert.Text}");
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        if (!found)
            return TypedResults.NotFound();
        toasts.Done("记下了");
        return TypedResults.LocalRedirect(LocalAddress.OrHome(back));
    }
}
