namespace Outreach.Channels.WeCom;

/// <summary>One corp's application and, below <c>Kf</c>, its customer service: <c>Channels:WeCom</c> itself (the account <c>default</c>), or <c>Channels:WeCom:Accounts:&lt;name&gt;</c>.</summary>
public class WeComAccountOptions
{
    public string? CorpId { get; init; }
    /// <summary>Of the application.</summary>
    public string? Secret { get; init; }
    /// <summary>The application's number, such as 1000002.</summary>
    public string? AgentId { get; init; }
    public string? Token { get; init; }
    /// <summary>43 characters, as the console shows them. The vendor has no plain mode.</summary>
    public string? EncodingAESKey { get; init; }
    public string ApiBase { get; init; } = "https://qyapi.weixin.qq.com";
    /// <summary>How long an answer may take to go out inside the callback's own response (the vendor hangs up after five seconds); zero: it never does.</summary>
    public TimeSpan PassiveBudget { get; init; } = TimeSpan.FromSeconds(4);
    /// <summary>Shows choices as a card with buttons, which members see in WeCom alone; off: numbered lines, which they see in WeChat too.</summary>
    public bool TemplateCards { get; init; }
    /// <summary>Messages to one member in a minute and in an hour; the vendor silently drops the rest.</summary>
    public int MemberAMinute { get; init; } = 30;
    public int MemberAnHour { get; init; } = 1000;
    public WeComKfOptions Kf { get; init; } = new();

    internal bool IsAppEmpty => string.IsNullOrWhiteSpace(Secret) && string.IsNullOrWhiteSpace(AgentId) && string.IsNullOrWhiteSpace(Token) && string.IsNullOrWhiteSpace(EncodingAESKey);

    internal bool IsEmpty => string.IsNullOrWhiteSpace(CorpId) && IsAppEmpty && Kf.IsEmpty;

    /// <summary>Whether the application is meant to be on: a corp alone is, unless only customer service follows.</summary>
    internal bool WantsApp => !IsAppEmpty || (!string.IsNullOrWhiteSpace(CorpId) && Kf.IsEmpty);

    /// <summary>The application's key that is missing; null: none.</summary>
    internal string? MissingAppKey =>
        string.IsNullOrWhiteSpace(CorpId) ? nameof(CorpId)
        : string.IsNullOrWhiteSpace(Secret) ? nameof(Secret)
        : string.IsNullOrWhiteSpace(AgentId) ? nameof(AgentId)
        : string.IsNullOrWhiteSpace(Token) ? nameof(Token)
        : string.IsNullOrWhiteSpace(EncodingAESKey) ? nameof(EncodingAESKey)
        : null;

    /// <summary>Customer service's key that is missing; null: none.</summary>
    internal string? MissingKfKey =>
        string.IsNullOrWhiteSpace(CorpId) ? nameof(CorpId)
        : string.IsNullOrWhiteSpace(KfSecret) ? $"Kf:{nameof(Secret)}"
        : string.IsNullOrWhiteSpace(Kf.Token) ? $"Kf:{nameof(Token)}"
        : string.IsNullOrWhiteSpace(Kf.EncodingAESKey) ? $"Kf:{nameof(EncodingAESKey)}"
        : null;

    /// <summary>Customer service's own secret, or the application's where the application may serve customers.</summary>
    internal string? KfSecret => string.IsNullOrWhiteSpace(Kf.Secret) ? Secret : Kf.Secret;

    internal IEnumerable<string> Malformed(string section, IHostEnvironment environment)
    {
        foreach (var (name, key) in new[] { ("EncodingAESKey", EncodingAESKey), ("Kf:EncodingAESKey", Kf.EncodingAESKey) })
            if (!string.IsNullOrWhiteSpace(key) && !CallbackCrypto.IsKey(key))
                yield return $"{section}:{name} must be the 43 characters (letters and digits) that the WeCom console shows.";
        if (!string.IsNullOrWhiteSpace(AgentId) && !(int.TryParse(AgentId, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var agent) && agent > 0))
            yield return $"{section}:AgentId must be the application's number, such as 1000002, as the WeCom console shows it.";
        if (!Uri.TryCreate(ApiBase, UriKind.Absolute, out var api) || (api.Scheme != Uri.UriSchemeHttps && !(api.IsLoopback && environment.IsDevelopment())))
            yield return $"{section}:ApiBase must be an absolute https address (plain http only on loopback in Development).";
        if (PassiveBudget < TimeSpan.Zero || PassiveBudget > TimeSpan.FromSeconds(4.5))
            yield return $"{section}:PassiveBudget must be 0 (never answer in the response) to 4.5 seconds (the vendor hangs up after 5).";
        if (MemberAMinute < 1 || MemberAnHour < MemberAMinute)
            yield return $"{section}:MemberAMinute must be 1 or more, and MemberAnHour not less (messages that one member gets; the vendor drops the rest).";
        if (Kf.Sends < 1 || Kf.Window <= TimeSpan.Zero)
            yield return $"{section}:Kf:Sends must be 1 or more and Kf:Window positive (messages to a customer after the customer's own, and for how long).";
        if (Kf.HandOver == KfHandOver.Servicer && string.IsNullOrWhiteSpace(Kf.Servicer))
            yield return $"{section}:Kf:Servicer must name the member (userid) who takes over, because Kf:HandOver is Servicer.";
    }
}

/// <summary>Who talks to a customer who asked for a person.</summary>
public enum KfHandOver
{
    /// <summary>Staff write in the console; the session stays with the bot.</summary>
    Console,
    /// <summary>The session goes to WeCom's waiting pool; from then on it is answered in WeCom alone.</summary>
    Pool,
    /// <summary>The session goes to one member (<see cref="WeComKfOptions.Servicer"/>).</summary>
    Servicer,
}

/// <summary>WeChat customer service (微信客服): <c>Channels:WeCom:Kf</c>.</summary>
public sealed class WeComKfOptions
{
    /// <summary>Empty: the application's, which must be allowed to serve customers.</summary>
    public string? Secret { get; init; }
    public string? Token { get; init; }
    public string? EncodingAESKey { get; init; }
    /// <summary>Messages after a customer's message, and for how long.</summary>
    public int Sends { get; init; } = 5;
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(48);
    public KfHandOver HandOver { get; init; }
    /// <summary>The member (userid) for <see cref="KfHandOver.Servicer"/>.</summary>
    public string? Servicer { get; init; }

    internal bool IsEmpty => string.IsNullOrWhiteSpace(Secret) && string.IsNullOrWhiteSpace(Token) && string.IsNullOrWhiteSpace(EncodingAESKey);
}

public sealed class WeComOptions : WeComAccountOptions
{
    public const string DefaultAccount = CallbackPaths.DefaultAccount;

    public Dictionary<string, WeComAccountOptions> Accounts { get; init; } = [];

    /// <summary>All accounts with anything configured, by name.</summary>
    internal IEnumerable<KeyValuePair<string, WeComAccountOptions>> Configured =>
        (IsEmpty ? [] : new Dictionary<string, WeComAccountOptions> { [DefaultAccount] = this }).Concat(Accounts.Where(account => !account.Value.IsEmpty));

    internal static string SectionOf(string account) => account == DefaultAccount ? "Channels:WeCom" : $"Channels:WeCom:Accounts:{account}";
}
