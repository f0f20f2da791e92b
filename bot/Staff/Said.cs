using Microsoft.AspNetCore.DataProtection;

namespace Outreach.Staff;

/// <summary>One sentence from a step to the page after its redirect, in a sealed cookie that lives for that one page. No personal data.</summary>
internal sealed class Said(IHttpContextAccessor accessor, IDataProtectionProvider protection)
{
    private const string Cookie = "outreach_said";
    private static readonly CookieOptions Options = new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/staff", MaxAge = TimeSpan.FromMinutes(1), IsEssential = true };
    private readonly IDataProtector _protector = protection.CreateProtector("Outreach.Staff.Said.v1");

    public void Say(string words) => accessor.HttpContext!.Response.Cookies.Append(Cookie, _protector.Protect(words), Options);

    /// <summary>The sentence that waits, once; null: there is none.</summary>
    public string? Take()
    {
        var http = accessor.HttpContext!;
        if (http.Request.Cookies[Cookie] is not { Length: > 0 } sealedWords || http.Request.Headers.ContainsKey(StaffCookie.BackgroundHeader))
            return null;
        if (!http.Response.HasStarted)
            http.Response.Cookies.Delete(Cookie, Options);
        try
        {
            return _protector.Unprotect(sealedWords);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
