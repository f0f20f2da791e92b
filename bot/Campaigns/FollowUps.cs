using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Campaigns;

public enum FollowUpOutcome { Created, AlreadyCreated, NotFound, NotAllowed, NotOver, NothingToSend, NumberChanged }

public sealed record FollowUpResult(FollowUpOutcome Outcome, long? CampaignId = null, int Number = 0);

/// <summary>
/// Sends a notice again to those whom it failed to reach, or of whom nobody knows whether they have it: a campaign of its own over those rows, because an end state never
/// changes. To the unknown only after a second person has seen how many may get it twice.
/// </summary>
public sealed class FollowUps(IDbContextFactory<OutreachDb> databases, SendingHours hours, TimeProvider clock)
{
    /// <summary>How many rows of a campaign ended so.</summary>
    public async Task<int> CountAsync(long campaignId, FollowUpKind kind, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await CountAsync(db, campaignId, kind, cancellationToken);
    }

    /// <param name="confirmed">The number that the caller saw: for the unknown, the number of possible doubles.</param>
    public async Task<FollowUpResult> CreateAsync(StaffScope scope, long id, FollowUpKind kind, int confirmed, CancellationToken cancellationToken)
    {
        if (!CampaignDesk.MayCompose(scope))
            return new(FollowUpOutcome.NotAllowed);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.AsNoTracking().VisibleTo(db, scope).SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } first)
                return new FollowUpResult(FollowUpOutcome.NotFound);
            if (first.State is not (CampaignState.Done or CampaignState.Cancelled))
                return new(FollowUpOutcome.NotOver);
            if (await db.Campaigns.Where(c => c.FollowsId == id && c.FollowUp == kind && c.State != CampaignState.Cancelled).Select(c => (long?)c.Id).SingleOrDefaultAsync(cancellationToken) is { } before)
                return new(FollowUpOutcome.AlreadyCreated, before);
            var number = await CountAsync(db, id, kind, cancellationToken);
            if (number == 0)
                return new(FollowUpOutcome.NothingToSend);
            if (number != confirmed)
                return new(FollowUpOutcome.NumberChanged, Number: number);
            var now = clock.GetUtcNow();
            var again = new Campaign
            {
                Title = first.Title,
                Body = first.Body,
                Link = first.Link,
                Picture = first.Picture,
                Topic = first.Topic,
                Step = first.Step,
                Replies = first.Replies,
                AreaId = first.AreaId,
                Audience = first.Audience,
                // What failed did not arrive: the word that let the notice go out holds. What is unknown may arrive twice: that is another person's decision.
                State = kind == FollowUpKind.Unknown ? CampaignState.AwaitingApproval : CampaignState.Scheduled,
                ComposerId = scope.StaffId,
                ComposerName = scope.DisplayName,
                ApproverId = kind == FollowUpKind.Unknown ? null : first.ApproverId,
                ApproverName = kind == FollowUpKind.Unknown ? null : first.ApproverName,
                CreatedAt = now,
                StartAt = hours.NextAllowed(now),
                FollowsId = id,
                FollowUp = kind,
                FormToken = Guid.NewGuid(),
                Version = Guid.NewGuid(),
            };
            db.Campaigns.Add(again);
            await db.SaveChangesAsync(cancellationToken);
            return new(FollowUpOutcome.Created, again.Id, number);
        }, cancellationToken);
    }

    /// <summary>This campaign and all that send it again, first to last.</summary>
    internal static async Task<IReadOnlyList<long>> ChainAsync(OutreachDb db, long id, CancellationToken cancellationToken)
    {
        List<long> chain = [id];
        for (var at = 0; at < chain.Count; at++)
        {
            var from = chain[at];
            chain.AddRange(await db.Campaigns.Where(c => c.FollowsId == from).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(cancellationToken));
        }
        return chain;
    }

    private static Task<int> CountAsync(OutreachDb db, long id, FollowUpKind kind, CancellationToken cancellationToken)
    {
        var state = kind == FollowUpKind.Failed ? DeliveryState.Failed : DeliveryState.Unknown;
        return db.Deliveries.CountAsync(d => d.CampaignId == id && d.State == state, cancellationToken);
    }
}
