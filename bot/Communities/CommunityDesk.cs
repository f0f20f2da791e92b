using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

public enum DeskOutcome { Saved, NoSuchRow, ChangedMeanwhile, NotValid }

/// <summary>What staff may change of a community.</summary>
/// <param name="FloorArea">0.01 m².</param>
/// <param name="Version">As it was read: someone else's change in between is not overwritten.</param>
public sealed record CommunityInput(
    int? Households, long? FloorArea, DateOnly? DeliveredOn, string? PropertyCompany, CommunityStage Stage, DateOnly? StageSince, DateOnly? TermEndsOn, Guid Version);

public sealed record OfficeInput(string? Phone, string? Address, string? Hours, DateOnly? VerifiedOn);

/// <summary>Changes of the directory by staff, within their subtree. The caller's audit entry is added by <c>audit</c>, in the same transaction.</summary>
public sealed class CommunityDesk(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory)
{
    private const int MaxText = 128;

    public Task<DeskOutcome> SaveAsync(long id, CommunityInput input, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(async db =>
        {
            var path = scope.AreaPath;
            if (await db.Communities.SingleOrDefaultAsync(c => c.Id == id && c.Area.Path.StartsWith(path), cancellationToken) is not { } community)
                return DeskOutcome.NoSuchRow;
            if (community.Version != input.Version)
                return DeskOutcome.ChangedMeanwhile;
            if (input.Households is <= 0 || input.FloorArea is <= 0 || input.PropertyCompany?.Length > MaxText)
                return DeskOutcome.NotValid;
            community.Households = input.Households;
            community.FloorArea = input.FloorArea;
            community.DeliveredOn = input.DeliveredOn;
            community.PropertyCompany = input.PropertyCompany;
            community.Stage = input.Stage;
            community.StageSince = input.StageSince;
            community.TermEndsOn = input.TermEndsOn;
            community.Version = Guid.NewGuid();
            audit?.Invoke(db);
            return DeskOutcome.Saved;
        }, cancellationToken);

    public Task<DeskOutcome> AddAliasAsync(long id, string name, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(async db =>
        {
            var path = scope.AreaPath;
            if (!await db.Communities.AnyAsync(c => c.Id == id && c.Area.Path.StartsWith(path), cancellationToken))
                return DeskOutcome.NoSuchRow;
            if (CommunityNames.Key(name).Length < 2 || name.Length > 64)
                return DeskOutcome.NotValid;
            if (!await db.CommunityAliases.AnyAsync(a => a.CommunityId == id && a.Name == name, cancellationToken))
                db.CommunityAliases.Add(new CommunityAlias { CommunityId = id, Name = name });
            audit?.Invoke(db);
            return DeskOutcome.Saved;
        }, cancellationToken);

    public Task<DeskOutcome> SaveOfficeAsync(long areaId, OfficeInput input, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(async db =>
        {
            var path = scope.AreaPath;
            if (await db.Areas.SingleOrDefaultAsync(a => a.Id == areaId && a.Path.StartsWith(path), cancellationToken) is not { } area)
                return DeskOutcome.NoSuchRow;
            if (input.Phone?.Length > 32 || input.Address?.Length > MaxText || input.Hours?.Length > MaxText)
                return DeskOutcome.NotValid;
            area.OfficePhone = input.Phone;
            area.OfficeAddress = input.Address;
            area.OfficeHours = input.Hours;
            area.VerifiedOn = input.VerifiedOn;
            audit?.Invoke(db);
            return DeskOutcome.Saved;
        }, cancellationToken);

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
