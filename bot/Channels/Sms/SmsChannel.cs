using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.Sms;

/// <summary>
/// Notices by text message, to phones that their owners confirmed: only what an approved template says, filled with community and title. The vendors know no idempotency
/// key, so a message whose answer was lost is not sent again.
/// </summary>
internal sealed class SmsChannel(SmsVendors vendors, NoticeAddresses addresses, CityClock city, IOptions<SiteOptions> site) : IAddressChannel
{
    public const string ChannelId = "sms";

    public string Id => ChannelId;
    public string Title => "短信";
    public ChannelCapabilities Capabilities { get; } = new() { Proactive = true, MaxTextBytes = 210, Pictures = PictureMeans.None };
    public bool IsOn => vendors.For(SmsPurpose.Notice) is not null && vendors.For(SmsPurpose.Code) is not null;

    /// <summary>The vendor's template has the words; these are what fills it.</summary>
    public string PreviewOf(Activity activity) => NoticeOf(activity) is { } notice
        ? $"〔短信模板〕小区：{notice.Community}；标题：{notice.Title}；日期：{city.DateText(city.Today)}；单位：{site.Value.Operator.DisplayName}"
        : "";

    public string? Normalise(string typed) => SmsPhone.Normalise(typed);

    public string Mask(string address) => Masks.Phone(address);

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (NoticeOf(activity) is not { } notice)
            return new(SendClass.ContentRejected, VendorCode: "no-template");
        if (await addresses.FindAsync(to.ChannelId, to.UserId, cancellationToken) is not { } recipient)
            return new(SendClass.RecipientGone, VendorCode: "no-address");
        return await SendNoticeAsync(recipient.Address, notice.Community, notice.Title, idempotencyKey, cancellationToken);
    }

    public Task<SendResult> SendCodeAsync(string address, string code, string idempotencyKey, CancellationToken cancellationToken) => vendors.SendAsync(address, SmsPurpose.Code,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["code"] = code,
            ["minutes"] = NoticeAddresses.CodeIsGoodFor.TotalMinutes.ToString(CultureInfo.InvariantCulture),
        }, idempotencyKey, cancellationToken);

    public Task<SendResult> SendTestAsync(string address, string idempotencyKey, CancellationToken cancellationToken) =>
        Normalise(address) is { } phone ? SendNoticeAsync(phone, "测试小区", "测试短信", idempotencyKey, cancellationToken) : Task.FromResult(new SendResult(SendClass.RecipientGone, VendorCode: "no-address"));

    public Task<SendResult> SendNoticeTestAsync(string address, Activity notice, string idempotencyKey, CancellationToken cancellationToken) =>
        NoticeOf(notice) is not { } said ? Task.FromResult(new SendResult(SendClass.ContentRejected, VendorCode: "no-template"))
        : Normalise(address) is not { } phone ? Task.FromResult(new SendResult(SendClass.RecipientGone, VendorCode: "no-address"))
        : SendNoticeAsync(phone, said.Community, said.Title, idempotencyKey, cancellationToken);

    private Task<SendResult> SendNoticeAsync(string phone, string community, string title, string key, CancellationToken cancellationToken) => vendors.SendAsync(phone, SmsPurpose.Notice,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["community"] = community,
            ["title"] = title,
            ["date"] = city.DateText(city.Today),
            ["sender"] = site.Value.Operator.DisplayName,
        }, key, cancellationToken);

    private static NoticeOf? NoticeOf(Activity activity) =>
        activity.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("notice", out _) ? data.Deserialize(NoticeJson.Default.NoticeData)?.Notice : null;
}

/// <summary>Phones that can get text messages: mainland mobiles.</summary>
internal static class SmsPhone
{
    /// <summary>E.164; null: none.</summary>
    public static string? Normalise(string typed) => typed.Length <= 32 && Phones.Parse(typed).E164 is ['+', '8', '6', '1', ..] phone ? phone : null;
}
