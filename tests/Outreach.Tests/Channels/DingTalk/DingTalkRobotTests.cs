using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Channels.DingTalk;

/// <summary>The signed robot that tells a DingTalk group of leads.</summary>
public sealed class DingTalkRobotTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task It_tells_of_many_leads_in_digests_within_its_limit_and_never_says_who()
    {
        await using var vendor = await DingTalkServer.StartAsync(_clock);
        var (token, secret) = vendor.AddWebhook();
        await using var scene = await LeadScene.CreateAsync(Settings(vendor.WebhookAddress(token).AbsoluteUri, secret));
        for (var i = 0; i < 45; i++)
            await scene.SignUpAsync();

        for (var second = 0; second < 60; second += 2)
        {
            await scene.ForwardAsync();
            scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(2));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        var read = vendor.Ledger(token);
        Assert.Empty(vendor.Refusals);
        Assert.Equal(3, read.Count);
        Assert.All(read, one => Assert.Equal(("markdown", "业主登记有"), (one.Kind, one.Title[..5])));
        var text = string.Join('\n', read.Select(one => one.Text));
        Assert.Equal(45, text.Split("新登记：支持成立").Length - 1);
        Assert.Contains("[查看](https://ywh.example.org/staff/leads/1)", text, StringComparison.Ordinal);
        foreach (var personal in new[] { "13900000000", LeadScene.Name, "501" })
            Assert.DoesNotContain(personal, text, StringComparison.Ordinal);
        await using var db = scene.Rooms.Open();
        Assert.True(await db.LeadForwards.AllAsync(f => f.State == ForwardState.Sent, Current.CancellationToken));
        Assert.DoesNotContain(token, scene.Rooms.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, scene.Rooms.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://oapi.dingtalk.com/robot/send", "SECx", "false", "Url")]
    [InlineData("https://oapi.dingtalk.com/robot/send?access_token=x", "", "false", "Secret")]
    [InlineData("https://oapi.dingtalk.com/robot/send?access_token=x", "SECx", "true", "Trusted")]
    public async Task A_broken_destination_stops_the_start_and_names_the_key(string url, string secret, string trusted, string key)
    {
        var settings = Settings(url, secret);
        settings["Leads:Destinations:group:Trusted"] = trusted;
        await using var rooms = await TestRooms.CreateAsync(settings);

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Leads:Destinations:group:{key} must be", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_published_sender_talks_to_the_vendors_double_as_to_the_vendor()
    {
        await using var vendor = await DingTalkServer.StartAsync(TimeProvider.System);
        var (token, secret) = vendor.AddWebhook("登记");

        var sent = await SendAsync(secret, [.. Enumerable.Range(1, 21).Select(n => $"登记 {n}")]);
        var wrong = await SendAsync("SECanother", "登记");

        Assert.All(sent.AsArray().Take(20), answer => Assert.Equal(0, (int)answer!["errcode"]!));
        Assert.Equal(130101, (int)sent[20]!["errcode"]!);
        Assert.Equal(310000, (int)wrong[0]!["errcode"]!);
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"登记 {n}"), vendor.Ledger(token).Select(read => read.Text));

        Task<JsonNode> SendAsync(string signer, params string[] texts) =>
            Peers.RunAsync("dingtalk-robot.mjs", "dingtalk-robot-sender", null, [vendor.WebhookAddress(token).AbsoluteUri, signer, .. texts]);
    }

    private static Dictionary<string, string?> Settings(string url, string secret) => new()
    {
        ["PublicUrl"] = "https://ywh.example.org",
        ["Leads:Destinations:group:Type"] = "DingTalkRobot",
        ["Leads:Destinations:group:Url"] = url,
        ["Leads:Destinations:group:Secret"] = secret,
        ["Leads:Destinations:group:AllowPrivateAddress"] = "true",
    };
}
