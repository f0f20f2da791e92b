using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Channels.Feishu;

/// <summary>The signed robot that tells a Feishu group of leads.</summary>
public sealed class FeishuRobotTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task It_tells_of_many_leads_in_digests_and_never_says_who()
    {
        await using var vendor = await FeishuServer.StartAsync(_clock);
        var (id, secret) = vendor.AddWebhook("登记");
        await using var scene = await LeadScene.CreateAsync(Settings(vendor.WebhookAddress(id).AbsoluteUri, secret));
        for (var i = 0; i < 45; i++)
            await scene.SignUpAsync();

        for (var second = 0; second < 60; second += 2)
        {
            await scene.ForwardAsync();
            scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(2));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        var read = vendor.Ledger(id);
        Assert.Empty(vendor.Refusals);
        Assert.Equal(3, read.Count);
        var text = string.Join('\n', read.Select(one => one.Text));
        Assert.Equal(45, text.Split("新登记：支持成立").Length - 1);
        Assert.Contains("https://ywh.example.org/staff/leads/1", text, StringComparison.Ordinal);
        foreach (var personal in new[] { "13900000000", LeadScene.Name, "501" })
            Assert.DoesNotContain(personal, text, StringComparison.Ordinal);
        await using var db = scene.Rooms.Open();
        Assert.True(await db.LeadForwards.AllAsync(f => f.State == ForwardState.Sent, Current.CancellationToken));
        Assert.DoesNotContain(secret, scene.Rooms.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://open.feishu.cn/open-apis/bot", "x", "false", "Url")]
    [InlineData("https://open.feishu.cn/open-apis/bot/v2/hook/x", "", "false", "Secret")]
    [InlineData("https://open.feishu.cn/open-apis/bot/v2/hook/x", "x", "true", "Trusted")]
    public async Task A_broken_destination_stops_the_start_and_names_the_key(string url, string secret, string trusted, string key)
    {
        var settings = Settings(url, secret);
        settings["Leads:Destinations:group:Trusted"] = trusted;
        await using var rooms = await TestRooms.CreateAsync(settings);

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Leads:Destinations:group:{key} must be", refused.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(string url, string secret) => new()
    {
        ["PublicUrl"] = "https://ywh.example.org",
        ["Leads:Destinations:group:Type"] = "FeishuRobot",
        ["Leads:Destinations:group:Url"] = url,
        ["Leads:Destinations:group:Secret"] = secret,
        ["Leads:Destinations:group:AllowPrivateAddress"] = "true",
    };
}
