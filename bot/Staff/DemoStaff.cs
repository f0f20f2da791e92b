using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>An account keeps its area, so that nobody's view widens by an import: a demo area with accounts stays, empty, until they are moved.</summary>
internal sealed class DemoStaff : IDemoContent
{
    public Task<string?> DescribeAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public async Task RemoveAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        var ids = demo.AreaIds;
        foreach (var area in await db.Staff.Where(s => s.AreaId != null && ids.Contains(s.AreaId.Value)).Select(s => s.AreaId!.Value).Distinct().ToListAsync(cancellationToken))
            demo.Keep(area);
        await db.StaffLinks.Where(l => l.AreaId != null && ids.Contains(l.AreaId.Value)).ExecuteDeleteAsync(cancellationToken);
    }
}
