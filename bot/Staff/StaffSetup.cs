using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Staff.Components;
using Outreach.Storage;

namespace Outreach.Staff;

public static class StaffSetup
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public static IServiceCollection AddStaff(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StaffOptions>().BindConfiguration("Staff")
            .Validate(o => o.IdleMinutes is >= 5 and <= 240, "Staff:IdleMinutes must be between 5 and 240 (minutes without a click that end a session).")
            .Validate(o => o.SessionHours is >= 1 and <= 24, "Staff:SessionHours must be between 1 and 24 (hours that end any session).")
            .Validate(o => o.MaxTries is >= 3 and <= 20, "Staff:MaxTries must be between 3 and 20 (wrong passwords that lock an account).")
            .Validate(o => o.LockMinutes is >= 1 and <= 1440, "Staff:LockMinutes must be between 1 and 1440 (minutes that an account stays locked).")
            .Validate(o => o.LinkHours is >= 1 and <= 168, "Staff:LinkHours must be between 1 and 168 (hours that a one-time link can be used).")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<StaffOptions>, StaffOpenIdCheck>();
        services.AddStaffOpenId(configuration.GetSection("Staff:OpenIdConnect").Get<StaffOpenIdOptions>() ?? new());      // what is off is not even registered

        services.AddHttpContextAccessor();
        services.AddIdentityCore<StaffMember>(identity =>
            {
                identity.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
                identity.Password.RequiredLength = StaffPasswords.MinLength;   // the rest is StaffPasswords' business, in Chinese
                identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;
            })
            .AddErrorDescriber<StaffErrors>()
            .AddPasswordValidator<StaffPasswords>()
            .AddEntityFrameworkStores<OutreachDb>()
            .AddSignInManager()
            .AddTokenProvider<AuthenticatorTokenProvider<StaffMember>>(TokenOptions.DefaultAuthenticatorProvider);
        services.AddOptions<IdentityOptions>().Configure<IOptions<StaffOptions>>((identity, staff) =>
        {
            identity.Lockout.MaxFailedAccessAttempts = staff.Value.MaxTries;
            identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(staff.Value.LockMinutes);
        });

        services.AddSingleton<StaffSessions>();
        services.AddSingleton<AuditReader>();
        services.AddScoped<StaffCookie>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie => cookie.EventsType = typeof(StaffCookie))
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, cookie =>
            {
                cookie.Cookie.Name = "outreach_second";
                cookie.Cookie.Path = LocalAddress.Home;
                cookie.Cookie.HttpOnly = true;
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            });
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<IOptions<StaffOptions>>((cookie, staff) =>
        {
            cookie.Cookie.Name = "outreach_staff";
            cookie.Cookie.Path = LocalAddress.Home;       // the chat page never carries it
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;    // links in group robots' messages must open
            cookie.LoginPath = "/staff/sign-in";
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(staff.Value.IdleMinutes);
            cookie.SlidingExpiration = true;
        });
        services.AddAuthorization(StaffPolicies.AddTo);
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = "outreach_form");
        services.AddCascadingAuthenticationState();
        services.AddRazorComponents();
        services.AddWebEncoders(encoders => encoders.TextEncoderSettings = new(UnicodeRanges.All));   // Chinese as Chinese: less than half the bytes

        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext?.Features.Get<StaffScope>()
            ?? throw new InvalidOperationException("Nobody of the staff is signed in here: the page or endpoint lacks its policy."));
        services.AddScoped<StaffLinks>();
        services.AddScoped<StaffSignIn>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<StaffPeople>();
        services.AddScoped<OpenIdTies>();
        services.AddScoped<Toasts>();
        services.AddSingleton<StaffNames>();
        services.AddSingleton<IStaffRoster, StaffRoster>();
        services.AddSingleton<ConversationReader>();
        services.AddSingleton<ChannelNumbers>();
        services.AddSingleton<CampaignChannelNames>();
        services.AddSingleton<AddressTests>();
        services.AddSingleton<UnknownNames>();
        services.AddSingleton<LocalText>();
        services.AddSingleton<PaperDesk>();
        services.AddSingleton<BoardReader>();
        services.AddSingleton<CountDays>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<CountDays>());
        return services;
    }

    public static void MapStaff(this WebApplication app)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments(LocalAddress.Home), staff =>
        {
            staff.Use(Headers);
            staff.UseStatusCodePagesWithReExecute("/staff/problem/{0}");
            staff.Use(AsGet);
        });
        app.UseRouting();       // after the branch above, so that its second run under the error page's address finds that page
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(FromOurForm);

        app.MapRazorComponents<App>().RequireAuthorization(StaffPolicies.Staff);
        var staff = app.MapGroup(LocalAddress.Home).RequireAuthorization(StaffPolicies.Staff)
            .WithMetadata(new RequireAntiforgeryTokenAttribute());
        staff.MapGet("/live", StaffLive.Listen);
        staff.MapPost("/leads/{id:long}/move", LeadSteps.Move).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/{id:long}/retry", LeadSteps.Retry).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/{id:long}/tags", LeadSteps.Tag).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/{id:long}/merge", LeadSteps.Merge).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/{id:long}/unmerge", LeadSteps.Unmerge).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/bulk", LeadSteps.Bulk).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/bulk/undo", LeadSteps.UndoBulk).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/routes/set", LeadSteps.Route).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/leads/export/file", ExportSteps.Leads).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/communities/import/upload", ImportSteps.Upload).RequireAuthorization(StaffPolicies.Owners)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(ImportSteps.MostBytes));
        staff.MapPost("/communities/import/{id:long}/columns", ImportSteps.Columns).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/communities/import/{id:long}/confirm", ImportSteps.Confirm).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/communities/import/{id:long}/undo", ImportSteps.Undo).RequireAuthorization(StaffPolicies.Owners);
        staff.MapGet("/communities/{id:long}/papers/{kind}/docx", PaperSteps.Word);
        staff.MapPost("/communities/{id:long}/steps/{number:int}/undo", CommunitySteps.Undo).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/communities/{id:long}/way", CommunitySteps.Choose).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/notices/{id:long}/log/file", NoticeSteps.ExportLog).RequireAuthorization(StaffPolicies.Notices);
        staff.MapPost("/audit/file", AuditSteps.Export).RequireAuthorization(StaffPolicies.Audit);
        staff.MapPost("/held/release", HeldSteps.Release).RequireAuthorization(StaffPolicies.Owners);
        staff.MapPost("/alerts/{id:long}/done", HeldSteps.Done).RequireAuthorization(StaffPolicies.Staff);
        var knowledge = staff.MapGroup("/knowledge").RequireAuthorization(StaffPolicies.Knowledge);
        knowledge.MapPost("/settle", KnowledgeSteps.Settle);
        knowledge.MapPost("/attach", KnowledgeSteps.Attach);
        knowledge.MapPost("/not-ours", KnowledgeSteps.NotOurs);
        knowledge.MapPost("/lessons/{id:long}/confirm", KnowledgeSteps.ConfirmLesson);
        knowledge.MapPost("/lessons/{id:long}/elsewhere", KnowledgeSteps.SendElsewhere);
        knowledge.MapPost("/lessons/{id:long}/back", KnowledgeSteps.TakeLessonBack);
        knowledge.MapPost("/back", KnowledgeSteps.GoBack);
        knowledge.MapPost("/import", KnowledgeSteps.Import);
        knowledge.MapGet("/export", KnowledgeSteps.Export);
        staff.MapPost("/sign-out", SessionSteps.SignOut);
        staff.MapPost("/sign-out/elsewhere", SessionSteps.EndOthers);
        staff.MapPost("/sign-out/everywhere", SessionSteps.EndAll);
        staff.MapPost("/sessions/{id:guid}/end", SessionSteps.End);
        staff.MapPost("/look", ChangeLook);
        if (app.Services.GetRequiredService<IOptions<StaffOptions>>().Value.OpenIdConnect.IsConfigured)
            staff.MapStaffOpenId();
    }

    /// <summary>
    /// Refuses what no form of ours sent, before anything reads it. The framework only notes that the token is wrong, and leaves the refusal to who binds the form's
    /// fields: some handlers bind none, and generated binding fails with 500. As a GET the request is on its way to the page of this very refusal.
    /// </summary>
    private static Task FromOurForm(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsGet(http.Request.Method) || http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
            return next(http);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    private static Task Headers(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-cache, no-store";     // personal data: neither proxies nor the next user of this computer
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        return next(http);
    }

    /// <summary>An error page is shown, not posted to: a refused POST comes here a second time under the error page's address.</summary>
    private static Task AsGet(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null)
            http.Request.Method = HttpMethods.Get;
        return next(http);
    }

    private static RedirectHttpResult ChangeLook(
        [Microsoft.AspNetCore.Mvc.FromForm] string? theme, [Microsoft.AspNetCore.Mvc.FromForm] string? text, [Microsoft.AspNetCore.Mvc.FromForm] string? keys, HttpContext http, Toasts toasts)
    {
        Set(Look.ThemeCookie, theme is "light" or "dark" ? theme : null);
        Set(Look.TextCookie, text is "large" ? text : null);
        Set(Look.KeysCookie, keys is "off" ? keys : null);
        toasts.Done("改好了");
        return TypedResults.LocalRedirect("/staff/more");

        void Set(string name, string? value)
        {
            var options = new CookieOptions { Path = "/", SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), IsEssential = true };
            if (value is null)
                http.Response.Cookies.Delete(name, options);
            else
                http.Response.Cookies.Append(name, value, options);
        }
    }
}

/// <summary>Half a provider stops the start, with the key and what to do.</summary>
internal sealed class StaffOpenIdCheck : IValidateOptions<StaffOptions>
{
    public ValidateOptionsResult Validate(string? name, StaffOptions options) =>
        options.OpenIdConnect.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}

/// <summary>Identity's own messages, as far as a form can cause them.</summary>
internal sealed class StaffErrors : IdentityErrorDescriber
{
    public override IdentityError DuplicateUserName(string userName) => new() { Code = nameof(DuplicateUserName), Description = "这个用户名有人用了，换一个" };
    public override IdentityError InvalidUserName(string? userName) => new() { Code = nameof(InvalidUserName), Description = "用户名写4到32个字母或数字" };
    public override IdentityError PasswordTooShort(int length) => new() { Code = nameof(PasswordTooShort), Description = $"密码至少要{length}位" };
    public override IdentityError ConcurrencyFailure() => new() { Code = nameof(ConcurrencyFailure), Description = "别人刚改过这个账号。看看新的再存。" };
}
