using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>
/// Leads whose time is over: <c>Privacy:LeadMonths</c> after the sign-up or <c>Privacy:LeadMonthsAfterFiling</c> after the committee was filed, whichever comes first,
/// and withdrawn ones after <c>Privacy:WithdrawnDays</c>. Whoever got a lead is told.
/// </summary>
internal sealed class LeadRetention(LeadErasure erasure, CityClock city, IOptions<SiteOptions> site) : IRetained
{
    private const int Batch = 100;

    public RetentionKind Kind => RetentionKind.Leads;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await ShortenAfterFilingAsync(db, cancellationToken);
        var due = await db.Leads.Where(l => l.EraseAt <= now && l.State != LeadState.Withdrawn).OrderBy(l => l.EraseAt).Take(Batch).ToListAsync(cancellationToken);
        foreach (var lead in due)
            await erasure.EraseAsync(db, lead, cancellationToken);
        return due.Count;
    }

    // Written down while the stage says so: a later stage does not lengthen it again. Who signed up after the filing meant something else.
    private async Task ShortenAfterFilingAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        foreach (var filed in await db.Communities.AsNoTracking().Where(c => c.Stage == CommunityStage.Filed && c.StageSince != null)
            .Select(c => new { c.Id, On = c.StageSince!.Value }).ToListAsync(cancellationToken))
        {
            var filedAt = city.FromLocal(filed.On.ToDateTime(TimeOnly.MinValue));
            var eraseAt = filedAt.AddMonths(site.Value.Privacy.LeadMonthsAfterFiling);
            await db.Leads.Where(l => l.CommunityId == filed.Id && l.CreatedAt < filedAt && l.EraseAt > eraseAt)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.EraseAt, eraseAt), cancellationToken);
        }
    }
}

/// <summary>Leads that their owners withdrew.</summary>
internal sealed class WithdrawnLeadRetention(LeadErasure erasure) : IRetained
{
    private const int Batch = 100;

    public RetentionKind Kind => RetentionKind.WithdrawnLeads;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await db.Leads.Where(l => l.EraseAt <= now && l.State == LeadState.Withdrawn).OrderBy(l => l.EraseAt).Take(Batch).ToListAsync(cancellationToken);
        foreach (var lead in due)
            await erasure.EraseAsync(db, lead, cancellationToken);
        return due.Count;
    }
}
