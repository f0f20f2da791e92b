using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Outreach.Channels.WebChat;

/// <summary>Who calls: by secret, by token, or from our own page.</summary>
internal sealed class DirectLineCaller(WebChatTokens tokens, IOptions<WebChatOptions> options)
{
    /// <summary>The claims of the request's token; else the refusal to answer with.</summary>
    public WebChatClaims? Authenticate(HttpContext http, out IResult? refusal)
    {
        if (Bearer(http) is not { } token)
        {
            refusal = DirectLineError.MissingAuthorization();
            return null;
        }
        return Check(http, tokens.Read(token, out var claims), claims, out refusal);
    }

    /// <summary>The claims of a stream's one-minute token.</summary>
    public WebChatClaims? AuthenticateStream(HttpContext http, string? token, out IResult? refusal) =>
        Check(http, tokens.ReadForStream(token ?? "", out var claims), claims, out refusal);

    public bool HasSecret(HttpContext http) =>
        options.Value.Secret is { } secret && Bearer(http) is { } given
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool HasAuthorization(HttpContext http) => http.Request.Headers.Authorization.Count > 0;

    /// <summary>Whether the request comes from our own page (or from no page at all): another site's page must not make persons here.</summary>
    public static bool IsSameOrigin(HttpContext http)
    {
        if (http.Request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is "same-origin" or "none";
        // Sent by browsers only to https and localhost, and not at all by older ones: then the Origin tells.
        return http.Request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && string.Equals(from.Authority, new UriBuilder(from.Scheme, http.Request.Host.Host, http.Request.Host.Port ?? -1).Uri.Authority, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Under which the client's address is counted: an IPv6 household is its /64.</summary>
    public static string AddressOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static WebChatClaims? Check(HttpContext http, TokenState state, WebChatClaims? claims, out IResult? refusal)
    {
        refusal = state switch
        {
            TokenState.Expired => DirectLineError.TokenExpired(),
            TokenState.Invalid => DirectLineError.Forbidden("Invalid token."),
            TokenState.Valid => claims!.Origins.Count > 0 && http.Request.Headers.Origin.ToString() is { Length: > 0 } origin
                && !claims.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
                    ? DirectLineError.Forbidden("The token is not for pages of this origin.")
                    : null,
        };
        return refusal is null ? claims : null;
    }

    private static string? Bearer(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length > 7 ? header[7..].Trim() : null;
    }
}
