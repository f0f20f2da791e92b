using Outreach.Doubles;

namespace Outreach.Tests.Channels;

/// <summary>The program that the tests of DingTalk and Feishu share; each has people of its own, and they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class RobotApps : ICollectionFixture<Robots>
{
    public const string Name = "robots";
}

/// <summary>One program with two DingTalk applications and a Feishu one, beside servers that behave like their vendors.</summary>
public sealed class Robots : ChannelProgram
{
    /// <summary>The account <c>default</c>: called back over HTTP, with 工作通知 and events.</summary>
    public DingTalkServer Ding { get; private set; } = null!;
    /// <summary>The account <c>stream</c>: connected by us, without 工作通知.</summary>
    public DingTalkServer Stream { get; private set; } = null!;
    public FeishuServer Feishu { get; private set; } = null!;

    protected override async Task<OutreachApp> StartAsync()
    {
        Ding = await DingTalkServer.StartAsync(Clock);
        Stream = await DingTalkServer.StartAsync(Clock);
        Feishu = await FeishuServer.StartAsync(Clock);
        (Feishu.MessagesASecond, Feishu.MessagesAMinute) = (100_000, 100_000);      // the application's: the clock stands still between tests
        var app = await OutreachApp.StartAsync(new Dictionary<string, string?>
        {
            ["Channels:DingTalk:AppKey"] = Ding.AppKey,
            ["Channels:DingTalk:AppSecret"] = Ding.AppSecret,
            ["Channels:DingTalk:AgentId"] = Ding.AgentId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Channels:DingTalk:Token"] = Ding.Token,
            ["Channels:DingTalk:EncodingAESKey"] = Ding.EncodingAesKey,
            ["Channels:DingTalk:ApiBase"] = Ding.Address.AbsoluteUri,
            ["Channels:DingTalk:OapiBase"] = Ding.Address.AbsoluteUri,
            ["Channels:DingTalk:Accounts:stream:AppKey"] = Stream.AppKey,
            ["Channels:DingTalk:Accounts:stream:AppSecret"] = Stream.AppSecret,
            ["Channels:DingTalk:Accounts:stream:Stream"] = "true",
            ["Channels:DingTalk:Accounts:stream:ApiBase"] = Stream.Address.AbsoluteUri,
            ["Channels:DingTalk:Accounts:stream:OapiBase"] = Stream.Address.AbsoluteUri,
            ["Channels:Feishu:AppId"] = Feishu.AppId,
            ["Channels:Feishu:AppSecret"] = Feishu.AppSecret,
            ["Channels:Feishu:VerificationToken"] = Feishu.VerificationToken,
            ["Channels:Feishu:EncryptKey"] = Feishu.EncryptKey,
            ["Channels:Feishu:ApiBase"] = Feishu.Address.AbsoluteUri,
        }, Clock);
        Ding.Callback = new(app.Address, "/channels/dingtalk");
        Feishu.Callback = new(app.Address, "/channels/feishu");
        Ding.Patience = Stream.Patience = Feishu.Patience = TimeSpan.FromSeconds(60);      // a busy machine is no test of the vendor's seconds
        return app;
    }

    protected override async Task EndAsync()
    {
        await Ding.DisposeAsync();
        await Stream.DisposeAsync();
        await Feishu.DisposeAsync();
    }
}
