using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Deliveries of one campaign by channel. The caller has found the campaign through its scope.</summary>
internal sealed class ChannelNumbers(IDbContextFactory<OutreachDb> databases)
{
    public sealed record Line(string Channel, int Total, int Sent, int Ended);

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
}
