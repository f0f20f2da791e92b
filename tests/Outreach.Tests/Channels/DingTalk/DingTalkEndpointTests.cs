using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Channels.DingTalk;

namespace Outreach.Tests.Channels.DingTalk;

/// <summary>What <c>/channels/dingtalk</c> answers to callbacks that are none, and how an application stands by its configuration.</summary>
[Collection(RobotApps.Name)]
public sealed class DingTalkEndpointTests(Robots shared)
{
    private readonly string _owner = $"u{Guid.NewGuid():N}";

    [Fact]
    public void The_signature_is_that_of_the_worked_example() =>
        Assert.Equal("y9nOEW6syVn9iutiBMUbQoWtcAKjMiCtm68JqOzQcqM=", DingTalkEndpoint.Sign("1700000000000", "SECoutreach0001"));

    [Theory]
    [InlineData(0, SendClass.Ok)]
    [InlineData(null, SendClass.AmbiguousSent)]
    [InlineData(-1, SendClass.Transient)]
    [InlineData(40014, SendClass.AuthExpired)]
    [InlineData(42001, SendClass.AuthExpired)]
    [InlineData(88, SendClass.AuthExpired)]
    [InlineData(310000, SendClass.ConfigError)]
    [InlineData(300001, SendClass.ConfigError)]
    [InlineData(300005, SendClass.ConfigError)]
    [InlineData(130101, SendClass.RateLimited)]
    [InlineData(130103, SendClass.RateLimited)]
    [InlineData(90018, SendClass.RateLimited)]
    [InlineData(90002, SendClass.RateLimited)]
    public void The_vendors_codes_mean(int? code, SendClass meaning) => Assert.Equal(meaning, DingTalkApi.ClassOf(code));

    [Fact]
    public async Task A_wrong_a_missing_and_a_changed_signature_are_refused_alike_and_counted()
    {
        using var refusals = new RefusalCount("dingtalk");
        var now = Now();
        var right = shared.Ding.Sign(now);

        foreach (var (timestamp, sign) in new (string?, string?)[]
            {
                (now, null), (null, right), (now, ""), (now, "AAAA"), (now, right[..^1]), (now, right.ToUpperInvariant()), (now + "0", right), ("x", shared.Ding.Sign("x")), ("", shared.Ding.Sign("")),
                ("-1", shared.Ding.Sign("-1")), ("99999999999999999", shared.Ding.Sign("99999999999999999")), (now, new string('A', 5000)),
            })
            Assert.Equal(new(403, ""), await shared.Ding.PostAsync(Body(), timestamp, sign));

        Assert.Null(await shared.FindAsync("cid-" + _owner));
        Assert.Equal(12, refusals["signature"]);
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(61)]
    public async Task A_callback_from_another_hour_is_refused(int minutes)
    {
        var (then, near) = (Now(minutes), Now(minutes * 58 / 61));

        Assert.Equal(new(403, ""), await shared.Ding.PostAsync(Body(), then, shared.Ding.Sign(then)));
        Assert.Equal(new(200, ""), await shared.Ding.PostAsync(Body(), near, shared.Ding.Sign(near)));
    }

    [Fact]
    public async Task A_body_of_five_megabytes_is_refused() =>
        Assert.Equal(new(413, ""), await PostAsync(Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('a', 5 * 1024 * 1024)}\"}}")));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<xml/>")]
    [InlineData("{}")]
    [InlineData("{} {}")]
    [InlineData("{\"msgId\":1,\"conversationId\":\"c\",\"senderStaffId\":\"u\",\"msgtype\":\"text\"}")]
    [InlineData("{\"msgId\":\"\\ud800\",\"conversationId\":\"c\",\"senderStaffId\":\"u\",\"msgtype\":\"text\"}")]
    public async Task What_is_no_message_is_refused_although_it_is_signed(string body) => Assert.Equal(new(400, ""), await PostAsync(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("msgId")]
    [InlineData("conversationId")]
    [InlineData("msgtype")]
    public async Task A_message_without_one_of_its_names_is_refused(string field)
    {
        var message = shared.Ding.Message(_owner, "text", new() { ["content"] = "谢谢" }, null, null);
        message.Remove(field);

        Assert.Equal(new(400, ""), await PostAsync(Encoding.UTF8.GetBytes(message.ToJsonString())));
    }

    [Fact]
    public async Task Malformed_utf8_is_refused() => Assert.Equal(new(400, ""), await PostAsync([.. Body().TakeWhile(b => b != (byte)'}'), 0xC3, 0x28, .. "}"u8]));

    [Fact]
    public async Task Fields_of_every_other_kind_are_no_trouble()
    {
        foreach (var name in (string[])["text", "sessionWebhook", "sessionWebhookExpiredTime", "chatbotUserId", "conversationType", "senderNick"])
            foreach (var odd in (JsonNode?[])[null, 1, -1, "x", true, new JsonArray(1), new JsonObject { ["content"] = 1 }, double.MaxValue, long.MaxValue])
            {
                var message = shared.Ding.Message(_owner, "text", new() { ["content"] = "谢谢" }, null, null);
                message[name] = odd?.DeepClone();
                Assert.Equal(200, (await PostAsync(Encoding.UTF8.GetBytes(message.ToJsonString()))).Status);
            }
    }

    [Fact]
    public async Task An_envelope_with_a_changed_letter_or_a_wrong_signature_is_refused()
    {
        using var http = shared.App.CreateClient();
        var (timestamp, nonce, sealedEvent) = (Now(), "nonce-1", shared.Ding.Envelope.Seal("""{"EventType":"check_url"}"""));
        var signature = shared.Ding.Envelope.Signature(timestamp, nonce, sealedEvent);
        var old = Now(-6);

        Assert.Equal(200, await PostEventAsync(signature, timestamp, nonce, sealedEvent));
        Assert.Equal(403, await PostEventAsync(signature, timestamp, nonce, (sealedEvent[0] == 'A' ? "B" : "A") + sealedEvent[1..]));
        Assert.Equal(403, await PostEventAsync(new string('0', 40), timestamp, nonce, sealedEvent));
        Assert.Equal(403, await PostEventAsync(shared.Ding.Envelope.Signature(old, nonce, sealedEvent), old, nonce, sealedEvent));
        var other = shared.Ding.Envelope.Seal("""{"EventType":"user_leave_org","UserId":["u"]}""");
        Assert.Equal(403, await PostEventAsync(shared.Ding.Envelope.Signature(timestamp, nonce, other), timestamp, nonce, other));      // the nonce was another event's
        var bad = shared.Ding.Envelope.Seal("[]");
        Assert.Equal(403, await PostEventAsync(shared.Ding.Envelope.Signature(timestamp, "nonce-2", bad), timestamp, "nonce-2", bad));

        async Task<int> PostEventAsync(string sign, string at, string once, string encrypted)
        {
            using var answer = await http.PostAsync($"/channels/dingtalk?msg_signature={sign}&timestamp={at}&nonce={once}",
                new StringContent(new JsonObject { ["encrypt"] = encrypted }.ToJsonString()), Robots.Stop);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task An_account_that_is_not_configured_is_not_there()
    {
        using var http = shared.App.CreateClient();

        using var answer = await http.PostAsync("/channels/dingtalk/other", new StringContent("{}"), Robots.Stop);

        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Fact]
    public void The_status_page_knows_where_each_account_is_called()
    {
        var reports = shared.App.Services.GetRequiredService<ChannelReports>();

        Assert.Equal((ChannelState.On, "/channels/dingtalk"), (reports.Find("dingtalk", "default")!.State, reports.Find("dingtalk", "default")!.CallbackPath));
        Assert.Equal((ChannelState.On, null), (reports.Find("dingtalk", "stream")!.State, reports.Find("dingtalk", "stream")!.CallbackPath));
    }

    [Theory]
    [InlineData("AppKey")]
    [InlineData("AppSecret")]
    [InlineData("Token")]
    [InlineData("EncodingAESKey")]
    public async Task A_half_filled_account_is_off_and_says_which_key_is_missing(string missing)
    {
        var settings = new Dictionary<string, string?> { ["AppKey"] = "ding1", ["AppSecret"] = "demo", ["Token"] = "demo", ["EncodingAESKey"] = new('a', 43) };
        settings[missing] = null;
        await using var rooms = await TestRooms.CreateAsync(settings.ToDictionary(setting => $"Channels:DingTalk:Accounts:east:{setting.Key}", setting => setting.Value));

        rooms.Get<DingTalkAccounts>().Open();

        var report = rooms.Get<ChannelReports>().Find("dingtalk", "east")!;
        Assert.Equal((ChannelState.Misconfigured, $"Channels:DingTalk:Accounts:east:{missing} is missing."), (report.State, report.Problem));
        Assert.Contains($"Error The DingTalk account east is off: Channels:DingTalk:Accounts:east:{missing} is missing.", rooms.Log.Text, StringComparison.Ordinal);
        Assert.Null(rooms.Get<DingTalkAccounts>().Find("east"));
    }

    [Theory]
    [InlineData("EncodingAESKey", "42 characters only")]
    [InlineData("ApiBase", "http://api.dingtalk.com")]
    [InlineData("ApiBase", "http://127.0.0.1:1")]
    [InlineData("OapiBase", "oapi.dingtalk.com")]
    [InlineData("AgentId", "-1")]
    [InlineData("MaxTextBytes", "20")]
    public async Task A_malformed_account_stops_the_start_and_names_the_key(string key, string value)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
        {
            ["Channels:DingTalk:AppKey"] = "ding1",
            ["Channels:DingTalk:AppSecret"] = "demo",
            ["Channels:DingTalk:Token"] = "demo",
            [$"Channels:DingTalk:{key}"] = value,
        }, "Production");

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Channels:DingTalk:{key}", refused.Message, StringComparison.Ordinal);
    }

    private string Now(int minutes = 0) => shared.Clock.GetUtcNow().AddMinutes(minutes).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private byte[] Body() => Encoding.UTF8.GetBytes(shared.Ding.Message(_owner, "text", new() { ["content"] = "谢谢" }, null, null).ToJsonString());

    private Task<Doubles.DingTalkPushed> PostAsync(byte[] body)
    {
        var now = Now();
        return shared.Ding.PostAsync(body, now, shared.Ding.Sign(now));
    }
}
