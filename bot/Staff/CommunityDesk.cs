using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

internal enum CommunityOutcome { Saved, NoSuchCommunity, ChangedMeanwhile }

/// <summary>What staff may change of a community: its stage, the dates, the households. Within the own subtree only.</summary>
internal sealed class CommunityDesk(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, AuditLog audit)
{
    /// <summary>The row with its area, or null outside the subtree.</summary>
    public async Task<Community?> FindAsync(long id, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Visible(db, scope).AsNoTracking().Include(c => c.Area).SingleOrDefaultAsync(c => c.Id == id, cancellationToken);
    }

    /// <param name="seen">The version that the form was made from.</param>
    public async Task<CommunityOutcome> SaveAsync(
        long id, Guid seen, CommunityStage stage, DateOnly? stageSince, DateOnly? termEndsOn, int? households, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var outcome = await db.WriteAsync(async () =>
        {
            if (await Visible(db, scope).SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } community)
                return CommunityOutcome.NoSuchCommunity;
            if (community.Version != seen)
                return CommunityOutcome.ChangedMeanwhile;
            audit.Add(db, AuditKind.ChangedCommunity, scope.StaffId, id, $"{StageText.Of(community.Stage)} → {StageText.Of(stage)}");
            community.Stage = stage;
            community.StageSince = stageSince;
            community.TermEndsOn = termEndsOn;
            community.Households = households;
            community.Version = Guid.NewGuid();
            await db.TouchDirectoryAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return CommunityOutcome.Saved;
        }, cancellationToken);
        if (outcome == CommunityOutcome.Saved)
            await directory.ReloadAsync(cancellationToken);
        return outcome;
    }

    private static IQueryable<Community> Visible(OutreachDb db, StaffScope scope) => db.Communities.Where(c => c.Area.Path.StartsWith(scope.AreaPath));
}
