using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Activities;
using Outreach.Doubles;
using Outreach.Storage;

namespace Outreach.Tests.Channels.WeChat;

/// <summary>One program with three accounts that reach followers in different ways, each beside a vendor of its own.</summary>
public sealed class WeChatNoticeApp : IAsyncLifetime
{
    public const string Listed = "listed";
    public const string Tagged = "tagged";

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));
    public OutreachApp App { get; private set; } = null!;
    /// <summary>The account <c>default</c>: subscription notices and template messages.</summary>
    public WeChatServer Templates { get; private set; } = null!;
    /// <summary>The account <c>listed</c>: mass sends to a list.</summary>
    public WeChatServer ByList { get; private set; } = null!;
    /// <summary>The account <c>tagged</c>: mass sends to a tag, one a day.</summary>
    public WeChatServer ByTag { get; private set; } = null!;
    public string Subscription { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Templates = await WeChatServer.StartAsync(Clock, Outreach.Doubles.WeChatMode.Safe);
        ByList = await WeChatServer.StartAsync(Clock, Outreach.Doubles.WeChatMode.Safe);
        ByTag = await WeChatServer.StartAsync(Clock, Outreach.Doubles.WeChatMode.Compatible);
        ByTag.Mass.Kind = WeChatAccountKind.Subscription;
        Subscription = Templates.Templates.Add("{{thing1.DATA}}：{{thing2.DATA}}", WeChatTemplateUse.OneTime);
        var template = Templates.Templates.Add("{{thing1.DATA}} {{thing2.DATA}} {{time3.DATA}} {{phrase4.DATA}}", WeChatTemplateUse.Template);
        var settings = new Dictionary<string, string?>
        {
            ["Channels:WeChat:Notices:Subscription:Id"] = Subscription,
            ["Channels:WeChat:Notices:Subscription:Fields:thing1"] = "{标题}",
            ["Channels:WeChat:Notices:Subscription:Fields:thing2"] = "{正文}",
            ["Channels:WeChat:Notices:Template:Id"] = template,
            ["Channels:WeChat:Notices:Template:Fields:thing1"] = "{标题}",
            ["Channels:WeChat:Notices:Template:Fields:thing2"] = "{正文}",
            ["Channels:WeChat:Notices:Template:Fields:time3"] = "{日期}",
            ["Channels:WeChat:Notices:Template:Fields:phrase4"] = "小区通知",
            ["Channels:WeChat:Accounts:listed:Notices:Mass"] = "List",
            ["Channels:WeChat:Accounts:tagged:Notices:Mass"] = "Tag",
            ["Channels:WeChat:Accounts:tagged:Menu:0:Name"] = "办事",
            ["Channels:WeChat:Accounts:tagged:Menu:0:Buttons:0:Name"] = "换物业要多少人同意",
            ["Channels:WeChat:Accounts:tagged:Menu:0:Buttons:0:Say"] = "换物业要多少人同意",
            ["Channels:WeChat:Accounts:tagged:Menu:0:Buttons:1:Name"] = "我的小区",
            ["Channels:WeChat:Accounts:tagged:Menu:0:Buttons:1:Url"] = "https://outreach.example/",
            ["Campaigns:PerOwnerPerWeek"] = "0",
        };
        foreach (var (section, vendor) in new[] { ("Channels:WeChat", Templates), ("Channels:WeChat:Accounts:listed", ByList), ("Channels:WeChat:Accounts:tagged", ByTag) })
        {
            settings[$"{section}:AppId"] = vendor.AppId;
            settings[$"{section}:AppSecret"] = vendor.AppSecret;
            settings[$"{section}:Token"] = vendor.Token;
            settings[$"{section}:ApiBase"] = vendor.Address.AbsoluteUri;
            settings[$"{section}:EncodingAESKey"] = vendor.EncodingAesKey;
            vendor.Patience = TimeSpan.FromSeconds(60);
        }
        App = await OutreachApp.StartAsync(settings, Clock);
        Templates.Callback = new(App.Address, "/channels/wechat");
        ByList.Callback = new(App.Address, "/channels/wechat/listed");
        ByTag.Callback = new(App.Address, "/channels/wechat/tagged");
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Templates.DisposeAsync();
        await ByList.DisposeAsync();
        await ByTag.DisposeAsync();
    }

    public IBulkChannel Channel => (IBulkChannel)App.Services.GetRequiredService<ChannelSet>().Find("wechat")!;

    public OutreachDb Open() => App.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();

    /// <summary>Followers who wrote once and whose window is closed by now.</summary>
    public async Task<IReadOnlyList<ConversationReference>> FollowersAsync(WeChatServer vendor, string account, int count)
    {
        var openIds = Enumerable.Range(0, count).Select(_ => $"o{Guid.NewGuid():N}").ToList();
        foreach (var openId in openIds)
            await vendor.SayAsync(openId, "谢谢");
        Clock.Advance(TimeSpan.FromHours(49));
        return [.. openIds.Select(openId => Of(account, openId))];
    }

    public static ConversationReference Of(string account, string openId) => new() { ChannelId = "wechat", Account = account, ConversationId = openId, UserId = openId };

    public Task<IReadOnlyList<SendResult>> SendAsync(IReadOnlyList<ConversationReference> to, string batchKey) => Channel.SendManyAsync(
        to, new() { Type = ActivityTypes.Message, Text = "春晖苑业主大会通知\n\n各位业主：本周六上午九点在社区二楼开会，请带身份证。\nhttps://outreach.example/n/1\n回“退订”不再收。\n演示街道 2026年11月24日" },
        batchKey, TestContext.Current.CancellationToken);
}
