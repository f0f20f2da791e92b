using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Outreach.Staff;

/// <summary>
/// Section <c>Staff:OpenIdConnect</c>: signing in with the accounts of one's own organisation. All three or none; without them nothing of it is loaded.
/// Nobody gets rights by it: it opens the account of a colleague who was invited and has tied the two together in a session of their own.
/// An e-mail address is never matched: whoever may change it at the provider could else become somebody else here.
/// </summary>
public sealed class StaffOpenIdOptions
{
    /// <summary>Address of the provider, below which <c>/.well-known/openid-configuration</c> lies.</summary>
    public string Authority { get; init; } = "";
    public string ClientId { get; init; } = "";
    public string ClientSecret { get; init; } = "";
    /// <summary>How staff call those accounts, such as 政务统一账号.</summary>
    public string DisplayName { get; init; } = "单位账号";

    public bool IsConfigured => Authority.Length > 0 && ClientId.Length > 0 && ClientSecret.Length > 0;

    /// <summary>What is wrong with the section, and what to do; null: nothing.</summary>
    internal string? Problem()
    {
        if (Authority.Length + ClientId.Length + ClientSecret.Length == 0)
            return null;
        if (!IsConfigured)
        {
            var missing = Authority.Length == 0 ? nameof(Authority) : ClientId.Length == 0 ? nameof(ClientId) : nameof(ClientSecret);
            return $"Staff:OpenIdConnect:{missing} is missing: Authority, ClientId and ClientSecret go together. Fill it, or leave all three empty.";
        }
        return !Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == "https" || (authority.Scheme == "http" && authority.IsLoopback))
            ? "Staff:OpenIdConnect:Authority must be an absolute https address, such as https://login.example.org/realms/staff."
            : null;
    }
}

/// <summary>Whom the provider says that it signed in.</summary>
/// <param name="Provider">Its issuer, as it stands in stored logins.</param>
/// <param name="Subject">Never reused by that issuer.</param>
/// <param name="Name">For people.</param>
/// <param name="PassedTwo">The provider says (<c>amr</c> holds <c>mfa</c>, RFC 8176) that it asked for a second factor.</param>
internal sealed record OpenIdLogin(string Provider, string Subject, string Name, bool PassedTwo)
{
    public static OpenIdLogin? Read(ClaimsPrincipal? principal) =>
        principal?.FindFirst("sub") is { Value.Length: > 0 } subject
            ? new($"oidc:{subject.Issuer}", subject.Value, principal.FindFirst("name")?.Value ?? principal.FindFirst("preferred_username")?.Value ?? subject.Value,
                principal.HasClaim("amr", "mfa"))
            : null;
}

/// <summary>The registration of the provider and the addresses around it.</summary>
internal static partial class StaffOpenId
{
    public const string Scheme = "staff-openid";
    public const string Begin = "/staff/sign-in/openid";
    public const string Done = "/staff/sign-in/openid/done";
    public const string Tie = "/staff/openid/tie";
    public const string Confirm = "/staff/openid/confirm";

    public static void AddStaffOpenId(this IServiceCollection services, StaffOpenIdOptions openId)
    {
        if (!openId.IsConfigured || openId.Problem() is not null)      // a broken section stops the start where all options are checked
            return;
        services.AddAuthentication()
            .AddCookie(IdentityConstants.ExternalScheme, cookie =>
            {
                cookie.Cookie.Name = "outreach_openid";
                cookie.Cookie.Path = LocalAddress.Home;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
                cookie.SlidingExpiration = false;
            })
            .AddOpenIdConnect(Scheme, provider =>
            {
                provider.Authority = openId.Authority;
                provider.ClientId = openId.ClientId;
                provider.ClientSecret = openId.ClientSecret;
                provider.ResponseType = "code";
                provider.ResponseMode = "query";        // with form_post the cookies would have to be SameSite=None
                provider.UsePkce = true;
                provider.CallbackPath = Begin + "/callback";
                provider.RemoteSignOutPath = default;
                provider.SignInScheme = IdentityConstants.ExternalScheme;
                provider.Scope.Clear();
                provider.Scope.Add("openid");
                provider.Scope.Add("profile");
                provider.MapInboundClaims = false;
                provider.SaveTokens = false;
                provider.DisableTelemetry = true;
                provider.RequireHttpsMetadata = !new Uri(openId.Authority).IsLoopback;
                provider.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(2);
                provider.BackchannelTimeout = TimeSpan.FromSeconds(10);
                provider.BackchannelHttpHandler = new SocketsHttpHandler { AllowAutoRedirect = false };
                foreach (var cookie in (ReadOnlySpan<CookieBuilder>)[provider.CorrelationCookie, provider.NonceCookie])
                {
                    cookie.Path = LocalAddress.Home;
                    cookie.SameSite = SameSiteMode.Lax;
                    cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                }
                provider.Events.OnRemoteFailure = context =>
                {
                    Refused(context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StaffOpenId)), context.Failure?.GetType().Name ?? "none");
                    context.HandleResponse();
                    context.Response.Redirect("/staff/sign-in?problem=refused");
                    return Task.CompletedTask;
                };
            });
    }

    /// <summary>The addresses, where the provider is configured.</summary>
    public static void MapStaffOpenId(this RouteGroupBuilder staff)
    {
        staff.MapGet("/sign-in/openid", BeginAsync).AllowAnonymous();
        staff.MapGet("/sign-in/openid/done", DoneAsync).AllowAnonymous();
        staff.MapGet("/openid/tie", TieAsync);
        staff.MapPost("/openid/untie", OpenIdSteps.UntieAsync);
    }

    private static Task BeginAsync(string? returnUrl, HttpContext http) => ChallengeAsync(http, Query.Address(Done, ("returnUrl", returnUrl)));

    /// <summary>Only goes and asks; the two are tied together by a form that shows whose account came back.</summary>
    private static Task TieAsync(HttpContext http) => ChallengeAsync(http, Confirm);

    private static async Task DoneAsync(string? returnUrl, HttpContext http, StaffSignIn door)
    {
        var login = OpenIdLogin.Read((await http.AuthenticateAsync(IdentityConstants.ExternalScheme)).Principal);
        await http.SignOutAsync(IdentityConstants.ExternalScheme);
        var outcome = login is null ? SignInOutcome.Wrong : (await door.SignInWithOpenIdAsync(login, http.RequestAborted)).Outcome;
        http.Response.Redirect(outcome switch
        {
            SignInOutcome.SignedIn => LocalAddress.OrHome(returnUrl),
            SignInOutcome.NeedsCode => Query.Address("/staff/sign-in/code", ("ReturnUrl", returnUrl)),
            SignInOutcome.NeedsPassword => "/staff/sign-in?problem=unknown",
            SignInOutcome.Deactivated => "/staff/sign-in?problem=deactivated",
            SignInOutcome.Locked => "/staff/sign-in?problem=locked",
            SignInOutcome.Wrong => "/staff/sign-in?problem=refused",
        });
    }

    private static async Task ChallengeAsync(HttpContext http, string then)
    {
        try
        {
            await http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = then });
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException && !http.Response.HasStarted)
        {
            Away(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StaffOpenId)), e);
            http.Response.Redirect("/staff/sign-in?problem=away");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in by OpenID Connect was refused ({Reason})")]
    private static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The OpenID Connect provider does not answer")]
    private static partial void Away(ILogger logger, Exception exception);
}
