namespace Outreach.Channels.BotFramework;

public enum BotFrameworkCloud
{
    /// <summary>The public cloud, abroad.</summary>
    Global,
    /// <summary>Azure China (21Vianet).</summary>
    China,
}

/// <summary>Configuration <c>Channels:BotFramework</c>: one bot of Azure Bot Service.</summary>
public sealed class BotFrameworkOptions
{
    public string? AppId { get; init; }
    public string? AppPassword { get; init; }
    /// <summary>Of a single-tenant bot; empty: multi-tenant (Global only).</summary>
    public string? TenantId { get; init; }
    public BotFrameworkCloud Cloud { get; init; } = BotFrameworkCloud.China;
    /// <summary>Instead of the cloud's own document with the signing keys.</summary>
    public string? OpenIdMetadata { get; init; }
    /// <summary>Instead of the cloud's own token endpoint.</summary>
    public string? TokenEndpoint { get; init; }
    /// <summary>Hosts that the bot's token may be sent to, besides the cloud's own; a leading <c>*.</c> takes every name below.</summary>
    public string[] AllowedServiceHosts { get; init; } = [];
    /// <summary>Lets a service abroad see what owners write (PIPL 38, 39); needed outside Development for <see cref="BotFrameworkCloud.Global"/>.</summary>
    public bool AllowAbroad { get; init; }

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(AppId) && !string.IsNullOrWhiteSpace(AppPassword);

    internal string MetadataAddress => !string.IsNullOrWhiteSpace(OpenIdMetadata) ? OpenIdMetadata : Cloud == BotFrameworkCloud.China
        ? "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration"
        : "https://login.botframework.com/v1/.well-known/openidconfiguration";

    internal string Issuer => Cloud == BotFrameworkCloud.China ? "https://api.botframework.azure.cn" : "https://api.botframework.com";

    internal string Scope => Issuer + "/.default";

    internal string TokenAddress => !string.IsNullOrWhiteSpace(TokenEndpoint) ? TokenEndpoint : Cloud == BotFrameworkCloud.China
        ? $"https://login.partner.microsoftonline.cn/{TenantId}/oauth2/v2.0/token"
        : $"https://login.microsoftonline.com/{(string.IsNullOrWhiteSpace(TenantId) ? "botframework.com" : TenantId)}/oauth2/v2.0/token";

    internal IEnumerable<string> ServiceHosts => AllowedServiceHosts.Concat(Cloud == BotFrameworkCloud.China
        ? ["*.botframework.azure.cn"]
        : ["smba.trafficmanager.net", "*.botframework.com"]);

    /// <summary>What is malformed: the start fails with it.</summary>
    internal IEnumerable<string> Malformed(IHostEnvironment environment)
    {
        if (!string.IsNullOrWhiteSpace(AppId) && !Guid.TryParse(AppId, out _))
            yield return "Channels:BotFramework:AppId must be the bot's application id, a GUID such as 00000000-0000-0000-0000-000000000000.";
        foreach (var (key, address) in new[] { (nameof(OpenIdMetadata), OpenIdMetadata), (nameof(TokenEndpoint), TokenEndpoint) })
            if (!string.IsNullOrWhiteSpace(address) && !IsAllowedAddress(address, environment))
                yield return $"Channels:BotFramework:{key} must be an absolute https address (plain http only on loopback in Development).";
        if (AllowedServiceHosts.Any(host => host.Length == 0 || host.Contains('/', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal)))
            yield return "Channels:BotFramework:AllowedServiceHosts must hold host names such as smba.trafficmanager.net or *.botframework.com: no scheme, port or path.";
    }

    /// <summary>What is missing or not allowed: the channel stays off with it. Null: nothing.</summary>
    internal string? Missing(IHostEnvironment environment)
    {
        if (string.IsNullOrWhiteSpace(AppId) != string.IsNullOrWhiteSpace(AppPassword))
            return $"Channels:BotFramework:{(string.IsNullOrWhiteSpace(AppId) ? nameof(AppId) : nameof(AppPassword))} is missing.";
        if (!IsConfigured)
            return null;
        if (Cloud == BotFrameworkCloud.China && string.IsNullOrWhiteSpace(TenantId) && string.IsNullOrWhiteSpace(TokenEndpoint))
            return "Channels:BotFramework:TenantId is missing (Azure China knows single-tenant bots only).";
        if (Cloud == BotFrameworkCloud.Global && !AllowAbroad && !environment.IsDevelopment())
            return "Channels:BotFramework:AllowAbroad is not true: Cloud Global lies abroad, and personal data sent there needs an assessment and separate consent (PIPL 38, 39).";
        return null;
    }

    internal static bool IsAllowedAddress(string address, IHostEnvironment environment) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback && environment.IsDevelopment()));
}
