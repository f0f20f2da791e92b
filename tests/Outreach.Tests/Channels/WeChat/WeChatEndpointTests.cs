using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeChat;

/// <summary>What <c>/channels/wechat</c> answers to callbacks that are none, and how an account stands by its configuration.</summary>
[Collection(CalledBackApps.Name)]
public sealed class WeChatEndpointTests(CalledBack shared)
{
    private readonly string _owner = $"o{Guid.NewGuid():N}";

    [Fact]
    public async Task The_consoles_check_gets_its_echo_back_to_the_letter()
    {
        using var http = shared.App.CreateClient();
        const string echo = "5837397576+/= 业\"<";

        using var answer = await http.GetAsync(shared.Safe.Check(echo), CalledBack.Stop);
        var wrong = shared.Safe.Check(echo).AbsoluteUri.Replace("signature=", "signature=0", StringComparison.Ordinal);
        using var refused = await http.GetAsync(wrong, CalledBack.Stop);

        Assert.Equal(Encoding.UTF8.GetBytes(echo), await answer.Content.ReadAsByteArrayAsync(CalledBack.Stop));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(403, (int)refused.StatusCode);
        Assert.Equal("", await refused.Content.ReadAsStringAsync(CalledBack.Stop));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("nonce")]
    [InlineData("signature")]
    [InlineData("msg_signature")]
    public async Task A_query_without_one_of_its_parts_is_refused(string part) =>
        await RefusedAsync(tamper: address => address.Replace($"{(part == "signature" ? "?" : "&")}{part}=", $"{(part == "signature" ? "?" : "&")}x{part}=", StringComparison.Ordinal));

    [Theory]
    [InlineData("signature=")]
    [InlineData("msg_signature=")]
    [InlineData("timestamp=")]
    [InlineData("nonce=")]
    public async Task A_query_with_one_letter_changed_is_refused(string part) =>
        await RefusedAsync(tamper: address =>
        {
            var at = address.IndexOf(part == "signature=" ? "?signature=" : $"&{part}", StringComparison.Ordinal) + part.Length + 1;
            return $"{address[..at]}{(address[at] == '1' ? '2' : '1')}{address[(at + 1)..]}";
        });

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_callback_from_another_time_is_refused(int minutes)
    {
        var encrypted = shared.Safe.Envelope.Seal(Message());

        Assert.Equal((403, ""), await shared.Safe.PostAsync(shared.Safe.SafeBody(encrypted), encrypted, at: shared.Clock.GetUtcNow().AddMinutes(minutes)));
        Assert.Equal(200, (await shared.Safe.PostAsync(shared.Safe.SafeBody(encrypted), encrypted, at: shared.Clock.GetUtcNow().AddMinutes(minutes * 4 / 6))).Status);
    }

    [Fact]
    public async Task A_nonce_that_came_with_another_message_is_refused_and_the_same_message_is_not()
    {
        var (first, second) = (shared.Safe.Envelope.Seal(Message()), shared.Safe.Envelope.Seal(Message()));
        var nonce = Guid.NewGuid().ToString("N");

        Assert.Equal(200, (await shared.Safe.PostAsync(shared.Safe.SafeBody(first), first, nonce)).Status);
        Assert.Equal(200, (await shared.Safe.PostAsync(shared.Safe.SafeBody(first), first, nonce)).Status);
        Assert.Equal((403, ""), await shared.Safe.PostAsync(shared.Safe.SafeBody(second), second, nonce));

        Assert.Equal(2, (await shared.MessagesAsync(_owner)).Count);
    }

    [Fact]
    public async Task Bytes_flipped_on_the_way_are_refused()
    {
        var encrypted = shared.Safe.Envelope.Seal(Message());
        var body = shared.Safe.SafeBody(encrypted);
        var start = Encoding.UTF8.GetString(body).IndexOf(encrypted, StringComparison.Ordinal);

        for (var i = 0; i < encrypted.Length; i += 37)
        {
            var flipped = (byte[])body.Clone();
            flipped[start + i] = flipped[start + i] == (byte)'A' ? (byte)'B' : (byte)'A';
            Assert.Equal((403, ""), await shared.Safe.PostAsync(flipped, encrypted));
        }
        Assert.Null(await shared.FindAsync(_owner));
    }

    [Fact]
    public async Task Another_accounts_envelope_is_refused()
    {
        var encrypted = shared.Safe.Envelope.Seal(Encoding.UTF8.GetBytes(Message()), new byte[16], shared.Slow.AppId);

        await RefusedAsync(encrypted);
    }

    [Fact]
    public async Task A_wrong_padding_is_refused_as_everything_else_is()
    {
        await RefusedAsync(shared.Safe.Envelope.SealPadded(new byte[64]));
        await RefusedAsync(shared.Safe.Envelope.SealPadded([.. Enumerable.Repeat((byte)33, 64)]));
        await RefusedAsync("AAAA");
        await RefusedAsync("");
    }

    [Fact]
    public async Task Nothing_plain_is_read_where_the_account_has_a_key()
    {
        var body = Encoding.UTF8.GetBytes(Message());

        Assert.Equal((403, ""), await shared.Safe.PostAsync(body));
        Assert.Equal((403, ""), await shared.Safe.PostAsync(body, "x"));
    }

    [Theory]
    [InlineData("<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><ToUserName>gh</ToUserName><FromUserName>&a;</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId></xml>")]
    [InlineData("<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><xml><ToUserName>&a;</ToUserName></xml>")]
    [InlineData("")]
    [InlineData("<xml>")]
    [InlineData("{}")]
    [InlineData("<xml><ToUserName>gh</ToUserName></xml>")]
    [InlineData("<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content></xml>")]
    [InlineData("<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime><Content>x</Content><MsgId>1</MsgId></xml>")]
    [InlineData("<xml><ToUserName>gh</ToUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")]
    [InlineData("<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")]
    public async Task Xml_that_is_no_push_is_refused_in_plain_and_in_an_envelope(string xml)
    {
        var encrypted = shared.Safe.Envelope.Seal(xml);

        Assert.Equal((403, ""), await shared.Plain.PostAsync(Encoding.UTF8.GetBytes(xml)));
        Assert.Equal((403, ""), await shared.Safe.PostAsync(shared.Safe.SafeBody(encrypted), encrypted));
    }

    [Fact]
    public async Task Malformed_utf8_is_refused_in_plain_and_in_an_envelope()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(Message()).TakeWhile(b => b != (byte)'!'), 0xC3, 0x28];
        var encrypted = shared.Safe.Envelope.Seal([.. "<xml>"u8, 0xC3, 0x28, .. "</xml>"u8], new byte[16]);

        Assert.Equal((403, ""), await shared.Plain.PostAsync(body));
        await RefusedAsync(encrypted);
    }

    [Fact]
    public async Task A_body_of_five_megabytes_is_refused() =>
        Assert.Equal((413, ""), await shared.Plain.PostAsync(Encoding.UTF8.GetBytes($"<xml>{new string('a', 5 * 1024 * 1024)}</xml>")));

    [Fact]
    public async Task An_account_that_is_not_configured_is_not_there()
    {
        using var http = shared.App.CreateClient();

        using var answer = await http.PostAsync("/channels/wechat/other", new StringContent("<xml/>"), CalledBack.Stop);

        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_published_client_talks_to_the_vendors_double_as_to_the_vendor()
    {
        await using var vendor = await WeChatServer.StartAsync(TimeProvider.System, "wxpeer0123456789ab", "secret-of-the-peer");
        vendor.Callback = new("http://127.0.0.1:9/");      // nobody there: only the window opens
        await Assert.ThrowsAsync<HttpRequestException>(() => vendor.SayAsync("oPeer", "x"));

        var sent = await SendAsync("secret-of-the-peer", "oPeer", "一", "二", "三", "四", "五", "六");
        var stranger = await SendAsync("secret-of-the-peer", "oNobody", "x");
        var wrong = await SendAsync("another secret", "oPeer", "x");

        Assert.All(sent.AsArray().Take(5), answer => Assert.Equal(0, (int)answer!["errcode"]!));
        Assert.Equal(45047, (int)sent[5]!["code"]!);
        Assert.Equal(40003, (int)stranger[0]!["code"]!);
        Assert.Equal(40125, (int)wrong[0]!["code"]!);
        Assert.Equal(["一", "二", "三", "四", "五"], vendor.Ledger("oPeer").Select(read => read.Text));

        Task<JsonNode> SendAsync(string secret, string openId, params string[] texts) =>
            Peers.RunAsync("wechat-api.mjs", "wechat-api", null, [vendor.Address.AbsoluteUri, vendor.AppId, secret, openId, .. texts]);
    }

    [Theory]
    [InlineData("AppId")]
    [InlineData("AppSecret")]
    [InlineData("Token")]
    public async Task A_half_filled_account_is_off_and_says_which_key_is_missing(string missing)
    {
        var settings = new Dictionary<string, string?> { ["AppId"] = "wx1", ["AppSecret"] = "demo", ["Token"] = "demo" };
        settings[missing] = null;
        await using var rooms = await TestRooms.CreateAsync(settings.ToDictionary(setting => $"Channels:WeChat:Accounts:east:{setting.Key}", setting => setting.Value));

        rooms.Get<Outreach.Channels.WeChat.WeChatAccounts>().Open();

        var report = rooms.Get<ChannelReports>().Find("wechat", "east")!;
        Assert.Equal((ChannelState.Misconfigured, $"Channels:WeChat:Accounts:east:{missing} is missing."), (report.State, report.Problem));
        Assert.Contains($"Error The WeChat account east is off: Channels:WeChat:Accounts:east:{missing} is missing.", rooms.Log.Text, StringComparison.Ordinal);
        Assert.Null(rooms.Get<Outreach.Channels.WeChat.WeChatAccounts>().Find("east"));
    }

    [Theory]
    [InlineData("EncodingAESKey", "42 characters only")]
    [InlineData("EncodingAESKey", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF!")]
    [InlineData("ApiBase", "http://api.weixin.qq.com")]
    [InlineData("ApiBase", "http://127.0.0.1:1")]
    [InlineData("ApiBase", "api.weixin.qq.com")]
    [InlineData("PassiveBudget", "00:00:06")]
    public async Task A_malformed_account_stops_the_start_and_names_the_key(string key, string value)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
        {
            ["Channels:WeChat:AppId"] = "wx1",
            ["Channels:WeChat:AppSecret"] = "demo",
            ["Channels:WeChat:Token"] = "demo",
            [$"Channels:WeChat:{key}"] = value,
        }, "Production");

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Channels:WeChat:{key}", refused.Message, StringComparison.Ordinal);
    }

    private string Message() => shared.Safe.Xml(_owner, "text", ("Content", "谢谢"), ("MsgId", shared.Safe.NextMessageId()));

    private async Task RefusedAsync(string? encrypted = null, Func<string, string>? tamper = null)
    {
        encrypted ??= shared.Safe.Envelope.Seal(Message());

        Assert.Equal((403, ""), await shared.Safe.PostAsync(shared.Safe.SafeBody(encrypted), encrypted, tamper: tamper));
        Assert.Null(await shared.FindAsync(_owner));
    }
}
