using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Channels.Email;
using Outreach.Contacts;
using Outreach.Doubles;
using Outreach.Leads;
using Outreach.Tests.Campaigns;

namespace Outreach.Tests.Channels.Email;

/// <summary>Mails to a real SMTP server.</summary>
public sealed class EmailChannelTests : IAsyncLifetime
{
    private const string Mailbox = "laowang@example.org";
    private MailServer _server = null!;
    private TestRooms? _rooms;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await MailServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_rooms is not null)
            await _rooms.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_notice_is_text_and_HTML_with_both_ways_to_leave_and_names_nobody_in_the_address()
    {
        _rooms = await RoomsAsync();

        var sent = await NoticeAsync(_rooms, "delivery/17", "锦绣花园招募骨干", "锦绣花园招募骨干\n\n周六开会，请带 <身份>。\nhttps://ywh.example.org/a?b=1&c=2\n回“退订”不再收。\n演示单位 2026年11月24日");

        var mail = Assert.Single(_server.Ledger);
        var leave = mail.Header("List-Unsubscribe")!.Trim('<', '>');
        var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Raw), Stop);
        Assert.Equal((SendClass.Ok, "delivery.17@outreach.example"), (sent.Class, sent.MessageId));
        Assert.Equal("<delivery.17@outreach.example>", mail.Header("Message-ID"));
        Assert.Equal("锦绣花园招募骨干", mail.Header("Subject"));
        Assert.Equal("List-Unsubscribe=One-Click", mail.Header("List-Unsubscribe-Post"));
        Assert.Equal(("bulk", "auto-generated"), (mail.Header("Precedence"), mail.Header("Auto-Submitted")));
        Assert.Equal([Mailbox], mail.To);
        Assert.Equal(_server.User, mail.User);
        Assert.Equal("业委会助手", message.From.Mailboxes.Single().Name);
        Assert.StartsWith("https://ywh.example.org/unsubscribe/", leave, StringComparison.Ordinal);
        Assert.DoesNotContain("laowang", leave, StringComparison.Ordinal);
        Assert.Contains("请带 <身份>", message.TextBody, StringComparison.Ordinal);
        Assert.Contains(leave, message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("回“退订”", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("请带 &lt;身份&gt;", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://ywh.example.org/a?b=1&amp;c=2\">", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{leave}\">退订</a>", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain(Mailbox, _rooms.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_travels_in_the_mail_with_its_description_and_a_line_for_who_reads_text()
    {
        _rooms = await RoomsAsync();
        var file = TestPictures.RedAndBlue(600, 400);
        var taken = (await _rooms.Get<NoticePictures>().TakeAsync(new Microsoft.AspNetCore.Http.FormFile(new MemoryStream(file), 0, file.Length, "picture", "x.jpg"), Stop)).File!;

        var sent = await NoticeAsync(_rooms, "delivery/17", "锦绣花园培训", "周六培训。", new NoticePicture(taken.Id, "培训\"海报\"", 600, 400).At("https://ywh.example.org"));

        Assert.Equal(SendClass.Ok, sent.Class);
        var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(Assert.Single(_server.Ledger).Raw), Stop);
        var part = Assert.Single(message.BodyParts.OfType<MimeKit.MimePart>(), part => part.ContentType.IsMimeType("image", "jpeg"));
        using var inside = new MemoryStream();
        await part.Content!.DecodeToAsync(inside, Stop);
        Assert.Equal(taken.Bytes, inside.ToArray());
        Assert.Contains($"<img src=\"cid:{part.ContentId}\" alt=\"培训&quot;海报&quot;\" width=\"544\"", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains($"图片（培训\"海报\"）：https://ywh.example.org/pictures/{taken.Id}.jpg", message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marked_words_are_bold_and_lead_somewhere_in_HTML_and_are_words_in_the_text()
    {
        _rooms = await RoomsAsync();

        await NoticeAsync(_rooms, "delivery/17", "锦绣花园培训", "周六，看公告（https://ywh.example.org/?a=1&b=2）。\n回“退订”不再收。",
            marked: "**周六<6>**，看[公\"告](https://ywh.example.org/?a=1&b=2)。\n回“退订”不再收。");

        var message = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(Assert.Single(_server.Ledger).Raw), Stop);
        Assert.Contains("<p><strong>周六&lt;6&gt;</strong>，看<a href=\"https://ywh.example.org/?a=1&amp;b=2\">公&quot;告</a>。</p><hr>", message.HtmlBody, StringComparison.Ordinal);
        Assert.StartsWith("周六，看公告（https://ywh.example.org/?a=1&b=2）。", message.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("通知\r\nBcc: victim@example.org")]
    [InlineData("通知\nContent-Type: text/html\n\n<b>x</b>")]
    [InlineData("通知\u2028Bcc: victim@example.org")]
    public async Task A_line_break_in_a_title_makes_no_header_and_no_recipient(string title)
    {
        _rooms = await RoomsAsync();

        await NoticeAsync(_rooms, "delivery/1", title, "正文");

        var mail = Assert.Single(_server.Ledger);
        Assert.Equal([Mailbox], mail.To);
        Assert.Null(mail.Header("Bcc"));
        Assert.StartsWith("multipart/alternative", mail.Header("Content-Type"), StringComparison.Ordinal);
        Assert.StartsWith("通知", mail.Header("Subject"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@example.org\r\nBcc: b@example.org")]
    [InlineData("a@example.org, b@example.org")]
    [InlineData("a@example.org;b@example.org")]
    [InlineData("\"x\" <a@example.org>")]
    [InlineData("a@example.org>")]
    [InlineData("a@b@example.org")]
    [InlineData("a@localhost")]
    [InlineData("a@.org")]
    [InlineData("老王@example.org")]
    [InlineData("")]
    public void What_is_not_one_bare_address_is_none(string typed) => Assert.Null(EmailAddress.Normalise(typed));

    [Theory]
    [InlineData("LaoWang@Example.ORG ", "LaoWang@example.org", "La***@example.org")]
    [InlineData("a@b.cn", "a@b.cn", "***@b.cn")]
    public void An_address_has_one_form_and_a_masked_one(string typed, string kept, string masked)
    {
        Assert.Equal(kept, EmailAddress.Normalise(typed));
        Assert.Equal(masked, EmailAddress.Mask(kept));
    }

    [Theory]
    [InlineData(MailFault.Closing, SendClass.Transient, 0)]
    [InlineData(MailFault.MailboxBusy, SendClass.Transient, 0)]
    [InlineData(MailFault.NoSuchMailbox, SendClass.RecipientGone, 0)]
    [InlineData(MailFault.TryLater, SendClass.Transient, 0)]
    [InlineData(MailFault.RefusedAsSpam, SendClass.ContentRejected, 0)]
    [InlineData(MailFault.DropsAfterData, SendClass.AmbiguousSent, 1)]
    [InlineData(MailFault.Hangs, SendClass.AmbiguousSent, 1)]
    public async Task Every_refusal_has_its_class_and_the_next_mail_goes_out(MailFault fault, SendClass expected, int taken)
    {
        _rooms = await RoomsAsync(("Channels:Email:Patience", fault == MailFault.Hangs ? "00:00:05" : "00:01:00"));      // a busy machine may take seconds to say hello
        _server.Next(fault);

        var sent = await NoticeAsync(_rooms, "delivery/1", "一", "正文");
        var first = _server.Ledger.Count;
        var next = await NoticeAsync(_rooms, "delivery/2", "二", "正文");

        Assert.Equal(expected, sent.Class);
        Assert.Equal((taken, SendClass.Ok, taken + 1), (first, next.Class, _server.Ledger.Count));
    }

    [Theory]
    [InlineData("5.1.1 no such mailbox", SendClass.RecipientGone)]
    [InlineData("mailbox unavailable", SendClass.RecipientGone)]
    [InlineData("5.7.1 relaying denied", SendClass.ConfigError)]
    public void A_server_that_does_not_relay_says_nothing_about_the_mailbox(string words, SendClass expected) => Assert.Equal(expected, EmailSender.Classify(new MailKit.Net.Smtp.SmtpCommandException(
        MailKit.Net.Smtp.SmtpErrorCode.RecipientNotAccepted, MailKit.Net.Smtp.SmtpStatusCode.MailboxUnavailable, new MimeKit.MailboxAddress("", Mailbox), words)).Class);

    [Fact]
    public async Task A_wrong_password_stops_the_channel()
    {
        _rooms = await RoomsAsync(("Channels:Email:Password", "another"));

        var sent = await NoticeAsync(_rooms, "delivery/1", "一", "正文");

        Assert.Equal(SendClass.ConfigError, sent.Class);
        Assert.DoesNotContain("another", _rooms.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_port_is_trouble_that_passes()
    {
        _rooms = await RoomsAsync(("Channels:Email:Port", OutreachApp.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(SendClass.Transient, (await NoticeAsync(_rooms, "delivery/1", "一", "正文")).Class);
    }

    [Theory]
    [InlineData(MailLine.Tls, "Tls")]
    [InlineData(MailLine.StartTls, "StartTls")]
    public async Task A_certificate_that_nobody_signed_gets_no_password(MailLine line, string security)
    {
        await using var server = await MailServer.StartAsync(line);
        _rooms = await RoomsAsync(("Channels:Email:Port", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Channels:Email:Security", security));

        var sent = await NoticeAsync(_rooms, "delivery/1", "一", "正文");

        Assert.Equal((SendClass.ConfigError, "tls"), (sent.Class, sent.VendorCode));
        Assert.Empty(server.Ledger);
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_nothing()
    {
        _rooms = await RoomsAsync(("Channels:Email:Security", "StartTls"));

        Assert.Equal((SendClass.ConfigError, "not-offered"), await NoticeAsync(_rooms, "delivery/1", "一", "正文") is var sent ? (sent.Class, sent.VendorCode) : default);
        Assert.Empty(_server.Ledger);
    }

    [Fact]
    public async Task An_address_that_nobody_confirmed_gets_nothing()
    {
        _rooms = await RoomsAsync();

        var sent = await _rooms.Get<ChannelSet>().Find("email")!.SendAsync(
            new() { ChannelId = "email", Account = "default", ConversationId = "x", UserId = Mailbox }, new() { Type = ActivityTypes.Message, Text = "正文" }, "delivery/1", Stop);

        Assert.Equal(SendClass.RecipientGone, sent.Class);
        Assert.Empty(_server.Ledger);
    }

    [Fact]
    public async Task Leads_that_are_due_together_are_one_mail_without_anything_personal()
    {
        _rooms = await RoomsAsync();
        var kind = _rooms.Get<IEnumerable<ILeadDestination>>().Single(one => one.Type == "Email");
        var notice = new LeadNotice(ForwardEvent.Created, "msg_1", DateTimeOffset.UnixEpoch, "L-0001", "锦绣花园\r\nBcc: x@example.org", "示范街道", Wishes.Support, LeadRole.Owner, DateTimeOffset.UnixEpoch,
            "https://ywh.example.org/staff/leads/1", new("测试甲", "+8613900000000", "3号楼2单元501"));

        var one = await kind.SendAsync(new() { Type = "Email", To = "lead@example.org" }, [notice], Stop);
        await kind.SendAsync(new() { Type = "Email", To = "lead@example.org" }, [notice, notice with { MessageId = "msg_2", Event = ForwardEvent.Withdrawn, Community = null, Link = null }], Stop);

        Assert.Equal((SendClass.Ok, "msg.1@outreach.example"), (one.Class, one.MessageId));
        Assert.Equal(2, _server.Ledger.Count);
        Assert.All(_server.Ledger, mail => Assert.Equal(["lead@example.org"], mail.To));
        var text = (await MimeKit.MimeMessage.LoadAsync(new MemoryStream(_server.Ledger[1].Raw), Stop)).TextBody;
        Assert.Contains("新登记：支持成立", text, StringComparison.Ordinal);
        Assert.Contains("https://ywh.example.org/staff/leads/1", text, StringComparison.Ordinal);
        Assert.Contains("L-0001 业主已撤回，请停止联系", text, StringComparison.Ordinal);
        foreach (var mail in _server.Ledger)
            Assert.DoesNotContain("13900000000", Encoding.UTF8.GetString(mail.Raw), StringComparison.Ordinal);
        Assert.NotEmpty(kind.Check(new() { Type = "Email", To = "a@example.org, b@example.org" }));
    }

    [Theory]
    [InlineData("From", "x", "Channels:Email:From must be one plain address")]
    [InlineData("Port", "0", "Channels:Email:Port must be between 1 and 65535")]
    [InlineData("Host", "smtp.example.org", "Channels:Email:Security must be Tls or StartTls")]
    public async Task A_malformed_setting_stops_the_start_with_key_and_fix(string key, string value, string message)
    {
        _rooms = await RoomsAsync(($"Channels:Email:{key}", value));

        var refused = Assert.Throws<OptionsValidationException>(() => _rooms.Get<IStartupValidator>().Validate());

        Assert.Contains(refused.Failures, failure => failure.StartsWith(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Channels:Email:Host", "Channels:Email:Host is missing")]
    [InlineData("Channels:Email:From", "Channels:Email:From is missing")]
    [InlineData("Channels:Email:Password", "Channels:Email:Password is missing")]
    [InlineData("PublicUrl", "PublicUrl is missing")]
    public async Task A_half_filled_channel_is_off_and_says_what_is_missing(string key, string problem)
    {
        _rooms = await RoomsAsync((key, ""));

        Assert.StartsWith(problem, _rooms.Get<IOptions<EmailOptions>>().Value.Problem(_rooms.Get<IOptions<Outreach.Storage.SiteOptions>>().Value), StringComparison.Ordinal);
        Assert.Equal(SendClass.ConfigError, (await NoticeAsync(_rooms, "delivery/1", "一", "正文")).Class);
        Assert.Empty(_server.Ledger);
    }

    [Fact]
    public async Task A_changed_token_names_nobody()
    {
        _rooms = await RoomsAsync();
        var token = _rooms.Get<UnsubscribeLinks>().PathOf(17)[UnsubscribeLinks.Path.Length..];

        Assert.Equal(17, _rooms.Get<UnsubscribeLinks>().ContactOf(token));
        Assert.Null(_rooms.Get<UnsubscribeLinks>().ContactOf(token[..60] + (token[60] == 'A' ? 'B' : 'A') + token[61..]));
        Assert.Null(_rooms.Get<UnsubscribeLinks>().ContactOf("17"));
    }

    private Task<TestRooms> RoomsAsync(params (string Key, string? Value)[] changes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["PublicUrl"] = "https://ywh.example.org/",
            ["Channels:Email:Host"] = MailServer.Host,
            ["Channels:Email:Port"] = _server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Channels:Email:Security"] = "None",
            ["Channels:Email:User"] = _server.User,
            ["Channels:Email:Password"] = _server.Password,
            ["Channels:Email:From"] = "robot@outreach.example",
            ["Channels:Email:FromName"] = "业委会助手",
        };
        foreach (var (key, value) in changes)
            settings[key] = value;
        return TestRooms.CreateAsync(settings);
    }

    private static async Task<SendResult> NoticeAsync(TestRooms rooms, string key, string title, string text, Picture? picture = null, string? marked = null)
    {
        var to = await ConfirmedAddress.AddAsync(rooms, "email", Mailbox);
        var activity = new Activity
        {
            Type = ActivityTypes.Message,
            Text = text,
            Entities = marked is null ? null : [MarkedText.ToEntity(marked)],
            Attachments = picture is null ? null : [picture.ToAttachment()],
            ChannelData = JsonSerializer.SerializeToElement(new NoticeData(new(1, title, "锦绣花园", null)), NoticeJson.Default.NoticeData),
        };
        return await rooms.Get<ChannelSet>().Find("email")!.SendAsync(to, activity, key, Stop);
    }
}
