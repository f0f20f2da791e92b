namespace Outreach.Channels.WeChat;

/// <summary>One official account: <c>Channels:WeChat</c> itself (the account <c>default</c>), or <c>Channels:WeChat:Accounts:&lt;name&gt;</c>.</summary>
public class WeChatAccountOptions
{
    public string? AppId { get; init; }
    public string? AppSecret { get; init; }
    public string? Token { get; init; }
    /// <summary>43 characters, as the console shows them; empty: plain mode, and nothing encrypted is read.</summary>
    public string? EncodingAESKey { get; init; }
    public string ApiBase { get; init; } = "https://api.weixin.qq.com";
    /// <summary>How long an answer may take to go out inside the callback's own response (the vendor hangs up after five seconds); zero: it never does.</summary>
    public TimeSpan PassiveBudget { get; init; } = TimeSpan.FromSeconds(4);
    /// <summary>Customer-service messages after a follower's message, and for how long.</summary>
    public int SendsAfterMessage { get; init; } = 5;
    public TimeSpan MessageWindow { get; init; } = TimeSpan.FromHours(48);
    /// <summary>Likewise after a tap on the menu, a follow or a scan.</summary>
    public int SendsAfterTap { get; init; } = 3;
    public TimeSpan TapWindow { get; init; } = TimeSpan.FromMinutes(1);
    public WeChatNoticeOptions Notices { get; init; } = new();
    /// <summary>The buttons under the chat, three at most with five below each; empty: 问问题, 我想报名, 小区进展.</summary>
    public List<WeChatButton> Menu { get; init; } = [];
    /// <summary>Whether the vendor is given the menu at the start when it has another.</summary>
    public bool SetMenu { get; init; } = true;

    internal bool IsEmpty => string.IsNullOrWhiteSpace(AppId) && string.IsNullOrWhiteSpace(AppSecret) && string.IsNullOrWhiteSpace(Token) && string.IsNullOrWhiteSpace(EncodingAESKey);

    /// <summary>The key that is missing; null: none.</summary>
    internal string? MissingKey =>
        IsEmpty ? null
        : string.IsNullOrWhiteSpace(AppId) ? nameof(AppId)
        : string.IsNullOrWhiteSpace(AppSecret) ? nameof(AppSecret)
        : string.IsNullOrWhiteSpace(Token) ? nameof(Token)
        : null;

    internal IEnumerable<string> Malformed(string section, IHostEnvironment environment)
    {
        if (!string.IsNullOrWhiteSpace(EncodingAESKey) && !CallbackCrypto.IsKey(EncodingAESKey))
            yield return $"{section}:EncodingAESKey must be the 43 characters (letters and digits) that the WeChat console shows.";
        if (!Uri.TryCreate(ApiBase, UriKind.Absolute, out var api) || (api.Scheme != Uri.UriSchemeHttps && !(api.IsLoopback && environment.IsDevelopment())))
            yield return $"{section}:ApiBase must be an absolute https address (plain http only on loopback in Development).";
        if (PassiveBudget < TimeSpan.Zero || PassiveBudget > TimeSpan.FromSeconds(4.5))
            yield return $"{section}:PassiveBudget must be 0 (never answer in the response) to 4.5 seconds (the vendor hangs up after 5).";
        if (SendsAfterMessage < 0 || SendsAfterTap < 0 || MessageWindow <= TimeSpan.Zero || TapWindow <= TimeSpan.Zero)
            yield return $"{section}: SendsAfterMessage and SendsAfterTap must not be negative, MessageWindow and TapWindow must be positive.";
        foreach (var problem in Notices.Malformed(section).Concat(WeChatButton.Malformed(Menu, section)))
            yield return problem;
    }
}

public sealed class WeChatOptions : WeChatAccountOptions
{
    public const string DefaultAccount = CallbackPaths.DefaultAccount;

    public Dictionary<string, WeChatAccountOptions> Accounts { get; init; } = [];

    /// <summary>All accounts with anything configured, by name.</summary>
    internal IEnumerable<KeyValuePair<string, WeChatAccountOptions>> Configured =>
        (IsEmpty ? [] : new Dictionary<string, WeChatAccountOptions> { [DefaultAccount] = this }).Concat(Accounts.Where(account => !account.Value.IsEmpty));

    internal static string SectionOf(string account) => account == DefaultAccount ? "Channels:WeChat" : $"Channels:WeChat:Accounts:{account}";
}
