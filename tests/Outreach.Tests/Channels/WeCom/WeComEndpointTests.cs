using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Channels.WeCom;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>What the two callbacks answer to what is none, and how accounts stand by their configuration.</summary>
[Collection(WeComCorps.Name)]
public sealed class WeComEndpointTests(WeComCorp shared)
{
    private readonly string _member = $"m{Guid.NewGuid():N}";

    private WeComServer WeCom => shared.WeCom;
    private WeComPushes Pushes => WeCom.Pushes;

    [Fact]
    public async Task The_consoles_check_gets_its_decrypted_echo_back_to_the_letter()
    {
        Assert.True(await Pushes.VerifyAsync());
        Assert.True(await WeCom.CustomerPushes.VerifyAsync());

        var wrong = Pushes.Envelope.Seal("1616140317555161061");
        Assert.Equal(403, (await Pushes.GetAsync(wrong, address => address.Replace("msg_signature=", "msg_signature=0", StringComparison.Ordinal))).Status);
        Assert.Equal(403, (await Pushes.GetAsync(Pushes.Envelope.Seal("1"u8.ToArray(), new byte[16], "ww0000000000000000"))).Status);
        Assert.Equal(403, (await WeCom.CustomerPushes.GetAsync(wrong)).Status);
    }

    [Theory]
    [InlineData("timestamp=")]
    [InlineData("nonce=")]
    [InlineData("msg_signature=")]
    public async Task A_query_without_one_of_its_parts_or_with_one_letter_changed_is_refused(string part)
    {
        await RefusedAsync("signature", tamper: address => address.Replace(part, "x" + part, StringComparison.Ordinal));
        await RefusedAsync("signature", tamper: address =>
        {
            var at = address.IndexOf(part, StringComparison.Ordinal) + part.Length;
            return $"{address[..at]}{(address[at] == '1' ? '2' : '1')}{address[(at + 1)..]}";
        });
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_callback_from_another_time_is_refused(int minutes) => await RefusedAsync("signature", at: shared.Clock.GetUtcNow().AddMinutes(minutes));

    [Fact]
    public async Task A_nonce_that_came_with_another_message_is_refused_and_the_same_message_is_not()
    {
        var (first, second) = (Pushes.Envelope.Seal(Message()), Pushes.Envelope.Seal(Message()));
        var nonce = Guid.NewGuid().ToString("N");

        Assert.Equal(200, (await PostAsync(first, nonce)).Status);
        Assert.Equal(200, (await PostAsync(first, nonce)).Status);
        var (refused, counted) = await CountedAsync("nonce", () => PostAsync(second, nonce));

        Assert.Equal((403, 0, 1), (refused.Status, refused.Body.Length, counted));
        Assert.Equal(2, (await shared.MessagesAsync(_member)).Count);
    }

    [Fact]
    public async Task Each_flipped_byte_is_refused()
    {
        var encrypted = Pushes.Envelope.Seal(Message());
        var body = Pushes.Body(encrypted, "1000002");
        var start = Encoding.UTF8.GetString(body).IndexOf(encrypted, StringComparison.Ordinal);

        for (var i = 0; i < encrypted.Length; i += 29)
        {
            var flipped = (byte[])body.Clone();
            flipped[start + i] = flipped[start + i] == (byte)'A' ? (byte)'B' : (byte)'A';
            Assert.Equal(403, (await Pushes.PostAsync(flipped, encrypted)).Status);
        }
        Assert.Null(await shared.FindAsync(_member));
    }

    [Fact]
    public async Task Another_corps_trailer_another_receiver_and_another_application_are_refused()
    {
        await RefusedAsync("envelope", Pushes.Envelope.Seal(Encoding.UTF8.GetBytes(Message()), RandomNumberGenerator.GetBytes(16), "ww0000000000000000"));
        await RefusedAsync("fields", Pushes.Envelope.Seal(Message().Replace(WeCom.CorpId, "ww0000000000000000", StringComparison.Ordinal)));
        await RefusedAsync("fields", Pushes.Envelope.Seal(Message().Replace("<AgentID>1000002", "<AgentID>1000003", StringComparison.Ordinal)));
        await RefusedAsync("signature", WeCom.CustomerPushes.Envelope.Seal(Message()), sign: WeCom.CustomerPushes);
    }

    [Fact]
    public async Task A_wrong_padding_is_refused_as_everything_else_is()
    {
        await RefusedAsync("envelope", Pushes.Envelope.SealPadded(new byte[64]));
        await RefusedAsync("envelope", Pushes.Envelope.SealPadded([.. Enumerable.Repeat((byte)33, 64)]));
        await RefusedAsync("envelope", "AAAA");
    }

    [Theory]
    [InlineData("<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><ToUserName>CORP</ToUserName><FromUserName>&a;</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId></xml>")]
    [InlineData("<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><xml><ToUserName>&a;</ToUserName></xml>")]
    [InlineData("")]
    [InlineData("<xml>")]
    [InlineData("{}")]
    [InlineData("<xml><ToUserName>CORP</ToUserName></xml>")]
    [InlineData("<xml><ToUserName>CORP</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content></xml>")]
    [InlineData("<xml><ToUserName>CORP</ToUserName><FromUserName>o</FromUserName><CreateTime>1</CreateTime><Content>x</Content><MsgId>1</MsgId></xml>")]
    [InlineData("<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")]
    public async Task Xml_that_is_no_push_is_refused_within_an_envelope_and_in_plain(string xml)
    {
        var inner = xml.Replace("CORP", WeCom.CorpId, StringComparison.Ordinal);
        var encrypted = Pushes.Envelope.Seal(inner);

        Assert.Equal(403, (await PostAsync(encrypted)).Status);
        Assert.Equal(403, (await Pushes.PostAsync(Encoding.UTF8.GetBytes(inner), encrypted)).Status);
        Assert.Equal(403, (await WeCom.CustomerPushes.PostAsync(WeCom.CustomerPushes.Body(WeCom.CustomerPushes.Envelope.Seal(inner), null), "x")).Status);
    }

    [Fact]
    public async Task Malformed_utf8_and_five_megabytes_are_refused()
    {
        var broken = Pushes.Envelope.Seal([.. "<xml>"u8, 0xC3, 0x28, .. "</xml>"u8], new byte[16]);
        await RefusedAsync("envelope", broken);
        Assert.Equal(403, (await Pushes.PostAsync([.. "<xml>"u8, 0xC3, 0x28, .. "</xml>"u8], "x")).Status);

        var (refused, counted) = await CountedAsync("size", () => Pushes.PostAsync(Encoding.UTF8.GetBytes($"<xml>{new string('a', 5 * 1024 * 1024)}</xml>"), "x"));

        Assert.Equal((413, 0, 1), (refused.Status, refused.Body.Length, counted));
    }

    [Fact]
    public async Task Accounts_that_are_not_configured_are_not_there()
    {
        using var http = shared.App.CreateClient();
        foreach (var path in (string[])["/channels/wecom/other", "/channels/wecom-kf/other"])
        {
            using var posted = await http.PostAsync(path, new StringContent("<xml/>"), WeComCorp.Stop);
            using var got = await http.GetAsync(path, WeComCorp.Stop);
            Assert.Equal((404, 404), ((int)posted.StatusCode, (int)got.StatusCode));
        }
    }

    [Fact]
    public void The_report_of_an_account_tells_where_the_vendor_must_call() =>
        Assert.Equal(["/channels/wecom", "/channels/wecom/slow", "/channels/wecom-kf"],
            new[] { ("wecom", "default"), ("wecom", "slow"), ("wecom-kf", "default") }.Select(account =>
                shared.App.Services.GetRequiredService<ChannelReports>().Find(account.Item1, account.Item2)!.CallbackPath));

    [Theory]
    [InlineData("CorpId", "wecom")]
    [InlineData("Secret", "wecom")]
    [InlineData("AgentId", "wecom")]
    [InlineData("Token", "wecom")]
    [InlineData("EncodingAESKey", "wecom")]
    [InlineData("Kf:Token", "wecom-kf")]
    [InlineData("Kf:EncodingAESKey", "wecom-kf")]
    public async Task A_half_filled_account_is_off_and_says_which_key_is_missing(string missing, string channel)
    {
        var settings = Complete();
        settings[missing] = null;
        await using var rooms = await TestRooms.CreateAsync(settings.ToDictionary(setting => $"Channels:WeCom:Accounts:east:{setting.Key}", setting => setting.Value));

        var accounts = rooms.Get<WeComAccounts>();
        accounts.Open();

        var report = rooms.Get<ChannelReports>().Find(channel, "east")!;
        Assert.Equal((ChannelState.Misconfigured, $"Channels:WeCom:Accounts:east:{missing} is missing."), (report.State, report.Problem));
        Assert.Contains($"Error The account east of {channel} is off: Channels:WeCom:Accounts:east:{missing} is missing.", rooms.Log.Text, StringComparison.Ordinal);
        Assert.Null(channel == "wecom" ? accounts.FindApp("east") : accounts.FindKf("east"));
    }

    [Fact]
    public async Task Customer_service_may_be_on_alone_and_with_the_applications_secret()
    {
        var service = Complete().Where(setting => setting.Key is "CorpId" || setting.Key.StartsWith("Kf:", StringComparison.Ordinal))
            .ToDictionary(setting => $"Channels:WeCom:{setting.Key}", setting => setting.Value);
        service["Channels:WeCom:Kf:Secret"] = "demo";
        await using var alone = await TestRooms.CreateAsync(service);
        await using var shares = await TestRooms.CreateAsync(Complete().ToDictionary(setting => $"Channels:WeCom:{setting.Key}", setting => setting.Value));

        alone.Get<WeComAccounts>().Open();
        shares.Get<WeComAccounts>().Open();

        Assert.Equal((ChannelState.Off, ChannelState.On), (alone.Get<ChannelReports>().Find("wecom", "default")!.State, alone.Get<ChannelReports>().Find("wecom-kf", "default")!.State));
        Assert.Equal("the app's", shares.Get<WeComAccounts>().FindKf("default")!.Secret);
    }

    [Theory]
    [InlineData("EncodingAESKey", "42 characters only")]
    [InlineData("Kf:EncodingAESKey", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF!")]
    [InlineData("AgentId", "my application")]
    [InlineData("ApiBase", "http://qyapi.weixin.qq.com")]
    [InlineData("ApiBase", "http://127.0.0.1:1")]
    [InlineData("PassiveBudget", "00:00:06")]
    [InlineData("MemberAMinute", "0")]
    [InlineData("Kf:Sends", "0")]
    [InlineData("Kf:HandOver", "Servicer", "Kf:Servicer")]
    public async Task A_malformed_account_stops_the_start_and_names_the_key(string key, string value, string? named = null)
    {
        var settings = Complete();
        settings[key] = value;
        await using var rooms = await TestRooms.CreateAsync(settings.ToDictionary(setting => $"Channels:WeCom:{setting.Key}", setting => setting.Value), "Production");

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Channels:WeCom:{named ?? key}", refused.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Complete() => new()
    {
        ["CorpId"] = "ww1",
        ["Secret"] = "the app's",
        ["AgentId"] = "1000002",
        ["Token"] = "demo",
        ["EncodingAESKey"] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        ["Kf:Token"] = "demo",
        ["Kf:EncodingAESKey"] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    };

    private string Message() => WeCom.Xml(_member, "text", ("Content", "谢谢"), ("MsgId", WeCom.NextMessageId())).ToString(SaveOptions.DisableFormatting);

    private Task<(int Status, byte[] Body)> PostAsync(string encrypted, string? nonce = null, DateTimeOffset? at = null, Func<string, string>? tamper = null) =>
        Pushes.PostAsync(Pushes.Body(encrypted, "1000002"), encrypted, nonce, at, tamper);

    /// <summary>Refused with an empty 403 that is counted under its reason, and no turn.</summary>
    /// <param name="sign">Whose token signs; null: the right one.</param>
    private async Task RefusedAsync(string reason, string? encrypted = null, DateTimeOffset? at = null, Func<string, string>? tamper = null, WeComPushes? sign = null)
    {
        encrypted ??= Pushes.Envelope.Seal(Message());
        var redirected = sign is null ? tamper : address => address.Replace("/channels/wecom-kf", "/channels/wecom", StringComparison.Ordinal);

        var (refused, counted) = await CountedAsync(reason, () => (sign ?? Pushes).PostAsync(Pushes.Body(encrypted, "1000002"), encrypted, null, at, redirected));

        Assert.Equal((403, 0, 1), (refused.Status, refused.Body.Length, counted));
        Assert.Null(await shared.FindAsync(_member));
    }

    private static async Task<(T Result, int Counted)> CountedAsync<T>(string reason, Func<Task<T>> act)
    {
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "outreach.callbacks_refused")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags.ToArray().Contains(new("channel", "wecom")) && tags.ToArray().FirstOrDefault(tag => tag.Key == "reason").Value is string why)
                counted.Enqueue(why);
        });
        listener.Start();
        var result = await act();
        return (result, counted.Count(why => why == reason));
    }
}
