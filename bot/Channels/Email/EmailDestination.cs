using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Channels.Email;

/// <summary>Tells one staff member of leads by mail: community, wish and link, never a personal field, for mail rests on other people's servers. Leads due together are one mail.</summary>
internal sealed class EmailDestination(EmailSender sender, EmailMessages messages, IOptions<EmailOptions> options, IOptions<SiteOptions> site) : ILeadDestination
{
    public string Type => "Email";
    public DestinationAddress Address => DestinationAddress.To;
    public int MaxBatch => 50;
    public TimeSpan Spacing => TimeSpan.FromMinutes(1);

    public IEnumerable<string> Check(DestinationOptions destination)
    {
        if (EmailAddress.Normalise(destination.To) is null)
            yield return "To must be one mail address, such as lead@example.org; make one destination for each address.";
        if (options.Value.IsEmpty || options.Value.Problem(site.Value) is not null)
            yield return "Type is Email, but the mail channel is not set up; fill Channels:Email (Host, User, Password, From) first.";
    }

    public Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken)
    {
        var key = notices.Count == 1 ? notices[0].MessageId
            : $"leads-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', notices.Select(notice => notice.MessageId)))).AsSpan(0, 16))}";
        var subject = notices.Count == 1 ? LeadLine.Of(notices[0]) : $"业主登记有 {notices.Count} 条新消息";
        var text = string.Join('\n', notices.Select(notice => notice.Link is { } link ? $"{LeadLine.Of(notice)}\n{link}" : LeadLine.Of(notice)));
        return sender.SendAsync(messages.Plain(EmailAddress.Normalise(destination.To)!, subject, text, key), cancellationToken);
    }
}
