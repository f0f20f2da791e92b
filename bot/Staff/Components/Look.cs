namespace Outreach.Staff.Components;

/// <summary>How the pages look and whether keys work: cookies; theme and text size hold for the chat page too.</summary>
internal static class Look
{
    public const string ThemeCookie = "theme";
    public const string TextCookie = "text";
    public const string KeysCookie = "keys";

    /// <summary><c>light</c>, <c>dark</c>, or null: as the device is set.</summary>
    public static string? Theme(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie] : null;

    /// <summary><c>off</c>: single keys do nothing (speech input types them by accident); null: they work.</summary>
    public static string? Keys(HttpContext http) => http.Request.Cookies[KeysCookie] == "off" ? "off" : null;

    /// <summary><c>large</c> or null.</summary>
    public static string? Text(HttpContext http) => http.Request.Cookies[TextCookie] == "large" ? "large" : null;
}
