using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Writes the rows by which destinations learn of a lead, in the transaction of the cause. <see cref="ForwardLeads"/> sends them.</summary>
public sealed class ForwardOutbox(CommunityDirectory directory, LeadDestinations destinations, CityClock city)
{
    /// <summary>
    /// Queues one event for the destinations. Created and updated go to those that cover the community (whoever does not know the lead yet gets it as created),
    /// withdrawn and erased to every one that may have got it. Which of them are still needed is decided when they are sent.
    /// </summary>
    public async Task AddAsync(OutreachDb db, Lead lead, ForwardEvent happened, CancellationToken cancellationToken)
    {
        var stored = await db.LeadForwards.Where(f => f.LeadKey == lead.Key).OrderBy(f => f.Id).Select(f => new { f.Destination, f.Event }).ToListAsync(cancellationToken);
        var last = stored.Concat(db.ChangeTracker.Entries<LeadForward>().Where(e => e.State == EntityState.Added && e.Entity.LeadKey == lead.Key)
                .Select(e => new { e.Entity.Destination, e.Entity.Event }))
            .GroupBy(f => f.Destination, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Event, StringComparer.Ordinal);
        if (happened is ForwardEvent.Withdrawn or ForwardEvent.Erased)
        {
            foreach (var (destination, _) in last.Where(pair => happened is ForwardEvent.Erased ? pair.Value is not ForwardEvent.Erased : pair.Value is ForwardEvent.Created or ForwardEvent.Updated))
                Add(db, lead, destination, happened);
            return;
        }
        var covering = lead.CommunityId is { } id && directory.Find(id) is { } community ? destinations.Covering(community) : [];
        foreach (var destination in covering)
            Add(db, lead, destination, last.TryGetValue(destination, out var before) && before is ForwardEvent.Created or ForwardEvent.Updated ? ForwardEvent.Updated : ForwardEvent.Created);
        lead.Uncovered = covering.Count == 0;
    }

    private void Add(OutreachDb db, Lead lead, string destination, ForwardEvent happened)
    {
        var now = city.UtcNow;
        db.LeadForwards.Add(new LeadForward
        {
            Lead = happened is ForwardEvent.Erased ? null : lead,
            LeadKey = lead.Key,
            Destination = destination,
            Event = happened,
            MessageId = LeadKeys.NewMessageId(),
            // The end of a consent is told at once, at any hour.
            DueAt = happened is ForwardEvent.Withdrawn or ForwardEvent.Erased || destinations.Find(destination) is not { } found ? now : ForwardTimes.Of(found.Options).Next(now, city),
            CreatedAt = now,
        });
    }
}
