namespace Outreach.Staff.Components;

/// <summary>Theme and text size: two cookies that the chat page knows too.</summary>
internal static class Look
{
    public const string ThemeCookie = "theme";
    public const string TextCookie = "text";

    /// <summary><c>light</c>, <c>dark</c>, or null: as the device is set.</summary>
    public static string? Theme(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie] : null;

    /// <summary><c>large</c> or null.</summary>
    public static string? Text(HttpContext http) => http.Request.Cookies[TextCookie] == "large" ? "large" : null;
}
