using System.Globalization;
using Microsoft.AspNetCore.DataProtection;

namespace Outreach.Staff;

/// <summary>What a step left to say.</summary>
/// <param name="Words">One sentence without personal data.</param>
/// <param name="UndoLeadId">The lead whose last step can be taken back; 0: none.</param>
/// <param name="UndoBatchId">The step on many leads that can be taken back; 0: none.</param>
/// <param name="UndoLessonId">What the bot was taught and can forget again; 0: nothing.</param>
internal readonly record struct ToastWords(string Words, SayingKind Kind, long UndoLeadId = 0, long UndoBatchId = 0, long UndoLessonId = 0);

internal enum SayingKind { Done, Problem }

/// <summary>One sentence from a step to the page after its redirect, in a sealed cookie that lives for that one page.</summary>
internal sealed class Toasts(IHttpContextAccessor accessor, IDataProtectionProvider protection)
{
    private const string Cookie = "outreach_said";
    private static readonly CookieOptions Options = new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/staff", MaxAge = TimeSpan.FromMinutes(1), IsEssential = true };
    private readonly IDataProtector _protector = protection.CreateProtector("Outreach.Staff.Said.v1");

    public void Done(string words, long undoLeadId = 0, long undoBatchId = 0, long undoLessonId = 0) => Say(new(words, SayingKind.Done, undoLeadId, undoBatchId, undoLessonId));

    public void Problem(string words) => Say(new(words, SayingKind.Problem));

    private void Say(ToastWords saying) => accessor.HttpContext!.Response.Cookies.Append(Cookie,
        _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{saying.Kind}|{saying.UndoLeadId}|{saying.UndoBatchId}|{saying.UndoLessonId}|{saying.Words}")), Options);

    /// <summary>The sentence that waits, once; null: there is none.</summary>
    public ToastWords? Take()
    {
        var http = accessor.HttpContext!;
        if (http.Request.Cookies[Cookie] is not { Length: > 0 } sealedWords || http.Request.Headers.ContainsKey(StaffCookie.BackgroundHeader))
            return null;
        if (!http.Response.HasStarted)
            http.Response.Cookies.Delete(Cookie, Options);
        try
        {
            var parts = _protector.Unprotect(sealedWords).Split('|', 5);
            return new(parts[4], Enum.Parse<SayingKind>(parts[0]), long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture), long.Parse(parts[3], CultureInfo.InvariantCulture));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
