using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>The program that the tests of WeCom share; each has members and customers of its own, and they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class WeComCorps : ICollectionFixture<WeComCorp>
{
    public const string Name = "WeCom";
}

/// <summary>One corp under four accounts: <c>default</c>; <c>slow</c>, with 300 ms for the response and three messages a minute; <c>cards</c>; and <c>pool</c>, whose customers go to people in WeCom.</summary>
public sealed class WeComCorp : ChannelProgram
{
    public WeComServer WeCom { get; private set; } = null!;

    protected override async Task<OutreachApp> StartAsync()
    {
        WeCom = await WeComServer.StartAsync(Clock);
        var settings = new Dictionary<string, string?>
        {
            ["Channels:WeCom:Accounts:slow:PassiveBudget"] = "00:00:00.3",
            ["Channels:WeCom:Accounts:slow:MemberAMinute"] = "3",
            ["Channels:WeCom:Accounts:cards:TemplateCards"] = "true",
            ["Channels:WeCom:Accounts:pool:Kf:HandOver"] = "Pool",
        };
        foreach (var section in new[] { "Channels:WeCom", "Channels:WeCom:Accounts:slow", "Channels:WeCom:Accounts:cards", "Channels:WeCom:Accounts:pool" })
            foreach (var (key, value) in SettingsOf(WeCom))
                settings[$"{section}:{key}"] = value;
        WeCom.Pushes.Patience = WeCom.CustomerPushes.Patience = TimeSpan.FromSeconds(60);      // a busy machine is no test of the five seconds
        var app = await OutreachApp.StartAsync(settings, Clock);
        WeCom.Pushes.Callback = new(app.Address, "/channels/wecom");
        WeCom.CustomerPushes.Callback = new(app.Address, "/channels/wecom-kf");
        return app;
    }

    protected override async Task EndAsync() => await WeCom.DisposeAsync();

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
