using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>
/// The console's session. Every request asks the member's row again: deactivation, new roles, a new area or a new password count at once.
/// What was found is the request's <see cref="Communities.StaffScope"/>.
/// </summary>
internal sealed class StaffCookie(IDbContextFactory<OutreachDb> databases, IOptions<IdentityOptions> identity, IOptions<StaffOptions> options, TimeProvider clock)
    : CookieAuthenticationEvents
{
    /// <summary>Sent by <c>console.js</c> with requests that nobody clicked: they do not keep a session alive.</summary>
    public const string BackgroundHeader = "X-Background";

    private const string StartedAt = "started";

    public override Task SigningIn(CookieSigningInContext context)
    {
        context.Properties.Items[StartedAt] = clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var id = context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier);
        var stamp = context.Principal?.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
        await using var db = await databases.CreateDbContextAsync(context.HttpContext.RequestAborted);
        var scope = id is null || stamp is null || IsOver(context.Properties) ? null : await db.FindScopeAsync(id, stamp, context.HttpContext.RequestAborted);
        if (scope is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
            return;
        }
        context.HttpContext.Features.Set(scope);
    }

    public override Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        if (context.Request.Headers.ContainsKey(BackgroundHeader) || context.Request.Path.StartsWithSegments(StaffLive.Address))
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
        if (context.Request.Headers.ContainsKey(BackgroundHeader) || context.Request.Path.StartsWithSegments(StaffLive.Address))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private bool IsOver(AuthenticationProperties properties) =>
        !properties.Items.TryGetValue(StartedAt, out var text) || !long.TryParse(text, CultureInfo.InvariantCulture, out var ticks)
        || clock.GetUtcNow() >= new DateTimeOffset(ticks, TimeSpan.Zero).AddHours(options.Value.SessionHours);
}
