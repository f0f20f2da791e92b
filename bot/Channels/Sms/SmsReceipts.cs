using System.Text.Json;
using System.Text.Json.Nodes;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Leads;

namespace Outreach.Channels.Sms;

/// <summary>
/// What became of text messages after a vendor took them. Aliyun: <c>{success, err_code, biz_id, out_id}</c>; Tencent: <c>{report_status, errmsg, sid, ext}</c>. One that did
/// not arrive ends its delivery as any vendor's report does, and the forward of the leads that it told of as failed, which staff are told. Arrived is what was assumed.
/// </summary>
internal sealed class SmsReceipts(VendorReports reports, ForwardReports forwards, TimeProvider clock)
{
    private const int LongestId = 128;

    /// <summary>Whether this is a receipt, and not what a person answered.</summary>
    public static bool IsReceipt(JsonObject report) => report.ContainsKey("report_status") || (report.ContainsKey("success") && report.ContainsKey("biz_id"));

    public async Task TakeAsync(JsonObject receipt, CancellationToken cancellationToken)
    {
        var isTencent = receipt.ContainsKey("report_status");
        if (isTencent ? TextOf(receipt, "report_status") == "SUCCESS" : receipt["success"] is JsonValue value && value.GetValueKind() is JsonValueKind.True)
            return;
        var code = TextOf(receipt, isTencent ? "errmsg" : "err_code");
        var why = ClassOf(code);
        if (TextOf(receipt, isTencent ? "sid" : "biz_id") is { Length: > 0 and <= LongestId } id)
            await reports.TakeAsync(new()
            {
                Channel = SmsChannel.ChannelId,
                Account = IAddressChannel.Account,
                MessageId = id,
                Class = why,
                Status = code.Length <= 64 ? code : code[..64],
                At = clock.GetUtcNow(),
            }, cancellationToken);
        if (SmsDestination.FirstOf(TextOf(receipt, isTencent ? "ext" : "out_id")) is { } messageId)
            await forwards.FailedAsync(messageId, new(why, VendorCode: code.Length <= 64 ? code : code[..64]), cancellationToken);
    }

    /// <summary>The networks' words in our classes; most say only that it did not arrive.</summary>
    internal static SendClass ClassOf(string code) => code switch
    {
        "MOBILE_NOT_ON_SERVICE" or "INVALID_NUMBER" or "USER_REJECT" or "MBBLACK" => SendClass.RecipientGone,
        "CONTENT_KEYWORD" or "CONTENT_ERROR" => SendClass.ContentRejected,
        _ => SendClass.Transient,
    };

    private static string TextOf(JsonObject receipt, string name) => receipt[name] is JsonValue value ? value.ToString() : "";
}
