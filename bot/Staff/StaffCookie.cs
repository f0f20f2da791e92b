using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>
/// The console's session. Every request asks its row and the member's again: a session ended elsewhere, deactivation, new roles, a new area or a new password count at once.
/// What was found is the request's <see cref="Communities.StaffScope"/>.
/// </summary>
internal sealed class StaffCookie(IDbContextFactory<OutreachDb> databases, StaffSessions sessions, IOptions<IdentityOptions> identity) : CookieAuthenticationEvents
{
    /// <summary>Sent by <c>console.js</c> with requests that nobody clicked: they do not keep a session alive.</summary>
    public const string BackgroundHeader = "X-Background";

    private const string Session = "session";

    public override async Task SigningIn(CookieSigningInContext context)
    {
        if (context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } staffId)
            context.Properties.Items[Session] = (await sessions.BeginAsync(context.HttpContext, staffId)).ToString("N");
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var id = context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier);
        var stamp = context.Principal?.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
        await using var db = await databases.CreateDbContextAsync(context.HttpContext.RequestAborted);
        var session = context.Properties.Items.TryGetValue(Session, out var text) && Guid.TryParseExact(text, "N", out var key) ? key : Guid.Empty;
        var isOpen = id is not null && stamp is not null
            && await sessions.IsOpenAsync(db, session, id, IsBackground(context.Request) ? Seen.Background : Seen.Click, context.HttpContext.RequestAborted);
        var scope = isOpen ? await db.FindScopeAsync(id!, stamp!, context.HttpContext.RequestAborted) : null;
        if (scope is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
            return;
        }
        context.HttpContext.Features.Set(scope);
        context.HttpContext.Features.Set(new StaffSessions.Current(session, scope.StaffId));
    }

    public override Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        if (IsBackground(context.Request))
            context.ShouldRenew = false;
        return Task.CompletedTask;
    }

    /// <summary>The status alone: the error page says in words what it means.</summary>
    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (IsBackground(context.Request))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private static bool IsBackground(HttpRequest request) => request.Headers.ContainsKey(BackgroundHeader) || request.Path.StartsWithSegments(StaffLive.Address);
}
