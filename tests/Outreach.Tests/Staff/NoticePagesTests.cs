using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Campaigns;
using Outreach.Communities;

namespace Outreach.Tests.Staff;

/// <summary>A notice through the console's pages: written at night, sent, and what the page says of it.</summary>
public sealed class NoticePagesTests(NoticePagesTests.Night night) : IClassFixture<NoticePagesTests.Night>
{
    // Tuesday, 24 November 2026, 21:30 in the city.
    private static readonly DateTimeOffset Evening = new(2026, 11, 24, 13, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Send_now_at_night_is_offered_as_the_morning_and_made_for_then()
    {
        var app = night.App;
        var town = await Town.BuildAsync(app);
        await StaffSeeds.AddLeadAsync(app, "owner-1", town.CommunityA, "甲花园", "一", null);
        using var client = await ConsoleClient.SignInAsync(app, "street1", StaffRoles.Street, town.StreetA);

        var page = await client.ReadAsync("/staff/notices/new");
        var offered = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form(town, "ask", "", "")));
        var sentAtOnce = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", [.. Form(town, "send", "", ""), ("Input.ConfirmedTotal", "1")]));
        var made = await client.PostAsync("/staff/notices/new", "compose", [.. Form(town, "send", Value(offered, "StartOn"), Value(offered, "StartTime")), ("Input.ConfirmedTotal", "1")]);

        Assert.Contains("两格都不填，就是马上发。晚9点到早7点不发通知。", page, StringComparison.Ordinal);
        Assert.Contains("发给 1 位业主？", offered, StringComparison.Ordinal);
        Assert.Contains("11月25日 周三 上午7:00（现在不发：晚9点到早7点不发通知）", offered, StringComparison.Ordinal);
        Assert.Contains("发给 1 位业主？", sentAtOnce, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        await using var db = await StaffSeeds.OpenAsync(app);
        var campaign = await db.Campaigns.SingleAsync(c => c.AreaId == town.StreetA, StaffSeeds.Stop);
        Assert.Equal((CampaignState.Scheduled, new DateTimeOffset(2026, 11, 24, 23, 0, 0, TimeSpan.Zero)), (campaign.State, campaign.StartAt!.Value));
    }

    [Fact]
    public async Task A_start_in_the_night_is_refused_at_its_field_and_the_text_stays()
    {
        var app = night.App;
        var town = await Town.BuildAsync(app);
        await StaffSeeds.AddLeadAsync(app, "owner-1", town.CommunityA, "甲花园", "一", null);
        using var client = await ConsoleClient.SignInAsync(app, "street2", StaffRoles.Street, town.StreetA);

        var refused = await ConsoleClient.TextAsync(await client.PostAsync("/staff/notices/new", "compose", Form(town, "ask", "2026-11-28", "22:15")));

        Assert.Contains("#StartTime\">晚9点到早7点不发通知，最早 11月29日（周日）上午7:00 发。</a>", refused, StringComparison.Ordinal);
        Assert.Contains("11月28日（周六）上午9:00培训。</textarea>", refused, StringComparison.Ordinal);
        Assert.Equal("22:15", Value(refused, "StartTime"));
    }

    [Fact]
    public async Task The_page_of_a_notice_adds_up_and_says_what_holds_it()
    {
        var clock = new FakeTimeProvider(Evening);
        await using var app = await StartAsync(clock, ("Campaigns:Quotas:webchat:Limit", "1"), ("Campaigns:Quotas:webchat:Window", "00:10:00"));
        var town = await Town.BuildAsync(app);
        for (var n = 0; n < 3; n++)
            await StaffSeeds.AddLeadAsync(app, $"owner-{n}", town.CommunityA, "甲花园", "业主", null);
        clock.SetUtcNow(new(2026, 11, 25, 12, 55, 0, TimeSpan.Zero));
        using var client = await ConsoleClient.SignInAsync(app, "street3", StaffRoles.Street, town.StreetA);
        var made = await client.PostAsync("/staff/notices/new", "compose", [.. Form(town, "send", "", ""), ("Input.ConfirmedTotal", "3")]);
        var page = made.Headers.Location!.ToString();
        var id = long.Parse(page.Split('/')[^1], CultureInfo.InvariantCulture);
        Task CarryOn() => app.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(id).CarryOnAsync();

        await CarryOn();
        var sending = await client.ReadAsync(page);
        clock.Advance(TimeSpan.FromMinutes(10));
        await CarryOn();
        var late = await client.ReadAsync(page);
        await client.PostAsync(page, "stop");
        var stopped = await client.ReadAsync(page);

        Assert.Contains("1 + 2 + 0 + 0 + 0 = 3，与发送名单一致", sending, StringComparison.Ordinal);
        Assert.DoesNotContain("不发通知", sending, StringComparison.Ordinal);
        Assert.Contains("网页聊天：余量用完，11月26日 周四 上午7:00 接着发", sending, StringComparison.Ordinal);
        Assert.Contains("晚9点到早7点不发通知。没发的 11月26日 周四 上午7:00 接着发。", late, StringComparison.Ordinal);
        Assert.Contains("1 + 0 + 2 + 0 + 0 = 3，与发送名单一致", stopped, StringComparison.Ordinal);
        Assert.Contains("跳过（停止发送 2）", stopped, StringComparison.Ordinal);
        Assert.DoesNotContain("不发通知", stopped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_audience_is_chosen_from_the_list_and_deleted_there()
    {
        var app = night.App;
        var town = await Town.BuildAsync(app);
        using var client = await ConsoleClient.SignInAsync(app, "street4", StaffRoles.Street, town.StreetA);
        await client.PostAsync("/staff/notices/new", "compose", [.. Form(town, "segment", "", ""), ("Input.SegmentName", "说英文的人"), ("Input.Languages", "English")]);
        await using var db = await StaffSeeds.OpenAsync(app);
        var saved = await db.Segments.SingleAsync(StaffSeeds.Stop);

        var chosen = await client.ReadAsync($"/staff/notices/new?segment={saved.Id}");
        await client.PostAsync("/staff/notices/new", $"forget-{saved.Id}");
        var after = await client.ReadAsync("/staff/notices/new");

        Assert.Matches("value=\"English\"[^>]* checked", chosen);
        Assert.DoesNotMatch("value=\"Chinese\"[^>]* checked", chosen);
        Assert.Contains($"删掉常用名单“{saved.Name}”？", chosen, StringComparison.Ordinal);
        Assert.DoesNotContain($"segment={saved.Id}", after, StringComparison.Ordinal);
        Assert.False(await db.Segments.AnyAsync(StaffSeeds.Stop));
    }

    /// <summary>The program at this hour, which no test moves; each has a town and an account of its own.</summary>
    public sealed class Night : IAsyncLifetime
    {
        internal OutreachApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await StartAsync(new(Evening));

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    private static Task<OutreachApp> StartAsync(FakeTimeProvider clock, params (string Key, string Value)[] settings) => OutreachApp.StartAsync(
        new Dictionary<string, string?>(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
        {
            ["Demo:Load"] = "false",
            ["Campaigns:QuietUntilHour"] = "7",
            ["Campaigns:QuietFromHour"] = "21",
        }, clock);

    private static (string, string)[] Form(Town town, string step, string day, string time) =>
    [
        ("Input.Title", "{小区}通知"), ("Input.Body", "11月28日（周六）上午9:00培训。"), ("Input.Link", ""), ("Input.Topic", "Training"),
        ("Input.AreaId", town.StreetA.ToString(CultureInfo.InvariantCulture)), ("Input.StartOn", day), ("Input.StartTime", time), ("Input.Step", step),
    ];

    private static string Value(string page, string id) => Regex.Match(page, $"<input(?=[^>]*id=\"{id}\")[^>]*\\bvalue=\"([^\"]*)\"").Groups[1].Value;
}
