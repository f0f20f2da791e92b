using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Outreach.Channels.WebChat;

/// <summary>
/// <c>tokens/generate</c>, <c>tokens/refresh</c>, and <c>tokens/forget</c> of our own page. Generate has two doors: with the secret, for the server of another site,
/// and without Authorization, for our own page, where a first-party cookie leads back to the same person. The cookie's path keeps it away from every other call.
/// </summary>
internal sealed partial class TokenEndpoints(
    DirectLineCaller caller, WebChatTokens tokens, WebChatPersons persons, WebChatConversations conversations, RateLimits limits, IOptions<WebChatOptions> options)
{
    public const string Cookie = "outreach_person";
    public const string CookiePath = "/v3/directline/tokens";
    private const int MaxBodyBytes = 16 * 1024;

    public async Task<IResult> GenerateAsync(HttpContext http)
    {
        if (limits.Take(LimitedThing.AddressTokens, DirectLineCaller.AddressOf(http)) is { } wait)
            return DirectLineError.TooFast(http, LimitedThing.AddressTokens, wait);
        return DirectLineCaller.HasAuthorization(http) ? await ForOtherSiteAsync(http) : await ForOurPageAsync(http);
    }

    public IResult Refresh(HttpContext http) =>
        caller.Authenticate(http, out var refusal) is { } claims ? Answer(claims) : refusal!;

    /// <summary>这不是我: forgets who used this browser. The next token is a new person's.</summary>
    public async Task<IResult> ForgetAsync(HttpContext http)
    {
        if (!DirectLineCaller.IsSameOrigin(http))
            return DirectLineError.Forbidden("Only for the page of this server.");
        if (http.Request.Cookies[Cookie] is { } cookie)
            await persons.ForgetAsync(cookie, http.RequestAborted);
        http.Response.Cookies.Delete(Cookie, CookieOf(http, TimeSpan.Zero));
        return Results.NoContent();
    }

    /// <summary>Claims for a user of another site, from the body <c>{"user":{"id","name"},"trustedOrigins":[…]}</c>.</summary>
    public async Task<(WebChatClaims? Claims, IResult? Refusal)> ReadUserAsync(HttpContext http)
    {
        if (await LimitedBody.ReadAsync(http.Request, MaxBodyBytes, http.RequestAborted) is not { } body)
            return (null, DirectLineError.TooBig());
        TokenRequest? request;
        try
        {
            request = body.IsEmpty ? new() : JsonSerializer.Deserialize(body.Span, WebChatJson.Wire.TokenRequest);
        }
        catch (JsonException)
        {
            return (null, DirectLineError.BadArgument("The body is not the JSON of a token request."));
        }
        var origins = request?.TrustedOrigins ?? [];
        if (origins.FirstOrDefault(origin => !options.Value.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)) is not null)
            return (null, DirectLineError.BadArgument("trustedOrigins holds an origin that Channels:WebChat:AllowedOrigins does not."));
        if (request?.User?.Id is not { Length: > 0 } userId)
            return (new(NewId(), "dl_" + NewId(), request?.User?.Name, origins, Greeting.BeforeFirstMessage, null, default), null);
        if (!UserIds().IsMatch(userId) || userId.StartsWith(WebChatPersons.UserIdPrefix, StringComparison.Ordinal))
            return (null, DirectLineError.BadArgument("user.id must be dl_ followed by 1 to 61 letters, digits, dots, hyphens or underscores."));
        return (new(NewId(), userId, request.User.Name, origins, Greeting.AtStart, null, default), null);
    }

    public IResult Answer(WebChatClaims claims, KnownCommunity? community = null) => Results.Json(
        new TokenAnswer(claims.ConversationId, tokens.Issue(claims), (int)WebChatTokens.Lifetime.TotalSeconds, StreamUrl: null, community), WebChatJson.Wire.TokenAnswer);

    private async Task<IResult> ForOtherSiteAsync(HttpContext http)
    {
        if (!caller.HasSecret(http))
            return DirectLineError.Forbidden("Invalid secret.");
        var (claims, refusal) = await ReadUserAsync(http);
        return claims is null ? refusal! : Answer(claims);
    }

    private async Task<IResult> ForOurPageAsync(HttpContext http)
    {
        if (!DirectLineCaller.IsSameOrigin(http))
            return DirectLineError.Forbidden("Without Authorization a token is given to the page of this server only.");
        var person = await persons.RecogniseAsync(http.Request.Cookies[Cookie], http.RequestAborted);
        http.Response.Cookies.Append(Cookie, person.Cookie, CookieOf(http, WebChatPersons.CookieLifetime));
        var community = await conversations.FindCommunityAsync(person.UserId, http.RequestAborted);
        return Answer(new(person.ConversationId, person.UserId, null, [], Greeting.ByPage, person.CookieHash, default), community);
    }

    private static CookieOptions CookieOf(HttpContext http, TimeSpan lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = CookiePath,
        MaxAge = lifetime,
        IsEssential = true,
    };

    private static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    [GeneratedRegex(@"\Adl_[A-Za-z0-9._-]{1,61}\z")]
    private static partial Regex UserIds();
}
