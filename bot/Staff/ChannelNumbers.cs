using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Deliveries of one campaign by channel. The caller has found the campaign through its scope.</summary>
internal sealed class ChannelNumbers(IDbContextFactory<OutreachDb> databases)
{
    public sealed record Line(string Channel, int Total, int Sent, int Ended);

    /// <summary>The vendors' own counts of mass sends; those who are named and left out had their month's share, or refuse.</summary>
    public sealed record Mass(string Channel, int Sends, int Named, int Reached);

    public async Task<IReadOnlyList<Line>> ReadAsync(long campaignId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var counts = await db.Deliveries.Where(d => d.CampaignId == campaignId).GroupBy(d => new { d.Channel, d.State })
            .Select(group => new { group.Key.Channel, group.Key.State, Count = group.Count() }).ToListAsync(cancellationToken);
        return [.. counts.GroupBy(c => c.Channel).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new Line(
            group.Key,
            group.Sum(c => c.Count),
            group.Where(c => c.State == DeliveryState.Sent).Sum(c => c.Count),
            group.Where(c => c.State is not (DeliveryState.Queued or DeliveryState.Sending)).Sum(c => c.Count)))];
    }

    public async Task<IReadOnlyList<Mass>> ReadMassAsync(long campaignId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var reports = await db.Set<VendorReport>().Where(r => r.Total != null
                && db.Set<Delivery>().Any(d => d.CampaignId == campaignId && d.MessageId == r.MessageId && d.Channel == r.Channel && d.Account == r.Account))
            .Select(r => new { r.Channel, r.Total, r.Sent }).ToListAsync(cancellationToken);
        return [.. reports.GroupBy(r => r.Channel).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Mass(group.Key, group.Count(), group.Sum(r => r.Total ?? 0), group.Sum(r => r.Sent ?? 0)))];
    }
}
