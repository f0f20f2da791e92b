namespace Outreach.Channels.WebChat;

/// <summary>Security headers of everything that owners get. The socket is named too: older WebKit does not count wss under 'self'.</summary>
internal static class PageHeaders
{
    public static Task Set(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        var host = http.Request.Host.ToUriComponent();
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws://{host} wss://{host}; "
            + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        return next(http);
    }
}
