using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;

namespace Outreach.Channels.WebChat;

/// <summary>When the bot is told that somebody joined, and greets. Our own page shows the greeting itself, so that a mere visit leaves no row.</summary>
internal enum Greeting { ByPage, AtStart, BeforeFirstMessage }

/// <summary>What a token says and the client cannot change.</summary>
/// <param name="CookieHash">For our own page: the person whose row the first message writes.</param>
/// <param name="Origins">Sites whose pages may use it; empty: any allowed one.</param>
internal sealed record WebChatClaims(
    string ConversationId, string UserId, string? UserName, IReadOnlyList<string> Origins, Greeting Greeting, string? CookieHash, DateTimeOffset Expires)
{
    /// <summary>Whether our own page holds the token; else a client of another site, such as Web Chat.</summary>
    [JsonIgnore] public bool IsOfOwnPage => Greeting == Greeting.ByPage;
}

internal enum TokenState { Valid, Expired, Invalid }

/// <summary>Makes and reads the two kinds of tokens: for calls (30 minutes) and for opening one stream (60 seconds).</summary>
internal sealed class WebChatTokens(IDataProtectionProvider provider, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(60);

    private readonly IDataProtector _calls = provider.CreateProtector("Outreach.WebChat.Token.v1");
    private readonly IDataProtector _streams = provider.CreateProtector("Outreach.WebChat.Stream.v1");

    public string Issue(WebChatClaims claims) => Write(_calls, claims with { Expires = clock.GetUtcNow() + Lifetime });

    public string IssueForStream(WebChatClaims claims) => Write(_streams, claims with { Expires = clock.GetUtcNow() + ConnectTime });

    public TokenState Read(string token, out WebChatClaims? claims) => Read(_calls, token, out claims);

    public TokenState ReadForStream(string token, out WebChatClaims? claims) => Read(_streams, token, out claims);

    private static string Write(IDataProtector protector, WebChatClaims claims) =>
        protector.Protect(JsonSerializer.Serialize(claims, WebChatTokenJson.Default.WebChatClaims));

    private TokenState Read(IDataProtector protector, string token, out WebChatClaims? claims)
    {
        claims = null;
        try
        {
            claims = JsonSerializer.Deserialize(protector.Unprotect(token), WebChatTokenJson.Default.WebChatClaims);
        }
        catch (CryptographicException)
        {
            return TokenState.Invalid;
        }
        return claims is null ? TokenState.Invalid : claims.Expires > clock.GetUtcNow() ? TokenState.Valid : TokenState.Expired;
    }
}

[JsonSerializable(typeof(WebChatClaims))]
internal sealed partial class WebChatTokenJson : JsonSerializerContext;
