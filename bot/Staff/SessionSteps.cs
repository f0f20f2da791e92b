using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Out of this session, one of the others, or all of them. Each ends in a redirect.</summary>
internal static class SessionSteps
{
    private const string Page = "/staff/more";
    private const string Door = "/staff/sign-in";

    /// <param name="from">idle: the page signed out by itself.</param>
    public static async Task<RedirectHttpResult> SignOut(
        [FromForm] string? from, HttpContext http, StaffSessions sessions, AuditLog audit, StaffScope scope, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(AuditKind.SignedOut, scope.StaffId, null, from is "idle" ? "太久没有操作" : null, cancellationToken);
        await sessions.CloseAsync(http, cancellationToken);
        return await OutAsync(http);
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> End(
        Guid id, HttpContext http, StaffSessions sessions, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        if (!await sessions.EndAsync(id, scope, cancellationToken))
            return TypedResults.NotFound();
        if (http.Features.Get<StaffSessions.Current>()?.Id == id)
            return await OutAsync(http);
        toasts.Done("那一处退出了");
        return TypedResults.LocalRedirect(Page);
    }

    public static async Task<RedirectHttpResult> EndOthers(StaffSessions sessions, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        await sessions.EndOthersAsync(scope, cancellationToken);
        toasts.Done("别处的登录都退出了");
        return TypedResults.LocalRedirect(Page);
    }

    public static async Task<RedirectHttpResult> EndAll(HttpContext http, StaffSessions sessions, StaffScope scope, CancellationToken cancellationToken)
    {
        await sessions.EndAllAsync(scope, cancellationToken);
        return await OutAsync(http);
    }

    private static async Task<RedirectHttpResult> OutAsync(HttpContext http)
    {
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.LocalRedirect(Door);
    }
}
