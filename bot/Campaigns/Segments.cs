using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Campaigns;

public enum SegmentOutcome { Saved, NotAllowed, NoName, NameTooLong }

/// <summary>Saved audiences of the caller's subtree.</summary>
public sealed class Segments(IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    public async Task<IReadOnlyList<Segment>> ListAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Visible(db, scope).OrderBy(s => s.Name).ToListAsync(cancellationToken);
    }

    /// <summary>The same name in the same area is the same segment: the new rule takes the place of the old.</summary>
    public async Task<SegmentOutcome> SaveAsync(StaffScope scope, string? name, AudienceChoice choice, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name))
            return SegmentOutcome.NoName;
        if (new StringInfo(name.Trim()).LengthInTextElements > SegmentTable.MaxName)
            return SegmentOutcome.NameTooLong;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!CampaignDesk.MayCompose(scope) || !await db.Areas.AnyAsync(a => a.Id == choice.AreaId && a.Path.StartsWith(scope.AreaPath), cancellationToken))
            return SegmentOutcome.NotAllowed;
        await db.WriteAsync(async () =>
        {
            var title = name.Trim();
            await db.Segments.Where(s => s.AreaId == choice.AreaId && s.Name == title).ExecuteDeleteAsync(cancellationToken);
            db.Segments.Add(new Segment { Name = title, AreaId = choice.AreaId, Audience = choice.Filter.ToJson(), StaffId = scope.StaffId, CreatedAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return SegmentOutcome.Saved;
    }

    /// <summary>False: not the caller's.</summary>
    public async Task<bool> DeleteAsync(StaffScope scope, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return CampaignDesk.MayCompose(scope) && await db.WriteAsync(() => Visible(db, scope).Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken), cancellationToken) == 1;
    }

    private static IQueryable<Segment> Visible(OutreachDb db, StaffScope scope) =>
        db.Segments.AsNoTracking().Where(s => db.Set<Area>().Any(a => a.Id == s.AreaId && a.Path.StartsWith(scope.AreaPath)));
}
