using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Doubles;
using Outreach.Staff;
using Outreach.Storage;
using Outreach.Tests.Channels;
using static Xunit.TestContext;

namespace Outreach.Tests.Staff;

/// <summary>A notice read by its writer first, in a mailbox and on a phone.</summary>
public sealed class NoticeTrialTests : IAsyncLifetime
{
    private const string Mailbox = "writer@example.org";
    private const string Phone = "13900000777";
    private static readonly StaffScope Writer = new("s-writer", "演示同事", StaffRoles.Publicity, null, "/", 0);

    private MailServer _mail = null!;
    private AliyunSmsServer _sms = null!;
    private TestRooms _rooms = null!;

    public async ValueTask InitializeAsync()
    {
        _mail = await MailServer.StartAsync();
        _sms = await AliyunSmsServer.StartAsync(TimeProvider.System);
        _sms.Signs.Add("测试社区");
        _sms.Templates["SMS_1"] = "${community}：${title}。拒收请回复T";
        _sms.Limits.Clear();
        _rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
        {
            ["PublicUrl"] = "https://ywh.example.org",
            ["Campaigns:Quotas:sms:Limit"] = "1",
            ["Campaigns:Quotas:sms:Window"] = "1.00:00:00",
            ["Channels:Email:Host"] = MailServer.Host,
            ["Channels:Email:Port"] = _mail.Port.ToString(CultureInfo.InvariantCulture),
            ["Channels:Email:Security"] = "None",
            ["Channels:Email:User"] = _mail.User,
            ["Channels:Email:Password"] = _mail.Password,
            ["Channels:Email:From"] = "robot@outreach.example",
            ["Channels:AliyunSms:AccessKeyId"] = _sms.AccessKeyId,
            ["Channels:AliyunSms:AccessKeySecret"] = _sms.AccessKeySecret,
            ["Channels:AliyunSms:SignName"] = "测试社区",
            ["Channels:AliyunSms:ApiBase"] = _sms.Address.AbsoluteUri,
            ["Channels:AliyunSms:Templates:Notice:Code"] = "SMS_1",
            ["Channels:AliyunSms:Templates:Notice:Parameters:community"] = "{community}",
            ["Channels:AliyunSms:Templates:Notice:Parameters:title"] = "{title}",
            ["Channels:AliyunSms:Templates:Code:Code"] = "SMS_2",
        });
        _rooms.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());      // the vendor looks at the time of a call
    }

    public async ValueTask DisposeAsync()
    {
        await _rooms.DisposeAsync();
        await _mail.DisposeAsync();
        await _sms.DisposeAsync();
    }

    [Fact]
    public async Task What_the_writer_reads_is_what_owners_get_and_the_address_is_kept_nowhere()
    {
        var to = await ConfirmedAddress.AddAsync(_rooms, "email", "owner@example.org");

        var mailed = await TryAsync("email", $" {Mailbox} ");
        await Channel("email").SendAsync(to, Shown, "delivery/1", Current.CancellationToken);
        var texted = await TryAsync("sms", "139 0000 0777");

        Assert.Equal((null, null), (mailed, texted));
        Assert.Equal([Mailbox], _mail.Ledger[0].To);
        Assert.Equal(("〔测试〕锦绣花园培训", "锦绣花园培训"), (_mail.Ledger[0].Header("Subject"), _mail.Ledger[1].Header("Subject")));
        Assert.Equal(await BodyAsync(_mail.Ledger[1]), await BodyAsync(_mail.Ledger[0]));
        Assert.Contains("11月28日（周六）上午9:00", await BodyAsync(_mail.Ledger[0]), StringComparison.Ordinal);
        var taken = Assert.Single(_sms.Ledger);
        Assert.Equal("锦绣花园：锦绣花园培训。拒收请回复T", taken.Text);
        Assert.EndsWith(Phone, taken.Phone, StringComparison.Ordinal);
        await using var db = _rooms.Open();
        Assert.Equal(["邮件：试发了一条通知", "短信：试发了一条通知"], await db.AuditEntries.Where(e => e.StaffId == Writer.StaffId).OrderBy(e => e.Id).Select(e => e.Detail).ToListAsync(Current.CancellationToken));
        Assert.Equal(1, await db.NoticeAddresses.CountAsync(Current.CancellationToken));      // the owner's
        Assert.Equal(1, (await db.ChannelQuotas.SingleAsync(q => q.Account == "sms/default", Current.CancellationToken)).Used);
        Assert.DoesNotContain(Mailbox, _rooms.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Phone, _rooms.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_addresses_a_used_up_quota_and_too_many_tries_are_said_and_send_nothing()
    {
        Assert.Contains("邮箱地址没认出来", await TryAsync("email", "写信的人"), StringComparison.Ordinal);
        Assert.Contains("11 位的手机号", await TryAsync("sms", "0398-2830000"), StringComparison.Ordinal);
        Assert.Contains("11 位的手机号", await TryAsync("sms", null), StringComparison.Ordinal);
        Assert.Null(await TryAsync("sms", Phone));
        Assert.Contains("余量用完了", await TryAsync("sms", Phone), StringComparison.Ordinal);
        _mail.Next(MailFault.NoSuchMailbox);
        Assert.Equal("没发成：对方不在了（550）。", await TryAsync("email", Mailbox));

        var tries = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => TryAsync("email", Mailbox)));

        Assert.Equal((7, 2), (tries.Count(one => one is null), tries.Count(one => one == "一小时内最多试 10 次，过一会儿再试。")));
        Assert.Equal((1, 7), (_sms.Ledger.Count, _mail.Ledger.Count));
        _rooms.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(await TryAsync("email", Mailbox));
    }

    private static Activity Shown => Notice.ToActivity(new()
    {
        Title = "{小区}培训",
        Body = "11月28日（周六）上午9:00，{小区}培训。",
        Topic = NoticeTopics.Training,
        AreaId = 0,
        ComposerId = Writer.StaffId,
        ComposerName = Writer.DisplayName,
        CreatedAt = DateTimeOffset.UnixEpoch,
        FormToken = Guid.Empty,
    }, NoticeWords.Of("锦绣花园"), new SiteOptions(), new(2026, 11, 24));

    private IAddressChannel Channel(string id) => (IAddressChannel)_rooms.Get<ChannelSet>().Find(id)!;

    private Task<string?> TryAsync(string channel, string? typed) => _rooms.Get<AddressTests>().SendAsync(Channel(channel), typed, Shown, Writer, Current.CancellationToken);

    /// <summary>Without the address to leave at, which is each reader's own.</summary>
    private static async Task<string> BodyAsync(MailTaken mail)
    {
        var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Raw), Current.CancellationToken);
        var leave = mail.Header("List-Unsubscribe")!.Trim('<', '>');
        return $"{message.TextBody}{message.HtmlBody}".Replace(leave, "LEAVE", StringComparison.Ordinal).Replace("〔测试〕", "", StringComparison.Ordinal);
    }
}
