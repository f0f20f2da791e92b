using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The program that the tests of the called-back channels share; each has conversations of its own, and they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class CalledBackApps : ICollectionFixture<CalledBack>
{
    public const string Name = "called back";
}

/// <summary>One program with a Bot Framework bot and three WeChat accounts, beside servers that behave like their vendors; the tests move the clock, forward.</summary>
public sealed class CalledBack : ChannelProgram
{
    public ConnectorServer Connector { get; private set; } = null!;
    /// <summary>The account <c>default</c>, in plain mode.</summary>
    public WeChatServer Plain { get; private set; } = null!;
    /// <summary>The account <c>safe</c>, in safe mode.</summary>
    public WeChatServer Safe { get; private set; } = null!;
    /// <summary>The account <c>slow</c>: its answers have 300 ms to go out in the response.</summary>
    public WeChatServer Slow { get; private set; } = null!;

    protected override async Task<OutreachApp> StartAsync()
    {
        Connector = await ConnectorServer.StartAsync(Clock);
        Plain = await WeChatServer.StartAsync(Clock);
        Safe = await WeChatServer.StartAsync(Clock, WeChatMode.Safe);
        Slow = await WeChatServer.StartAsync(Clock, WeChatMode.Safe);
        var settings = new Dictionary<string, string?>
        {
            ["Channels:BotFramework:AppId"] = Connector.AppId,
            ["Channels:BotFramework:AppPassword"] = Connector.AppPassword,
            ["Channels:BotFramework:Cloud"] = "Global",
            ["Channels:BotFramework:OpenIdMetadata"] = Connector.OpenIdMetadata,
            ["Channels:BotFramework:TokenEndpoint"] = Connector.TokenEndpoint,
            ["Channels:WeChat:Accounts:slow:PassiveBudget"] = "00:00:00.3",
        };
        foreach (var (section, vendor) in new[] { ("Channels:WeChat", Plain), ("Channels:WeChat:Accounts:safe", Safe), ("Channels:WeChat:Accounts:slow", Slow) })
        {
            settings[$"{section}:AppId"] = vendor.AppId;
            settings[$"{section}:AppSecret"] = vendor.AppSecret;
            settings[$"{section}:Token"] = vendor.Token;
            settings[$"{section}:ApiBase"] = vendor.Address.AbsoluteUri;
            settings[$"{section}:EncodingAESKey"] = vendor.Mode == WeChatMode.Plain ? null : vendor.EncodingAesKey;
            vendor.Patience = TimeSpan.FromSeconds(60);      // a busy machine is no test of the five seconds
        }
        var app = await OutreachApp.StartAsync(settings, Clock);
        Plain.Callback = new(app.Address, "/channels/wechat");
        Safe.Callback = new(app.Address, "/channels/wechat/safe");
        Slow.Callback = new(app.Address, "/channels/wechat/slow");
        return app;
    }

    protected override async Task EndAsync()
    {
        await Connector.DisposeAsync();
        await Plain.DisposeAsync();
        await Safe.DisposeAsync();
        await Slow.DisposeAsync();
    }
}
