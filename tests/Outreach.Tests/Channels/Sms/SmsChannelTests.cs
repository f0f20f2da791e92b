using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Channels.Sms;
using Outreach.Doubles;
using Outreach.Leads;

namespace Outreach.Tests.Channels.Sms;

/// <summary>Text messages to servers that behave like the vendors.</summary>
public sealed class SmsChannelTests : IAsyncLifetime
{
    private const string Phone = "+8613900000123";
    private AliyunSmsServer _aliyun = null!;
    private TencentSmsServer _tencent = null!;
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aliyun = await AliyunSmsServer.StartAsync(_clock);
        _tencent = await TencentSmsServer.StartAsync(_clock);
        _aliyun.Signs.Add("测试社区");
        _tencent.Signs.Add("测试社区");
        _aliyun.Templates["SMS_1"] = "${community}：${title}。拒收请回复T";
        _aliyun.Templates["SMS_2"] = "验证码${code}，${minutes}分钟内有效";
        _aliyun.Templates["SMS_3"] = "${community}有${count}条新登记：${wish}";
        _tencent.Templates["1001"] = "{1}：{2}。拒收请回复R";
        _tencent.Templates["1002"] = "验证码{1}";
        _tencent.Templates["1003"] = "{1}有{2}条新登记";
    }

    public async ValueTask DisposeAsync()
    {
        await _aliyun.DisposeAsync();
        await _tencent.DisposeAsync();
    }

    [Theory]
    [InlineData("aliyun")]
    [InlineData("tencent")]
    public async Task A_notice_fills_the_template_with_community_and_title(string vendor)
    {
        await using var rooms = await RoomsAsync(vendor);

        var sent = await NoticeAsync(rooms, "delivery/17", title: "锦绣花园招募\r\n骨干 & 50%");

        var taken = Assert.Single(Ledger(vendor));
        Assert.Equal((SendClass.Ok, taken.ReceiptId), (sent.Class, sent.MessageId));
        Assert.Equal(("测试社区", "delivery/17"), (taken.Sign, taken.OwnId));
        Assert.StartsWith("锦绣花园：锦绣花园招募  骨干 & 50%。拒收", taken.Text, StringComparison.Ordinal);
        Assert.EndsWith("13900000123", taken.Phone, StringComparison.Ordinal);
        Assert.DoesNotContain("13900000123", rooms.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aliyun", "Channels:AliyunSms:AccessKeySecret")]
    [InlineData("tencent", "Channels:TencentSms:SecretKey")]
    public async Task A_wrong_secret_is_refused_by_the_vendor_and_stops_the_account(string vendor, string key)
    {
        await using var rooms = await RoomsAsync(vendor, (key, "another secret"));

        var sent = await NoticeAsync(rooms, "delivery/1");

        Assert.Equal((SendClass.ConfigError, SendScope.Account), (sent.Class, sent.Scope));
        Assert.Empty(Ledger(vendor));
        Assert.NotEmpty(vendor == "aliyun" ? _aliyun.Refusals : _tencent.Refusals);
    }

    [Theory]
    [InlineData("aliyun")]
    [InlineData("tencent")]
    public async Task What_a_number_may_get_holds_back_that_number_alone(string vendor)
    {
        await using var rooms = await RoomsAsync(vendor);

        await NoticeAsync(rooms, "delivery/1");
        var atOnce = await NoticeAsync(rooms, "delivery/2");
        var other = await NoticeAsync(rooms, "delivery/3", phone: "+8613900000456");
        for (var i = 0; i < 4; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            await NoticeAsync(rooms, $"delivery/{10 + i}");
        }
        _clock.Advance(TimeSpan.FromMinutes(2));
        var sixth = await NoticeAsync(rooms, "delivery/20");

        Assert.Equal((SendClass.RateLimited, SendScope.Recipient), (atOnce.Class, atOnce.Scope));
        Assert.Equal(SendClass.Ok, other.Class);
        Assert.Equal((SendClass.RateLimited, SendScope.Recipient), (sixth.Class, sixth.Scope));
    }

    [Theory]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10", SendClass.QuotaExhausted)]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", SendClass.RateLimited)]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", SendClass.RateLimited)]
    [InlineData("isv.DAY_LIMIT_CONTROL", "", SendClass.QuotaExhausted)]
    [InlineData("isv.MOBILE_NUMBER_ILLEGAL", "", SendClass.RecipientGone)]
    [InlineData("isv.SMS_TEMPLATE_ILLEGAL", "", SendClass.ConfigError)]
    [InlineData("isv.SMS_SIGNATURE_ILLEGAL", "", SendClass.ConfigError)]
    [InlineData("isv.AMOUNT_NOT_ENOUGH", "", SendClass.ConfigError)]
    [InlineData("Throttling.User", "", SendClass.RateLimited)]
    [InlineData("SignatureDoesNotMatch", "", SendClass.ConfigError)]
    public void Aliyuns_codes_have_their_classes(string code, string message, SendClass expected) =>
        Assert.Equal(expected, AliyunSms.Classify(code, message, _clock.GetUtcNow()).Class);

    [Theory]
    [InlineData("LimitExceeded.PhoneNumberDailyLimit", SendClass.QuotaExhausted)]
    [InlineData("LimitExceeded.PhoneNumberThirtySecondLimit", SendClass.RateLimited)]
    [InlineData("LimitExceeded.DeliveryFrequencyLimit", SendClass.RateLimited)]
    [InlineData("FailedOperation.PhoneNumberInBlacklist", SendClass.RecipientGone)]
    [InlineData("FailedOperation.InsufficientBalanceInSmsPackage", SendClass.ConfigError)]
    [InlineData("FailedOperation.ContainSensitiveWord", SendClass.ContentRejected)]
    [InlineData("AuthFailure.SignatureFailure", SendClass.ConfigError)]
    [InlineData("InternalError.OtherError", SendClass.Transient)]
    public void Tencents_codes_have_their_classes(string code, SendClass expected) => Assert.Equal(expected, TencentSms.Classify(code, _clock.GetUtcNow()).Class);

    [Fact]
    public void A_number_that_had_its_day_waits_until_the_next_one_in_China() =>
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 0, 5, 0, TimeSpan.FromHours(8)), _clock.GetUtcNow() + SmsTime.UntilTomorrow(_clock.GetUtcNow()));

    [Theory]
    [InlineData("aliyun", VendorFault.LosesAnswer)]
    [InlineData("aliyun", VendorFault.BrokenJson)]
    [InlineData("tencent", VendorFault.LosesAnswer)]
    [InlineData("tencent", VendorFault.BrokenJson)]
    public async Task A_lost_answer_is_doubt_until_the_receipts_show_the_message_and_nothing_is_sent_again(string vendor, VendorFault fault)
    {
        await using var rooms = await RoomsAsync(vendor);
        (_aliyun.Faults.Lasting, _tencent.Faults.Lasting) = (VendorFault.Broken, VendorFault.Broken);      // the receipts cannot be asked
        (vendor == "aliyun" ? _aliyun.Faults : _tencent.Faults).Next(fault);

        var sent = await NoticeAsync(rooms, "delivery/1");

        Assert.Equal(SendClass.AmbiguousSent, sent.Class);
        Assert.Single(Ledger(vendor));
        (_aliyun.Faults.Lasting, _tencent.Faults.Lasting) = (VendorFault.None, VendorFault.None);
        _clock.Advance(TimeSpan.FromMinutes(2));
        (vendor == "aliyun" ? _aliyun.Faults : _tencent.Faults).Next(fault);
        Assert.Equal(SendClass.Ok, (await NoticeAsync(rooms, "delivery/2")).Class);
        Assert.Equal(2, Ledger(vendor).Count);
        Assert.False(rooms.Get<ChannelSet>().Find("sms")!.Capabilities.Idempotent);
    }

    [Fact]
    public async Task A_vendor_in_trouble_is_asked_again_and_gets_one_message()
    {
        await using var rooms = await RoomsAsync("tencent");
        _tencent.Faults.Next(VendorFault.Broken);

        var sending = NoticeAsync(rooms, "delivery/1");
        while (!sending.IsCompleted)
        {
            rooms.Clock.Advance(TimeSpan.FromSeconds(1));      // the pause before the next try
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop));
        }

        Assert.Equal(SendClass.Ok, (await sending).Class);
        Assert.Single(_tencent.Ledger);
    }

    [Fact]
    public async Task Leads_that_are_due_together_are_one_message_without_anything_personal()
    {
        await using var rooms = await RoomsAsync("aliyun");
        var destination = new DestinationOptions { Type = "Sms", To = "139 0000 0456" };
        var kind = rooms.Get<IEnumerable<ILeadDestination>>().Single(one => one.Type == "Sms");

        var sent = await kind.SendAsync(destination, [Lead(1), Lead(2), Lead(3)], Stop);

        Assert.Equal(SendClass.Ok, sent.Class);
        Assert.Equal("锦绣花园等有3条新登记：支持成立", Assert.Single(_aliyun.Ledger).Text);
        Assert.Empty(kind.Check(destination));
        Assert.NotEmpty(kind.Check(new() { Type = "Sms", To = "0398-2831234" }));
    }

    [Theory]
    [InlineData("aliyun", "DELIVERED", ForwardState.Sent)]
    [InlineData("aliyun", "MOBILE_NOT_ON_SERVICE", ForwardState.Failed)]
    [InlineData("tencent", "DELIVRD", ForwardState.Sent)]
    [InlineData("tencent", "UNDELIV", ForwardState.Failed)]
    public async Task Leads_whose_text_did_not_arrive_count_as_sent_no_more(string vendor, string code, ForwardState expected)
    {
        await using var rooms = await RoomsAsync("aliyun");
        var sentAt = _clock.GetUtcNow();
        await using (var db = rooms.Open())
        {
            foreach (var (id, at) in new[] { ("msg_1", sentAt), ("msg_2", sentAt), ("msg_3", sentAt.AddMinutes(-2)) })
                db.Add(new LeadForward { LeadKey = "L-" + id, Destination = "wang", Event = ForwardEvent.Created, MessageId = id, State = ForwardState.Sent, DueAt = at, CreatedAt = at, SentAt = at });
            await db.SaveChangesAsync(Stop);
        }
        var kind = rooms.Get<IEnumerable<ILeadDestination>>().Single(one => one.Type == "Sms");
        await kind.SendAsync(new() { Type = "Sms", To = "13900000456" }, [Lead(1), Lead(2)], Stop);
        var taken = Assert.Single(_aliyun.Ledger);

        foreach (var receipt in System.Text.Json.Nodes.JsonNode.Parse(vendor == "aliyun" ? taken.AliyunReceipt(code) : taken.TencentReceipt(code))!.AsArray())
        {
            Assert.True(SmsReceipts.IsReceipt(receipt!.AsObject()));
            await rooms.Get<SmsReceipts>().TakeAsync(receipt.AsObject(), Stop);
        }

        await using var after = rooms.Open();
        Assert.Equal([expected, expected, ForwardState.Sent], await after.LeadForwards.OrderBy(f => f.MessageId).Select(f => f.State).ToListAsync(Stop));
    }

    [Theory]
    [InlineData("T", true)]
    [InlineData("ｔｄ", true)]
    [InlineData(" 退订。", true)]
    [InlineData("R", true)]
    [InlineData("退订怎么弄", false)]
    [InlineData("收到", false)]
    [InlineData("", false)]
    public void Only_the_word_alone_stops(string reply, bool stops) => Assert.Equal(stops, SmsReplies.IsStop(reply));

    [Theory]
    [InlineData("Channels:AliyunSms:ApiBase", "http://dysmsapi.aliyuncs.com", "Channels:AliyunSms:ApiBase must be an absolute https address")]
    [InlineData("Channels:AliyunSms:CallbackKey", "short", "Channels:AliyunSms:CallbackKey must be at least 16 letters and digits")]
    [InlineData("Channels:AliyunSms:Templates:Notice:Parameters:name", "{phone}", "Channels:AliyunSms:Templates:Notice:Parameters holds {phone}; a template of this kind knows {community}, {title}")]
    public async Task A_malformed_setting_stops_the_start_with_key_and_fix(string key, string value, string message)
    {
        await using var rooms = await RoomsAsync("aliyun", (key, value));

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains(refused.Failures, failure => failure.StartsWith(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Channels:AliyunSms:AccessKeySecret", "Channels:AliyunSms:AccessKeySecret is missing.")]
    [InlineData("Channels:AliyunSms:SignName", "Channels:AliyunSms:SignName is missing.")]
    [InlineData("Channels:AliyunSms:Templates:Code:Code", "Channels:AliyunSms:Templates:Code:Code is missing: owners confirm their phone by digits before they get notices.")]
    public async Task A_half_filled_vendor_is_off_and_says_which_key_is_missing(string key, string problem)
    {
        await using var rooms = await RoomsAsync("aliyun", (key, null));

        Assert.Equal(problem, rooms.Get<IOptions<AliyunSmsOptions>>().Value.Problem(AliyunSmsOptions.Section));
        Assert.Equal(SendClass.ConfigError, (await NoticeAsync(rooms, "delivery/1")).Class);
    }

    private IReadOnlyList<SmsTaken> Ledger(string vendor) => vendor == "aliyun" ? _aliyun.Ledger : _tencent.Ledger;

    private async Task<TestRooms> RoomsAsync(string vendor, params (string Key, string? Value)[] changes)
    {
        var settings = new Dictionary<string, string?>();
        if (vendor == "aliyun")
        {
            settings["Channels:AliyunSms:AccessKeyId"] = _aliyun.AccessKeyId;
            settings["Channels:AliyunSms:AccessKeySecret"] = _aliyun.AccessKeySecret;
            settings["Channels:AliyunSms:SignName"] = "测试社区";
            settings["Channels:AliyunSms:ApiBase"] = _aliyun.Address.AbsoluteUri;
            settings["Channels:AliyunSms:Templates:Notice:Code"] = "SMS_1";
            settings["Channels:AliyunSms:Templates:Notice:Parameters:community"] = "{community}";
            settings["Channels:AliyunSms:Templates:Notice:Parameters:title"] = "{title}";
            settings["Channels:AliyunSms:Templates:Code:Code"] = "SMS_2";
            settings["Channels:AliyunSms:Templates:Code:Parameters:code"] = "{code}";
            settings["Channels:AliyunSms:Templates:Code:Parameters:minutes"] = "{minutes}";
            settings["Channels:AliyunSms:Templates:Lead:Code"] = "SMS_3";
            settings["Channels:AliyunSms:Templates:Lead:Parameters:community"] = "{community}";
            settings["Channels:AliyunSms:Templates:Lead:Parameters:count"] = "{count}";
            settings["Channels:AliyunSms:Templates:Lead:Parameters:wish"] = "{wish}";
        }
        else
        {
            settings["Channels:TencentSms:SecretId"] = _tencent.SecretId;
            settings["Channels:TencentSms:SecretKey"] = _tencent.SecretKey;
            settings["Channels:TencentSms:SmsSdkAppId"] = _tencent.SmsSdkAppId;
            settings["Channels:TencentSms:SignName"] = "测试社区";
            settings["Channels:TencentSms:ApiBase"] = _tencent.Address.AbsoluteUri;
            settings["Channels:TencentSms:Templates:Notice:Code"] = "1001";
            settings["Channels:TencentSms:Templates:Notice:Parameters:0"] = "{community}";
            settings["Channels:TencentSms:Templates:Notice:Parameters:1"] = "{title}";
            settings["Channels:TencentSms:Templates:Code:Code"] = "1002";
            settings["Channels:TencentSms:Templates:Code:Parameters:0"] = "{code}";
        }
        foreach (var (key, value) in changes)
            settings[key] = value;
        var rooms = await TestRooms.CreateAsync(settings);
        rooms.Clock.SetUtcNow(_clock.GetUtcNow());
        return rooms;
    }

    /// <summary>A notice to a phone that its owner confirmed.</summary>
    private async Task<SendResult> NoticeAsync(TestRooms rooms, string key, string phone = Phone, string title = "锦绣花园招募骨干")
    {
        rooms.Clock.SetUtcNow(rooms.Clock.GetUtcNow() < _clock.GetUtcNow() ? _clock.GetUtcNow() : rooms.Clock.GetUtcNow());
        var to = await ConfirmedAddress.AddAsync(rooms, "sms", phone);
        var activity = new Activity
        {
            Type = ActivityTypes.Message,
            Text = "不发这些字",
            ChannelData = JsonSerializer.SerializeToElement(new NoticeData(new(1, title, "锦绣花园", null)), NoticeJson.Default.NoticeData),
        };
        return await rooms.Get<ChannelSet>().Find("sms")!.SendAsync(to, activity, key, Stop);
    }

    private static LeadNotice Lead(int id) => new(ForwardEvent.Created, $"msg_{id}", DateTimeOffset.UnixEpoch, $"L-000{id}", "锦绣花园", "示范街道", Wishes.Support, LeadRole.Owner,
        DateTimeOffset.UnixEpoch, $"https://ywh.example.org/staff/leads/{id}", null);
}
