using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.Sms;

/// <summary>
/// Tells one staff member of leads by text message: community, wish and how many, never a personal field. A number takes few messages a day, so leads that are due
/// together are one, and one a minute at most.
/// </summary>
internal sealed class SmsDestination(SmsVendors vendors) : ILeadDestination
{
    private const char Others = '+';      // stands in no message id

    public string Type => "Sms";
    public DestinationAddress Address => DestinationAddress.To;
    public int MaxBatch => 100;
    public TimeSpan Spacing => TimeSpan.FromSeconds(65);

    public IEnumerable<string> Check(DestinationOptions destination)
    {
        if (SmsPhone.Normalise(destination.To) is null)
            yield return "To must be one mainland mobile number, such as 13900000000; make one destination for each number.";
        if (vendors.For(SmsPurpose.Lead) is null)
            yield return "Type is Sms, but no vendor can send it; fill Channels:AliyunSms or Channels:TencentSms, with Templates:Lead, first.";
    }

    public Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken)
    {
        var first = notices[0];
        var isOver = first.Event is ForwardEvent.Withdrawn or ForwardEvent.Erased;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["community"] = (isOver ? first.LeadKey : first.Community ?? "") + (notices.Count > 1 ? "等" : ""),
            ["wish"] = first.Event switch
            {
                ForwardEvent.Created or ForwardEvent.Updated => WishText.Of(first.Wishes),
                ForwardEvent.Withdrawn => "业主已撤回",
                ForwardEvent.Summary => "每周汇总",
                ForwardEvent.Erased => "业主要求删除",
            },
            ["count"] = notices.Count.ToString(CultureInfo.InvariantCulture),
            ["lead"] = first.Link is { } link ? link[(link.LastIndexOf('/') + 1)..] : first.LeadKey,
        };
        var key = notices.Count == 1 ? first.MessageId
            : $"{first.MessageId}{Others}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', notices.Select(notice => notice.MessageId)))).AsSpan(0, 12))}";
        return vendors.SendAsync(SmsPhone.Normalise(destination.To)!, SmsPurpose.Lead, values, key, cancellationToken);
    }

    /// <summary>The first of the leads that a message under this key told of; null: it told of none.</summary>
    public static string? FirstOf(string key) => key.Split(Others)[0] is { Length: > 0 } first && first.StartsWith("msg_", StringComparison.Ordinal) ? first : null;
}
