using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using MimeKit;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.Email;

/// <summary>
/// Notices by mail, to addresses that their owners confirmed: plain text and HTML, with an address to unsubscribe at that one click of a mail program uses (RFC 8058).
/// The Message-ID names the delivery; a message whose answer was lost is not sent again.
/// </summary>
internal sealed partial class EmailChannel(EmailSender sender, EmailMessages messages, NoticeAddresses addresses, NoticePictures pictures, IOptions<EmailOptions> options, IOptions<SiteOptions> site) : IAddressChannel
{
    public const string ChannelId = "email";

    public string Id => ChannelId;
    public string Title => "邮件";
    public ChannelCapabilities Capabilities { get; } = new() { Proactive = true, Pictures = PictureMeans.Inline, MarkedText = true };
    public bool IsOn => !options.Value.IsEmpty && options.Value.Problem(site.Value) is null;

    public string? Normalise(string typed) => EmailAddress.Normalise(typed);

    public string Mask(string address) => EmailAddress.Mask(address);

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (!IsOn)
            return new(SendClass.ConfigError, VendorCode: "off");
        if (await addresses.FindAsync(to.ChannelId, to.UserId, cancellationToken) is not { } recipient)
            return new(SendClass.RecipientGone, VendorCode: "no-address");
        return await SendNoticeAsync(recipient, SubjectOf(activity), activity, idempotencyKey, cancellationToken);
    }

    /// <summary>The subject says that it is a test, for a mailbox that was mistyped; nobody leaves by its address to leave at.</summary>
    public Task<SendResult> SendNoticeTestAsync(string address, Activity notice, string idempotencyKey, CancellationToken cancellationToken) =>
        !IsOn || Normalise(address) is not { } to
            ? Task.FromResult(new SendResult(IsOn ? SendClass.RecipientGone : SendClass.ConfigError, VendorCode: IsOn ? "no-address" : "off"))
            : SendNoticeAsync(new(ContactId: 0, to), $"〔测试〕{SubjectOf(notice)}", notice, idempotencyKey, cancellationToken);

    private async Task<SendResult> SendNoticeAsync(NoticeRecipient recipient, string subject, Activity activity, string key, CancellationToken cancellationToken) =>
        await sender.SendAsync(messages.Notice(recipient, subject, WithoutReplyWord(activity.Text ?? ""), MarkedText.Of(activity) is { } marked ? WithoutReplyWord(marked) : null, await PictureOfAsync(activity, cancellationToken), key), cancellationToken);

    private string SubjectOf(Activity activity) => NoticeOf(activity)?.Title ?? $"{site.Value.Operator.DisplayName}的消息";

    public Task<SendResult> SendCodeAsync(string address, string code, string idempotencyKey, CancellationToken cancellationToken) => SendOwnAsync(address,
        $"验证码 {code}", $"您在业委会助手里要求把小区通知也发到这个邮箱。验证码是 {code}，10分钟内有效。\n在聊天里发来这6位数字就是同意。不是您要的，不用理会，我们不会再发。", idempotencyKey, cancellationToken);

    public Task<SendResult> SendTestAsync(string address, string idempotencyKey, CancellationToken cancellationToken) => SendOwnAsync(address,
        "测试邮件", $"这是业委会工作台发出的测试邮件，收到就说明邮件渠道通了。\n{site.Value.Operator.DisplayName}", idempotencyKey, cancellationToken);

    private Task<SendResult> SendOwnAsync(string address, string subject, string text, string idempotencyKey, CancellationToken cancellationToken) =>
        !IsOn || Normalise(address) is not { } to
            ? Task.FromResult(new SendResult(IsOn ? SendClass.RecipientGone : SendClass.ConfigError, VendorCode: IsOn ? "no-address" : "off"))
            : sender.SendAsync(messages.Plain(to, subject, text, idempotencyKey), cancellationToken);

    private static NoticeOf? NoticeOf(Activity activity) =>
        activity.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("notice", out _) ? data.Deserialize(NoticeJson.Default.NoticeData)?.Notice : null;

    /// <summary>Null: it has none, or it is gone.</summary>
    private async Task<MailedPicture?> PictureOfAsync(Activity activity, CancellationToken cancellationToken) =>
        Picture.Of(activity) is { } picture && NoticePicture.IdOf(picture.Path) is { } id && await pictures.ReadAsync(id, cancellationToken) is { } jpeg
            ? new(id, picture, jpeg)
            : null;

    /// <summary>A mail is not answered with a word: the address to unsubscribe at stands below instead.</summary>
    private static string WithoutReplyWord(string text) => ReplyWord().Replace(text, "").Replace("\n\n\n", "\n\n", StringComparison.Ordinal);

    [GeneratedRegex("(?:^|\\n)?回[“‘'\"]?退订[”’'\"]?不再收。?")]
    private static partial Regex ReplyWord();
}

/// <summary>A picture that travels inside the mail: shown without asking a server, and by mail programs that fetch nothing.</summary>
internal sealed record MailedPicture(string Id, Picture Picture, byte[] Jpeg)
{
    public string ContentId => $"{Id}@outreach";
}

/// <summary>Makes the messages. Nothing that owners or staff wrote reaches a header with a line break in it.</summary>
internal sealed class EmailMessages(IOptions<EmailOptions> options, IOptions<SiteOptions> site, UnsubscribeLinks links, TimeProvider clock)
{
    private const int MaxSubject = 150;

    /// <summary>A notice to one owner, with both ways to leave.</summary>
    /// <param name="marked">The same words with their marks; null: there are none.</param>
    public MimeMessage Notice(NoticeRecipient recipient, string subject, string text, string? marked, MailedPicture? picture, string key)
    {
        var leave = $"{site.Value.PublicUrl.TrimEnd('/')}{links.PathOf(recipient.ContactId)}";
        var message = Message(recipient.Address, subject, key);
        message.Headers.Add("List-Unsubscribe", $"<{leave}>");
        message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        message.Headers.Add("Precedence", "bulk");
        var body = new BodyBuilder
        {
            TextBody = $"{text}{(picture is null ? null : $"\n{picture.Picture.Line}")}\n\n不想再收这类邮件，打开这个地址退订：\n{leave}\n",
            HtmlBody = EmailHtml.Of(subject, text, marked, picture, leave),
        };
        if (picture is not null)
            body.LinkedResources.Add($"{picture.Id}.jpg", picture.Jpeg, new ContentType("image", "jpeg")).ContentId = picture.ContentId;
        message.Body = body.ToMessageBody();
        return message;
    }

    /// <summary>A message to somebody who asked for it, or to staff: no list, nothing to leave.</summary>
    public MimeMessage Plain(string to, string subject, string text, string key)
    {
        var message = Message(to, subject, key);
        message.Body = new TextPart("plain") { Text = text + "\n" };
        return message;
    }

    /// <param name="key">The same for the same message: it becomes the Message-ID.</param>
    private MimeMessage Message(string to, string subject, string key)
    {
        var from = EmailAddress.Normalise(options.Value.From!)!;
        var message = new MimeMessage { Subject = OneLine(subject), Date = clock.GetUtcNow() };
        message.From.Add(new MailboxAddress(OneLine(string.IsNullOrWhiteSpace(options.Value.FromName) ? site.Value.Operator.DisplayName : options.Value.FromName), from));
        message.To.Add(new MailboxAddress("", to));
        message.MessageId = $"{string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '.'))}@{from.Split('@')[1]}";
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();
        return line.Length <= MaxSubject ? line : line[..(char.IsHighSurrogate(line[MaxSubject - 1]) ? MaxSubject - 1 : MaxSubject)];
    }
}
