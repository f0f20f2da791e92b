using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>What staff are told of the forwards: nobody is to find out from an owner that a lead did not arrive.</summary>
public sealed class ForwardAlerts(LeadDestinations destinations, ForwardOutbox outbox, CommunityDirectory directory, IOptions<LeadOptions> options, TimeProvider clock)
{
    internal const string DestinationSubject = "destination/";
    private const string UnknownArea = "destination-area/";
    private const string AreaSubject = "area/";

    private DirectorySnapshot? _checkedAreas;

    /// <summary>Settings that reach nobody, and leads that no destination covers: they are forwarded as soon as one does.</summary>
    public async Task LookBeforeAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        await CheckAreasAsync(db, cancellationToken);
        await CoverAsync(db, cancellationToken);
    }

    /// <summary>Forwards that are late or failed, destinations that said they are gone; and the end of alerts whose cause is mended.</summary>
    public async Task LookAfterAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var since = now - options.Value.LateAfter;
        var late = await db.LeadForwards.AsNoTracking()
            .Where(f => (f.State == ForwardState.Queued || f.State == ForwardState.Sending || f.State == ForwardState.Failed) && f.CreatedAt <= since && (f.Tries > 0 || f.DueAt <= since) && !f.Alerted)
            .OrderBy(f => f.Id).Take(200).ToListAsync(cancellationToken);
        var open = await db.Alerts.Where(a => a.ResolvedAt == null && (a.Kind == AlertKind.ForwardLate || a.Kind == AlertKind.NoDestination || a.Subject.StartsWith(DestinationSubject)))
            .ToListAsync(cancellationToken);
        var gone = await db.DestinationStates.AsNoTracking().Where(s => s.RestUntil == DateTimeOffset.MaxValue).ToListAsync(cancellationToken);
        if (late.Count == 0 && open.Count == 0 && gone.Count == 0)
            return;
        await db.WriteAsync(async () =>
        {
            foreach (var forward in late)
                await RaiseLateAsync(db, forward, now, cancellationToken);
            foreach (var state in gone.Where(s => destinations.Find(s.Name) is { } found && found.Options.AddressHash() == s.RestsAddress))
                await db.RaiseAsync(AlertKind.ConfigurationProblem, DestinationSubject + state.Name, null,
                    $"转交目的地“{state.Name}”答复已停用（410），线索留在队列里。请和对方核对，把 Leads:Destinations:{state.Name}:Url 改成新地址。", now, cancellationToken);
            foreach (var alert in open)
                if (await IsOverAsync(db, alert, cancellationToken))
                    alert.ResolvedAt = now;
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }

    /// <summary>A destination for an area that the tree does not hold gets nothing, silently: said once per state of the directory.</summary>
    private async Task CheckAreasAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var current = directory.Current;
        if (ReferenceEquals(current, _checkedAreas))
            return;
        var unknown = destinations.UnknownAreas().ToList();
        var open = await db.Alerts.Where(a => a.ResolvedAt == null && a.Kind == AlertKind.ConfigurationProblem && a.Subject.StartsWith(UnknownArea)).ToListAsync(cancellationToken);
        if (unknown.Count > 0 || open.Count > 0)
            await db.WriteAsync(async () =>
            {
                foreach (var alert in open.Where(a => !unknown.Any(u => a.Subject == UnknownArea + u.Destination)))
                    alert.ResolvedAt = clock.GetUtcNow();
                foreach (var (destination, area) in unknown.DistinctBy(u => u.Destination))
                    await db.RaiseAsync(AlertKind.ConfigurationProblem, UnknownArea + destination, null,
                        $"转交目的地“{destination}”写的辖区“{area}”在区划里没有，那里的线索不会转交。请改 Leads:Destinations:{destination}:Areas。", clock.GetUtcNow(), cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
            }, cancellationToken);
        _checkedAreas = current;
    }

    /// <summary>Leads that no destination covered when they were passed on: an alert per area, and the forwards as soon as a destination covers it.</summary>
    private async Task CoverAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var communities = (await db.Leads.Where(l => l.Uncovered && l.CommunityId != null).Select(l => l.CommunityId!.Value).Distinct().ToListAsync(cancellationToken))
            .Select(directory.Find).OfType<DirectoryCommunity>().ToLookup(community => destinations.Covering(community).Count > 0);
        var covered = communities[true].Select(community => community.Id).ToList();
        var open = await db.Alerts.Where(a => a.ResolvedAt == null && a.Kind == AlertKind.NoDestination).Select(a => a.Subject).ToListAsync(cancellationToken);
        var unsaid = communities[false].DistinctBy(community => community.AreaId).Where(community => !open.Contains(AreaSubject + community.AreaId)).ToList();
        if (covered.Count == 0 && unsaid.Count == 0)
            return;
        await db.WriteAsync(async () =>
        {
            foreach (var lead in await db.Leads.Where(l => l.Uncovered && covered.Contains(l.CommunityId!.Value)).OrderBy(l => l.Id).Take(500).ToListAsync(cancellationToken))
                if (lead is { PassOn: PassOnState.Given, OpenKey: not null })
                    await outbox.AddAsync(db, lead, ForwardEvent.Updated, cancellationToken);
                else
                    lead.Uncovered = false;
            foreach (var community in unsaid)
                await db.RaiseAsync(AlertKind.NoDestination, AreaSubject + community.AreaId, community.AreaId,
                    $"{community.Street}{community.Neighbourhood}的线索没有转交目的地，只在控制台里能看到。请在那里联系业主；要自动转交，在 Leads:Destinations 里加一个管到这里的。",
                    clock.GetUtcNow(), cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }

    private async Task RaiseLateAsync(OutreachDb db, LeadForward forward, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var communityId = await db.Leads.Where(l => l.Key == forward.LeadKey).Select(l => l.CommunityId).SingleOrDefaultAsync(cancellationToken);
        var area = communityId is { } id ? directory.Find(id)?.AreaId : null;
        var minutes = (int)options.Value.LateAfter.TotalMinutes;
        await db.RaiseAsync(AlertKind.ForwardLate, $"lead/{forward.LeadKey}", area, forward.State == ForwardState.Failed
            ? $"线索 {forward.LeadKey} 没能转交到“{forward.Destination}”，已不再重试。请直接联系业主，修好后在线索页重新转交。"
            : $"线索 {forward.LeadKey} 过了{minutes}分钟还没转交到“{forward.Destination}”。请直接联系业主，系统会继续重试。", now, cancellationToken);
        await db.LeadForwards.Where(f => f.Id == forward.Id).ExecuteUpdateAsync(set => set.SetProperty(f => f.Alerted, true), cancellationToken);
    }

    private async Task<bool> IsOverAsync(OutreachDb db, Alert alert, CancellationToken cancellationToken)
    {
        var subject = alert.Subject.Split('/', 2)[1];
        switch (alert.Kind)
        {
            case AlertKind.ForwardLate:
                return !await db.LeadForwards.AnyAsync(f => f.LeadKey == subject && f.Alerted && f.State != ForwardState.Sent && f.State != ForwardState.Cancelled, cancellationToken);
            case AlertKind.NoDestination:
                var area = long.Parse(subject, CultureInfo.InvariantCulture);
                return !await db.Leads.AnyAsync(l => l.Uncovered && l.Community != null && l.Community.AreaId == area, cancellationToken);
            default:
                var waiting = await db.LeadForwards.AnyAsync(f => f.Destination == subject && f.State == ForwardState.Queued, cancellationToken);
                return !waiting && destinations.Find(subject) is not null;
        }
    }
}
