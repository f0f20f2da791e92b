using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Sign-ups for demo communities go with them; whoever got one is told, as for every erasure.</summary>
internal sealed class DemoLeads(LeadErasure erasure) : IDemoContent
{
    public async Task<string?> DescribeAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        var count = await In(db, demo).CountAsync(cancellationToken);
        return count == 0 ? null : $"{count} 条登记";
    }

    public async Task RemoveAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        foreach (var lead in await In(db, demo).ToListAsync(cancellationToken))
            await erasure.EraseAsync(db, lead, cancellationToken);
    }

    private static IQueryable<Lead> In(OutreachDb db, DemoRows demo)
    {
        var ids = demo.CommunityIds;
        return db.Leads.Where(l => l.CommunityId != null && ids.Contains(l.CommunityId.Value));
    }
}
