namespace Outreach.Channels.WeChat;

/// <summary>A way by which a notice may reach a follower.</summary>
public enum WeChatWay
{
    /// <summary>A customer-service message, inside the window that the follower opened.</summary>
    CustomerService,
    /// <summary>A subscription notice 订阅通知, to who agreed to it.</summary>
    Subscription,
    /// <summary>A template message 模板消息.</summary>
    Template,
    /// <summary>The mass send 群发.</summary>
    Mass,
}

/// <summary>Whom a mass send names.</summary>
public enum WeChatMassKind
{
    Off,
    /// <summary>A list of followers: verified 服务号, four messages a month for each follower.</summary>
    List,
    /// <summary>A tag that is made for the notice: 公众号, one send a day.</summary>
    Tag,
}

/// <summary><c>Channels:WeChat:Notices</c>: how notices reach followers, whose window is mostly closed.</summary>
public sealed class WeChatNoticeOptions
{
    /// <summary>Tried one after the other; those that are not set up below are left out. Empty: all, the cheapest first.</summary>
    public List<WeChatWay> Ways { get; init; } = [];
    public WeChatTemplateOptions Template { get; init; } = new();
    public WeChatTemplateOptions Subscription { get; init; } = new();
    public WeChatMassKind Mass { get; init; }

    /// <summary>The ways that this account has, in their order.</summary>
    internal IReadOnlyList<WeChatWay> Open =>
    [
        .. (Ways.Count == 0 ? Enum.GetValues<WeChatWay>().AsEnumerable() : Ways).Distinct().Where(way => way switch
        {
            WeChatWay.CustomerService => true,
            WeChatWay.Subscription => Subscription.IsConfigured,
            WeChatWay.Template => Template.IsConfigured,
            WeChatWay.Mass => Mass != WeChatMassKind.Off,
        }),
    ];

    internal IEnumerable<string> Malformed(string section)
    {
        foreach (var (name, template) in new[] { (nameof(Template), Template), (nameof(Subscription), Subscription) })
            if (template.IsConfigured && (template.Fields.Count == 0 || template.Fields.Values.Any(string.IsNullOrWhiteSpace)))
                yield return $"{section}:Notices:{name}:Fields must name every field of the template, such as \"thing1\": \"{{标题}}\".";
    }
}

/// <summary>One template of the account.</summary>
public sealed class WeChatTemplateOptions
{
    /// <summary>As the console shows it; empty: not used.</summary>
    public string? Id { get; init; }
    /// <summary>Value by field, with <c>{标题}</c>, <c>{正文}</c> and <c>{日期}</c> where the notice stands.</summary>
    public Dictionary<string, string> Fields { get; init; } = [];

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(Id);
}

/// <summary>One button of the menu: says words for the follower, opens an address, or opens the buttons below it.</summary>
public sealed class WeChatButton
{
    private const int MaxNameBytes = 16;
    private const int MaxBelowNameBytes = 60;
    private const int MaxSayBytes = 120;

    public string Name { get; init; } = "";
    /// <summary>What a tap says to the bot.</summary>
    public string? Say { get; init; }
    public string? Url { get; init; }
    public List<WeChatButton> Buttons { get; init; } = [];

    internal static IEnumerable<string> Malformed(List<WeChatButton> menu, string section)
    {
        if (menu.Count > 3)
            yield return $"{section}:Menu must have three buttons at most.";
        foreach (var button in menu)
        {
            if (!button.IsRight(MaxNameBytes, below: button.Buttons.Count))
                yield return Wrong(section, button);
            if (button.Buttons.Count > 5)
                yield return $"{section}:Menu: below a button there are five at most.";
            foreach (var line in button.Buttons.Where(line => line.Buttons.Count > 0 || !line.IsRight(MaxBelowNameBytes, below: 0)))
                yield return Wrong(section, line);
        }
    }

    private bool IsRight(int maxNameBytes, int below) =>
        Bytes(Name) is > 0 and var bytes && bytes <= maxNameBytes
        && (below > 0 ? Say is null && Url is null
            : (Say, Url) switch
            {
                ({ } say, null) => Bytes(say) is > 0 and <= MaxSayBytes,
                (null, { } url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https",
                _ => false,
            });

    private static int Bytes(string text) => System.Text.Encoding.UTF8.GetByteCount(text.Trim());

    private static string Wrong(string section, WeChatButton button) =>
        $"{section}:Menu: the button '{button.Name}' needs a Name (5 characters above, 20 below) and one of Say (40 characters), Url (https://…) or Buttons.";
}
