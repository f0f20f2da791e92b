namespace Outreach.Channels.DingTalk;

/// <summary>One application with a robot: <c>Channels:DingTalk</c> itself (the account <c>default</c>), or <c>Channels:DingTalk:Accounts:&lt;name&gt;</c>.</summary>
public class DingTalkAccountOptions
{
    /// <summary>Client ID (原 AppKey).</summary>
    public string? AppKey { get; init; }
    /// <summary>Client Secret (原 AppSecret).</summary>
    public string? AppSecret { get; init; }
    /// <summary>Empty: the same as <see cref="AppKey"/>, as with robots of one's own organisation.</summary>
    public string? RobotCode { get; init; }
    /// <summary>Of the application; with it notices go out as 工作通知, which DingTalk delivers once a day for one content. Empty: through the robot.</summary>
    public long? AgentId { get; init; }
    /// <summary>We call DingTalk and keep the connection, so that no public address is needed; then <c>/channels/dingtalk</c> takes nothing for this account.</summary>
    public bool Stream { get; init; }
    /// <summary>Of the event subscription over HTTP, with <see cref="EncodingAESKey"/>; both empty: no events are taken.</summary>
    public string? Token { get; init; }
    /// <summary>43 characters, as the event subscription's page shows them.</summary>
    public string? EncodingAESKey { get; init; }
    public string ApiBase { get; init; } = "https://api.dingtalk.com";
    /// <summary>Of the older calls (工作通知) and of the addresses that answers go to.</summary>
    public string OapiBase { get; init; } = "https://oapi.dingtalk.com";
    public int MaxTextBytes { get; init; } = 6000;

    internal bool IsEmpty => string.IsNullOrWhiteSpace(AppKey) && string.IsNullOrWhiteSpace(AppSecret) && string.IsNullOrWhiteSpace(RobotCode) && AgentId is null;

    internal string Robot => string.IsNullOrWhiteSpace(RobotCode) ? AppKey! : RobotCode;

    /// <summary>The key that is missing; null: none.</summary>
    internal string? MissingKey =>
        IsEmpty ? null
        : string.IsNullOrWhiteSpace(AppKey) ? nameof(AppKey)
        : string.IsNullOrWhiteSpace(AppSecret) ? nameof(AppSecret)
        : string.IsNullOrWhiteSpace(Token) && !string.IsNullOrWhiteSpace(EncodingAESKey) ? nameof(Token)
        : !string.IsNullOrWhiteSpace(Token) && string.IsNullOrWhiteSpace(EncodingAESKey) ? nameof(EncodingAESKey)
        : null;

    internal IEnumerable<string> Malformed(string section, IHostEnvironment environment)
    {
        foreach (var (key, value) in new[] { (nameof(ApiBase), ApiBase), (nameof(OapiBase), OapiBase) })
            if (!Uri.TryCreate(value, UriKind.Absolute, out var api) || (api.Scheme != Uri.UriSchemeHttps && !(api.IsLoopback && environment.IsDevelopment())))
                yield return $"{section}:{key} must be an absolute https address (plain http only on loopback in Development).";
        if (!string.IsNullOrWhiteSpace(EncodingAESKey) && !CallbackCrypto.IsKey(EncodingAESKey))
            yield return $"{section}:EncodingAESKey must be the 43 characters (letters and digits) that the event subscription's page shows as aes_key.";
        if (AgentId is <= 0)
            yield return $"{section}:AgentId must be the positive number that the application's page shows; leave it out to send notices through the robot.";
        if (MaxTextBytes is < 500 or > 20_000)
            yield return $"{section}:MaxTextBytes must be between 500 and 20000 (bytes of one message in UTF-8).";
    }
}

public sealed class DingTalkOptions : DingTalkAccountOptions
{
    public const string DefaultAccount = CallbackPaths.DefaultAccount;

    public Dictionary<string, DingTalkAccountOptions> Accounts { get; init; } = [];

    /// <summary>All accounts with anything configured, by name.</summary>
    internal IEnumerable<KeyValuePair<string, DingTalkAccountOptions>> Configured =>
        (IsEmpty ? [] : new Dictionary<string, DingTalkAccountOptions> { [DefaultAccount] = this }).Concat(Accounts.Where(account => !account.Value.IsEmpty));

    internal static string SectionOf(string account) => account == DefaultAccount ? "Channels:DingTalk" : $"Channels:DingTalk:Accounts:{account}";
}
