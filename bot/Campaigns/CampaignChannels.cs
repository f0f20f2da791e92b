using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Campaigns;

/// <summary>What campaigns need to know of the channels: which are on, which can start a conversation, in which order a person's one copy prefers them.</summary>
internal sealed class CampaignChannels(ChannelSet channels, ChannelReports reports, IOptionsMonitor<CampaignOptions> options)
{
    private static readonly string[] AskedForFirst = ["sms", "email"];

    public IChannel? Find(string id) => channels.Find(id);

    public IReadOnlyCollection<IChannel> All => channels.All;

    public OpenWays Open()
    {
        var open = channels.All.Where(IsOn).ToList();
        return new(
            [.. open.Select(channel => channel.Id)],
            open.Where(channel => channel is not IBulkChannel && channel.Capabilities is { Proactive: false, ReplyWindow: not null })
                .ToDictionary(channel => channel.Id, channel => channel.Capabilities.ReplyWindow!.Value),
            options.CurrentValue.ChannelOrder ?? AskedForFirst);
    }

    /// <summary>A channel with no account that works is off; one that reports no account is its own word for it.</summary>
    public bool IsOn(IChannel channel)
    {
        if (channel is IAddressChannel address)
            return address.IsOn;
        var own = reports.All.Where(report => report.Channel == channel.Id).ToList();
        return own.Count == 0 || own.Exists(report => report.State is ChannelState.On or ChannelState.Anonymous);
    }

    /// <summary>Whether even one message on this channel waits for a second person.</summary>
    public bool NeedsApproval(string channel) => options.CurrentValue.ApprovalAboveOn.TryGetValue(channel, out var above) && above == 0;

    /// <summary>Whether a second person lets an audience of this size go out.</summary>
    public bool NeedsApproval(AudiencePreview preview) => preview.AtMost > options.CurrentValue.ApprovalAbove
        || preview.Channels.Any(line => options.CurrentValue.ApprovalAboveOn.TryGetValue(line.Channel, out var above)
            && line.WillSend + line.Excluded.GetValueOrDefault(SkipReason.WeeklyLimit) > above);

    /// <summary>Whether the vendor tells a repeat apart.</summary>
    public static Resend ResendOf(IChannel? channel) => channel switch
    {
        IBulkChannel bulk => bulk.RemembersBatches ? Resend.WithKey : Resend.Blind,
        { Capabilities.Idempotent: true } => Resend.WithKey,
        _ => Resend.Blind,
    };
}
