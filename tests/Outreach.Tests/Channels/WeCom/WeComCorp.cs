using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>The program that the tests of WeCom share; each has members and customers of its own, and they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class WeComCorps : ICollectionFixture<WeComCorp>
{
    public const string Name = "WeCom";
}

/// <summary>One corp under three accounts: <c>default</c>; <c>slow</c>, with 300 ms for the response and three messages a minute; and <c>cards</c>. Another one is the account <c>pool</c>.</summary>
public sealed class WeComCorp : ChannelProgram
{
    public WeComServer WeCom { get; private set; } = null!;
    /// <summary>A corp whose customers go to people in WeCom when they ask for one.</summary>
    public WeComServer Pool { get; private set; } = null!;

    protected override async Task<OutreachApp> StartAsync()
    {
        WeCom = await WeComServer.StartAsync(Clock);
        Pool = await WeComServer.StartAsync(Clock);
        var settings = new Dictionary<string, string?>
        {
            ["Channels:WeCom:Accounts:slow:PassiveBudget"] = "00:00:00.3",
            ["Channels:WeCom:Accounts:slow:MemberAMinute"] = "3",
            ["Channels:WeCom:Accounts:cards:TemplateCards"] = "true",
            ["Channels:WeCom:Accounts:pool:Kf:HandOver"] = "Pool",
        };
        foreach (var (section, corp) in new[] { ("", WeCom), (":Accounts:slow", WeCom), (":Accounts:cards", WeCom), (":Accounts:pool", Pool) })
            foreach (var (key, value) in SettingsOf(corp))
                settings[$"Channels:WeCom{section}:{key}"] = value;
        WeCom.Pushes.Patience = WeCom.CustomerPushes.Patience = Pool.CustomerPushes.Patience = TimeSpan.FromSeconds(60);      // a busy machine is no test of the five seconds
        var app = await OutreachApp.StartAsync(settings, Clock);
        WeCom.Pushes.Callback = new(app.Address, "/channels/wecom");
        WeCom.CustomerPushes.Callback = new(app.Address, "/channels/wecom-kf");
        Pool.CustomerPushes.Callback = new(app.Address, "/channels/wecom-kf/pool");
        return app;
    }

    protected override async Task EndAsync()
    {
        await WeCom.DisposeAsync();
        await Pool.DisposeAsync();
    }

    /// <summary>The keys of one account, below its section.</summary>
    public static IReadOnlyDictionary<string, string?> SettingsOf(WeComServer corp) => new Dictionary<string, string?>
    {
        ["CorpId"] = corp.CorpId,
        ["Secret"] = corp.Secret,
        ["AgentId"] = corp.AgentId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Token"] = corp.Pushes.Token,
        ["EncodingAESKey"] = corp.Pushes.EncodingAesKey,
        ["ApiBase"] = corp.Address.AbsoluteUri,
        ["Kf:Secret"] = corp.CustomerSecret,
        ["Kf:Token"] = corp.CustomerPushes.Token,
        ["Kf:EncodingAESKey"] = corp.CustomerPushes.EncodingAesKey,
    };
}
