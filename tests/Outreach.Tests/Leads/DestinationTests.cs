using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Doubles;
using Outreach.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Leads;

public sealed class DestinationTests
{
    [Fact]
    public void The_signature_is_that_of_the_standard()
    {
        var key = WebhookDestination.KeyOf("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")!;

        var signature = WebhookDestination.Sign(key, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1700000000,
            Encoding.UTF8.GetBytes("""{"type":"lead.created","data":{"leadId":"L-1001","community":"测试小区"}}"""));

        // Computed once with openssl dgst -sha256 -mac HMAC.
        Assert.Equal("v1,6/lTsDbUOxJgX8oIJAzApu23x3aqy0cS5hixNfQNK1M=", signature);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    public void Only_addresses_of_the_public_internet_are_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, OutboundHttp.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_that_leads_inside_is_refused_before_anything_is_written()
    {
        await using var receiver = await WebhookReceiver.StartAsync(TimeProvider.System);
        await using var rooms = await TestRooms.CreateAsync();
        var destination = new DestinationOptions { Type = "Webhook", Url = $"http://localhost:{receiver.Address.Port}/leads", Secret = receiver.Secret };

        var answer = await rooms.Get<IEnumerable<ILeadDestination>>().Single(k => k.Type == "Webhook").SendAsync(destination, [Notice()], Current.CancellationToken);

        Assert.Equal((SendClass.ConfigError, "private-address"), (answer.Class, answer.VendorCode));
        Assert.Equal(0, receiver.Requests);
    }

    [Fact]
    public async Task Outside_development_a_private_network_never_means_this_machine()
    {
        await using var receiver = await WebhookReceiver.StartAsync(TimeProvider.System);
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>(), "Production");
        var destination = new DestinationOptions { Type = "Webhook", Url = receiver.Address.ToString(), Secret = receiver.Secret, AllowPrivateAddress = true };

        var answer = await rooms.Get<IEnumerable<ILeadDestination>>().Single(k => k.Type == "Webhook").SendAsync(destination, [Notice()], Current.CancellationToken);

        Assert.Equal(SendClass.ConfigError, answer.Class);
        Assert.Equal(0, receiver.Requests);
    }

    [Theory]
    [InlineData("Type", "Fax", "Leads:Destinations:office:Type is 'Fax'; choose one of DingTalkRobot, Email, FeishuRobot, Sms, WeComRobot, Webhook.")]
    [InlineData("Url", "ftp://example.org", "Leads:Destinations:office:Url must be an absolute https address.")]
    [InlineData("Url", "http://example.org/x", "Leads:Destinations:office:Url must use https")]
    [InlineData("Secret", "whsec_short", "Leads:Destinations:office:Secret must be whsec_")]
    [InlineData("Areas:0", " ", "Leads:Destinations:office:Areas must hold names of areas")]
    public async Task A_broken_destination_stops_the_start_with_key_problem_and_fix(string key, string value, string message)
    {
        var settings = new Dictionary<string, string?>
        {
            ["PublicUrl"] = "https://ywh.example.org",
            ["Leads:Destinations:office:Type"] = "Webhook",
            ["Leads:Destinations:office:Url"] = "https://example.org/leads",
            ["Leads:Destinations:office:Secret"] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            [$"Leads:Destinations:office:{key}"] = value,
        };
        await using var rooms = await TestRooms.CreateAsync(settings);

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains(refused.Failures, failure => failure.StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_destination_outside_development_needs_the_public_address()
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
        {
            ["Leads:Destinations:office:Type"] = "WeComRobot",
            ["Leads:Destinations:office:Url"] = "https://example.org/send",
            ["Leads:Destinations:office:Secret"] = "k",
        }, "Production");

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains(refused.Failures, failure => failure.StartsWith("PublicUrl is empty", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_robot_tells_of_many_leads_in_digests_within_its_limit_and_never_says_who()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));
        await using var vendor = await WeComServer.StartAsync(clock);
        await using var scene = await LeadScene.CreateAsync(new Dictionary<string, string?>
        {
            ["PublicUrl"] = "https://ywh.example.org",
            ["Leads:Destinations:group:Type"] = "WeComRobot",
            ["Leads:Destinations:group:Url"] = vendor.RobotAddress.ToString(),
            ["Leads:Destinations:group:Secret"] = vendor.Robot.Key,
            ["Leads:Destinations:group:AllowPrivateAddress"] = "true",
        });
        for (var i = 0; i < 45; i++)
            await scene.SignUpAsync();

        for (var second = 0; second < 60; second += 2)
        {
            await scene.ForwardAsync();
            scene.Rooms.Clock.Advance(TimeSpan.FromSeconds(2));
            clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(0, vendor.Robot.OverLimit);
        Assert.Equal(3, vendor.Robot.Messages.Count);
        var text = string.Join('\n', vendor.Robot.Messages);
        Assert.Equal(45, text.Split("新登记：支持成立").Length - 1);
        Assert.Contains("[查看](https://ywh.example.org/staff/leads/1)", text, StringComparison.Ordinal);
        foreach (var personal in new[] { "13900000000", LeadScene.Name, "501" })
            Assert.DoesNotContain(personal, text, StringComparison.Ordinal);
        await using var db = scene.Rooms.Open();
        Assert.True(await db.LeadForwards.AllAsync(f => f.State == ForwardState.Sent, Current.CancellationToken));
        Assert.DoesNotContain(vendor.Robot.Key, scene.Rooms.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_robot_line_shows_a_hostile_name_as_plain_text()
    {
        var notice = Notice() with { Community = "[点我](https://evil.example)<@all>\n> *加粗*" };

        var text = Outreach.Channels.WeCom.WeComRobot.Text([notice]);

        Assert.Equal(2, text.Split('\n').Length);
        Assert.DoesNotContain("](https://evil", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<@all>", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3号楼2单元501", "3-2-501")]
    [InlineData("三栋二单元五〇一室", "3-2-501")]
    [InlineData("3-2-501", "3-2-501")]
    [InlineData("０３＃２单元５０１", "3-2-501")]
    [InlineData("十二号楼一单元一百零三", "12-1-103")]
    [InlineData("3栋5楼东户", "3-5-东")]
    [InlineData("A座1203", "a-1203")]
    [InlineData("没有", "")]
    public void Rooms_are_one_household_however_they_are_written(string room, string key) => Assert.Equal(key, RoomNumber.Key(room));

    private static LeadNotice Notice() => new(ForwardEvent.Created, "msg_1", DateTimeOffset.UnixEpoch, "L-AAAAAAAAAA", "测试小区", "示范街道", Wishes.Support, LeadRole.Owner,
        DateTimeOffset.UnixEpoch, "https://ywh.example.org/staff/leads/1", null);
}
