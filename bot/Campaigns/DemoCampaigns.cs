using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>Notices to demo areas go with them, deliveries included.</summary>
internal sealed class DemoCampaigns : IDemoContent
{
    public async Task<string?> DescribeAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        var count = await In(db, demo).CountAsync(cancellationToken);
        return count == 0 ? null : $"{count} 条通知";
    }

    public Task RemoveAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken) => In(db, demo).ExecuteDeleteAsync(cancellationToken);

    private static IQueryable<Campaign> In(OutreachDb db, DemoRows demo)
    {
        var ids = demo.AreaIds;
        return db.Campaigns.Where(c => ids.Contains(c.AreaId));
    }
}
