using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

public enum DeskOutcome { Saved, NoSuchRow, ChangedMeanwhile, NotValid, NameTaken }

/// <summary>What staff may change of a community.</summary>
/// <param name="Aliases">All other names that owners use.</param>
/// <param name="FormerNames">All names that it had before; a name that is changed becomes one.</param>
/// <param name="FloorArea">0.01 m².</param>
/// <param name="Version">As it was read: someone else's change in between is not overwritten.</param>
public sealed record CommunityInput(
    string Name, IReadOnlyList<string> Aliases, IReadOnlyList<string> FormerNames, int? Households, long? FloorArea, DateOnly? DeliveredOn, string? PropertyCompany,
    CommunityStage Stage, DateOnly? StageSince, DateOnly? TermEndsOn, Guid Version);

/// <summary>Changes of the directory by staff, within their subtree. The caller's audit entry is added by <c>audit</c>, in the same transaction.</summary>
public sealed class CommunityDesk(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, TimeProvider clock)
{
    private const int MaxName = 64;

    public Task<DeskOutcome> SaveAsync(long id, CommunityInput input, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(async db =>
        {
            var path = scope.AreaPath;
            if (await db.Communities.SingleOrDefaultAsync(c => c.Id == id && c.Area.Path.StartsWith(path), cancellationToken) is not { } community)
                return DeskOutcome.NoSuchRow;
            if (community.Version != input.Version)
                return DeskOutcome.ChangedMeanwhile;
            if (input.Households is <= 0 || input.FloorArea is <= 0 || input.PropertyCompany?.Length > MaxName || !IsName(input.Name) || !input.Aliases.Concat(input.FormerNames).All(IsName))
                return DeskOutcome.NotValid;
            if (await db.Communities.AnyAsync(c => c.AreaId == community.AreaId && c.Name == input.Name && c.Id != id, cancellationToken))
                return DeskOutcome.NameTaken;
            await NameAsync(db, community, input, cancellationToken);
            community.Households = input.Households;
            community.FloorArea = input.FloorArea;
            community.DeliveredOn = input.DeliveredOn;
            community.PropertyCompany = input.PropertyCompany;
            StepDesk.Move(db, community, input.Stage, input.StageSince, input.TermEndsOn, scope.StaffId, stepId: null, clock.GetUtcNow());
            community.Version = Guid.NewGuid();
            audit?.Invoke(db);
            return DeskOutcome.Saved;
        }, cancellationToken);

    private static bool IsName(string name) => CommunityNames.IsAlias(name);

    private static async Task NameAsync(OutreachDb db, Community community, CommunityInput input, CancellationToken cancellationToken)
    {
        var former = input.FormerNames.Concat(community.Name != input.Name ? [community.Name] : []).Where(n => n != input.Name).Distinct(StringComparer.Ordinal).ToList();
        var wanted = former.Select(name => (Name: name, IsFormer: true))
            .Concat(input.Aliases.Distinct(StringComparer.Ordinal).Where(n => !former.Contains(n)).Select(name => (Name: name, IsFormer: false))).ToList();
        community.Name = input.Name;
        var kept = await db.CommunityAliases.Where(a => a.CommunityId == community.Id).ToListAsync(cancellationToken);
        db.CommunityAliases.RemoveRange(kept.Where(a => !wanted.Contains((a.Name, a.IsFormer))));
        await db.SaveChangesAsync(cancellationToken);            // one row a name: a name that becomes a former one goes first
        db.CommunityAliases.AddRange(wanted.Where(w => !kept.Any(a => a.Name == w.Name && a.IsFormer == w.IsFormer))
            .Select(w => new CommunityAlias { CommunityId = community.Id, Name = w.Name, IsFormer = w.IsFormer }));
    }

    private async Task<DeskOutcome> ChangeAsync(Func<OutreachDb, Task<DeskOutcome>> change, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var outcome = await db.WriteAsync(async () =>
        {
            var outcome = await change(db);
            if (outcome == DeskOutcome.Saved)
            {
                await db.TouchDirectoryAsync(cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
            }
            return outcome;
        }, cancellationToken);
        if (outcome == DeskOutcome.Saved)
            await directory.ReloadAsync(cancellationToken);
        return outcome;
    }
}
