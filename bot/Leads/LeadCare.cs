using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>
/// Sees that nobody is forgotten: new leads go to the person whom the area's rule names, and a lead that nobody contacted within the promised time is an alert
/// for its neighbourhood and every office above, until somebody did. On Mondays the numbers of the week go out.
/// </summary>
internal sealed class LeadCare(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, IStaffRoster staff, WeeklySummary summary, TimeProvider clock) : IDueWork
{
    private const int AtOnce = 200;
    private const string AreaSubject = "area/";

    public string Name => "lead-care";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await RouteAsync(db, cancellationToken);
        await EscalateAsync(db, cancellationToken);
        await summary.QueueAsync(db, cancellationToken);
    }

    private async Task RouteAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var rules = await db.LeadRoutes.AsNoTracking().ToDictionaryAsync(r => r.AreaId, r => r.StaffId, cancellationToken);
        if (rules.Count == 0)
            return;
        var ruled = rules.Keys.Select(id => directory.Current.FindArea(id)?.Path).OfType<string>().ToList();
        var communities = directory.Current.Communities.Where(c => ruled.Exists(path => c.AreaPath.StartsWith(path, StringComparison.Ordinal))).Select(c => c.Id).ToList();
        var waiting = await db.Leads.AsNoTracking().Where(l => l.OpenKey != null && l.State == LeadState.New && l.AssigneeId == null && l.PassOn == PassOnState.Given && communities.Contains(l.CommunityId!.Value))
            .OrderBy(l => l.Id).Take(AtOnce).Select(l => new { l.Id, l.CommunityId }).ToListAsync(cancellationToken);
        if (waiting.Count == 0)
            return;
        var active = (await staff.ListActiveAsync(cancellationToken)).ToDictionary(s => s.StaffId);
        foreach (var lead in waiting)
            if (directory.Find(lead.CommunityId!.Value) is { } community
                && directory.Current.Up(community.AreaId).Select(area => rules.GetValueOrDefault(area.Id)).FirstOrDefault(id => id is not null && active.GetValueOrDefault(id)?.MaySee(PassOnState.Given, community.AreaPath) is true) is { } assignee)
                await db.WriteAsync(async () =>
                {
                    if (await db.Leads.Where(l => l.Id == lead.Id && l.AssigneeId == null && l.OpenKey != null)
                            .ExecuteUpdateAsync(set => set.SetProperty(l => l.AssigneeId, assignee).SetProperty(l => l.Version, Guid.NewGuid()), cancellationToken) == 0)
                        return;
                    db.LeadEvents.Add(new LeadEvent { LeadId = lead.Id, Kind = LeadEventKind.Assigned, At = clock.GetUtcNow() });
                    await db.SaveChangesAsync(cancellationToken);
                }, cancellationToken);
    }

    private async Task EscalateAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var late = db.Leads.Where(l => l.OpenKey != null && l.State == LeadState.New && l.PassOn == PassOnState.Given && l.Community != null && l.NextContactAt != null && l.NextContactAt < now);
        var fresh = await late.Where(l => l.EscalatedAt == null).OrderBy(l => l.Id).Take(AtOnce).Select(l => l.Id).ToListAsync(cancellationToken);
        var open = await db.Alerts.Where(a => a.ResolvedAt == null && a.Kind == AlertKind.LeadsLate).Select(a => a.Subject).ToListAsync(cancellationToken);
        if (fresh.Count == 0 && open.Count == 0)
            return;
        await db.WriteAsync(async () =>
        {
            await db.Leads.Where(l => fresh.Contains(l.Id) && l.EscalatedAt == null).ExecuteUpdateAsync(set => set.SetProperty(l => l.EscalatedAt, now), cancellationToken);
            db.LeadEvents.AddRange(fresh.Select(id => new LeadEvent { LeadId = id, Kind = LeadEventKind.Escalated, At = now }));
            await db.SaveChangesAsync(cancellationToken);
            var areas = await late.Where(l => l.EscalatedAt != null).GroupBy(l => l.Community!.AreaId).Select(g => new { AreaId = g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
            foreach (var area in areas)
                await db.RaiseAsync(AlertKind.LeadsLate, AreaSubject + area.AreaId.ToString(CultureInfo.InvariantCulture), area.AreaId,
                    $"{directory.Current.FindArea(area.AreaId)?.Name}有 {area.Count} 条线索过了答应的时间还没人联系。请今天联系。", now, cancellationToken);
            foreach (var subject in open.Except(areas.Select(area => AreaSubject + area.AreaId.ToString(CultureInfo.InvariantCulture))))
                await db.ResolveAsync(AlertKind.LeadsLate, subject, now, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }
}
