using System.Globalization;
using Outreach.Activities;
using Outreach.Campaigns;

namespace Outreach.Channels.WeChat;

/// <summary>What the vendor tells of messages after it took them: the counts of a mass send, and what became of a template message.</summary>
internal sealed class WeChatReports(VendorReports reports, TimeProvider clock)
{
    private const string Mass = "MASSSENDJOBFINISH";
    private const string Template = "TEMPLATESENDJOBFINISH";

    public static bool IsReport(string eventName) => eventName.ToUpperInvariant() is Mass or Template;

    public Task TakeAsync(WeChatAccount account, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        if (!fields.TryGetValue("MsgID", out var id) || id.Length is 0 or > 32 || !fields.TryGetValue("Status", out var status))
            return Task.CompletedTask;
        var isMass = fields["Event"].Equals(Mass, StringComparison.OrdinalIgnoreCase);
        var sent = Number("SentCount");
        return reports.TakeAsync(new()
        {
            Channel = WeChatChannel.ChannelId,
            Account = account.Name,
            MessageId = id,
            UserId = isMass ? null : fields["FromUserName"],
            Class = isMass ? ClassOfMass(status, sent) : ClassOfTemplate(status),
            Status = status.Length <= 64 ? status : status[..64],
            Total = Number("TotalCount"),
            Filtered = Number("FilterCount"),
            Sent = sent,
            Failed = Number("ErrorCount"),
            At = clock.GetUtcNow(),
        }, cancellationToken);

        int? Number(string name) =>
            fields.TryGetValue(name, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A send that nobody got is none, although the job ended well: their month was full, or they refuse.</summary>
    private static SendClass ClassOfMass(string status, int? sent) => status switch
    {
        "send success" or "sendsuccess" => sent == 0 ? SendClass.QuotaExhausted : SendClass.Ok,
        "send fail" or "sendfail" => SendClass.Transient,
        _ => SendClass.ContentRejected,      // err(10001) and the like: the text, or the administrator said no
    };

    private static SendClass ClassOfTemplate(string status) => status.Replace(" ", "", StringComparison.Ordinal) switch
    {
        "success" => SendClass.Ok,
        "failed:userblock" => SendClass.RecipientGone,
        _ => SendClass.Transient,
    };
}
