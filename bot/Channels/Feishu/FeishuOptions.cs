namespace Outreach.Channels.Feishu;

/// <summary>One application with a bot: <c>Channels:Feishu</c> itself (the account <c>default</c>), or <c>Channels:Feishu:Accounts:&lt;name&gt;</c>.</summary>
public class FeishuAccountOptions
{
    public string? AppId { get; init; }
    public string? AppSecret { get; init; }
    public string? VerificationToken { get; init; }
    /// <summary>Without it Feishu signs nothing, so it is needed.</summary>
    public string? EncryptKey { get; init; }
    /// <summary>Feishu's own; <c>https://open.larksuite.com</c> (Lark) lies abroad.</summary>
    public string ApiBase { get; init; } = "https://open.feishu.cn";
    /// <summary>Lets a service abroad see what owners write (PIPL 38, 39); needed outside Development for Lark.</summary>
    public bool AllowAbroad { get; init; }
    /// <summary>Of a message; a card may have 30 KB with all that is around its text.</summary>
    public int MaxTextBytes { get; init; } = 20_000;

    internal bool IsEmpty =>
        string.IsNullOrWhiteSpace(AppId) && string.IsNullOrWhiteSpace(AppSecret) && string.IsNullOrWhiteSpace(VerificationToken) && string.IsNullOrWhiteSpace(EncryptKey);

    internal bool IsAbroad =>
        Uri.TryCreate(ApiBase, UriKind.Absolute, out var api)
        && (api.Host.Equals("larksuite.com", StringComparison.OrdinalIgnoreCase) || api.Host.EndsWith(".larksuite.com", StringComparison.OrdinalIgnoreCase));

    /// <summary>What is missing or not allowed: the account stays off with it. Null: nothing.</summary>
    internal string? Missing(string section, IHostEnvironment environment)
    {
        foreach (var (key, value) in new[] { (nameof(AppId), AppId), (nameof(AppSecret), AppSecret), (nameof(VerificationToken), VerificationToken), (nameof(EncryptKey), EncryptKey) })
            if (string.IsNullOrWhiteSpace(value))
                return $"{section}:{key} is missing.";
        return IsAbroad && !AllowAbroad && !environment.IsDevelopment()
            ? $"{section}:AllowAbroad is not true: ApiBase lies abroad, and personal data sent there needs an assessment and separate consent (PIPL 38, 39)."
            : null;
    }

    internal IEnumerable<string> Malformed(string section, IHostEnvironment environment)
    {
        if (!Uri.TryCreate(ApiBase, UriKind.Absolute, out var api) || (api.Scheme != Uri.UriSchemeHttps && !(api.IsLoopback && environment.IsDevelopment())))
            yield return $"{section}:ApiBase must be an absolute https address (plain http only on loopback in Development).";
        if (MaxTextBytes is < 500 or > 24_000)
            yield return $"{section}:MaxTextBytes must be between 500 and 24000 (bytes of one message's text in UTF-8; a card has 30 KB in all).";
    }
}

public sealed class FeishuOptions : FeishuAccountOptions
{
    public const string DefaultAccount = CallbackPaths.DefaultAccount;

    public Dictionary<string, FeishuAccountOptions> Accounts { get; init; } = [];

    /// <summary>All accounts with anything configured, by name.</summary>
    internal IEnumerable<KeyValuePair<string, FeishuAccountOptions>> Configured =>
        (IsEmpty ? [] : new Dictionary<string, FeishuAccountOptions> { [DefaultAccount] = this }).Concat(Accounts.Where(account => !account.Value.IsEmpty));

    internal static string SectionOf(string account) => account == DefaultAccount ? "Channels:Feishu" : $"Channels:Feishu:Accounts:{account}";
}
