using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Display names of colleagues, for lists and histories.</summary>
internal sealed class StaffNames(IDbContextFactory<OutreachDb> databases)
{
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IEnumerable<string?> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.OfType<string>().Distinct().ToList();
        if (wanted.Count == 0)
            return new Dictionary<string, string>();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Staff.Where(s => wanted.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.DisplayName, cancellationToken);
    }

    /// <summary>Active colleagues who could take a lead of this area: those whose own subtree holds it. Null area: those of the whole tree.</summary>
    public async Task<IReadOnlyList<(string Id, string Name)>> WhoCouldTakeAsync(string? areaPath, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var all = await db.Staff.Where(s => s.DeactivatedAt == null)
            .Select(s => new { s.Id, s.DisplayName, s.Roles, s.AreaId, Path = db.Set<Area>().Where(a => a.Id == s.AreaId).Select(a => a.Path).FirstOrDefault() })
            .ToListAsync(cancellationToken);
        return [.. all.Select(s => (s.DisplayName, Scope: StaffScopes.Of(s.Id, s.DisplayName, s.Roles, s.AreaId, s.Path)))
            .Where(s => s.Scope.SeesPersonalData && (s.Scope.IsKeeper || areaPath?.StartsWith(s.Scope.AreaPath, StringComparison.Ordinal) is true))
            .OrderBy(s => s.DisplayName, StringComparer.Ordinal).Select(s => (s.Scope.StaffId, s.DisplayName))];
    }
}
