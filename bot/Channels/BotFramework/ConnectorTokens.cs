using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Outreach.Channels.BotFramework;

/// <summary>What a request's token is worth.</summary>
internal enum TokenVerdict
{
    Good,
    /// <summary>Missing, malformed, not signed by the Connector, not for this bot, or out of its time: 401.</summary>
    Refused,
    /// <summary>Good, but its key may not speak for the activity's channel: 403.</summary>
    NotEndorsed,
}

/// <summary>A caller whose token is the Connector's for this bot.</summary>
internal sealed class ConnectorCaller(string? serviceUrl, IReadOnlySet<string> endorsements)
{
    /// <param name="activityServiceUrl">The token must name the same, to the letter.</param>
    /// <param name="channelId">A sub-channel after a colon does not count.</param>
    public TokenVerdict MayBring(string? activityServiceUrl, string? channelId) =>
        string.IsNullOrEmpty(activityServiceUrl) || !string.Equals(serviceUrl, activityServiceUrl, StringComparison.Ordinal) ? TokenVerdict.Refused
            : channelId is { Length: > 0 } && endorsements.Contains(channelId.Split(':')[0]) ? TokenVerdict.Good : TokenVerdict.NotEndorsed;
}

/// <summary>
/// Checks the tokens with which Azure Bot Service calls the bot (channels of the Bot Connector authentication guide; Microsoft's reference clients behave alike).
/// The emulator's and other bots' tokens are not accepted.
/// </summary>
internal sealed class ConnectorTokens(IOptions<BotFrameworkOptions> options, SigningKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512];
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <param name="authorization">The whole header.</param>
    /// <returns>Null: 401.</returns>
    public async Task<ConnectorCaller?> AuthenticateAsync(string? authorization, CancellationToken cancellationToken)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.Ordinal))
            return null;
        var raw = authorization[scheme.Length..];
        if (raw.Count(c => c == '.') != 2 || Read(raw) is not { } claimed || !Algorithms.Contains(claimed.Alg) || string.IsNullOrEmpty(claimed.Kid))
            return null;
        if (await keys.FindAsync(claimed.Kid, cancellationToken) is not { } key)
            return null;

        var appId = options.Value.AppId!;
        var result = await _handler.ValidateTokenAsync(raw, new TokenValidationParameters
        {
            ValidIssuer = options.Value.Issuer,
            ValidAudience = appId,
            IssuerSigningKey = key.Key,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (notBefore, expires, _, _) => IsInTime(notBefore, expires),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token)
            return null;
        foreach (var caller in (string[])["appid", "azp"])      // a token of another bot for this one (a skill): none is allowed
            if (token.TryGetPayloadValue<string>(caller, out var other) && other != appId)
                return null;
        return new(token.TryGetPayloadValue<string>("serviceurl", out var serviceUrl) ? serviceUrl : null, key.Endorsements);
    }

    private bool IsInTime(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now - Skew < end && (notBefore is not { } start || start <= now + Skew);
    }

    private static JsonWebToken? Read(string raw)
    {
        try
        {
            return new(raw);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
