using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>From an account to what it may see.</summary>
internal static class StaffScopes
{
    /// <summary>Path of a scope that is the whole tree: a prefix of every area's path.</summary>
    public const string WholeTree = "/";

    /// <summary>The member's scope as it is now; null when the account is gone, deactivated or its security stamp has changed.</summary>
    public static async Task<StaffScope?> FindScopeAsync(this OutreachDb db, string staffId, string securityStamp, CancellationToken cancellationToken) =>
        (await db.Staff.Where(s => s.Id == staffId && s.SecurityStamp == securityStamp).ActiveScopesAsync(db, cancellationToken)).SingleOrDefault();

    /// <summary>The scopes of those of these accounts that are active.</summary>
    public static async Task<IReadOnlyList<StaffScope>> ActiveScopesAsync(this IQueryable<StaffMember> staff, OutreachDb db, CancellationToken cancellationToken) =>
        [.. (await staff.AsNoTracking().Where(s => s.DeactivatedAt == null)
                .Select(s => new { s.Id, s.DisplayName, s.Roles, s.AreaId, Path = db.Set<Area>().Where(a => a.Id == s.AreaId).Select(a => a.Path).FirstOrDefault() })
                .ToListAsync(cancellationToken))
            .Select(s => Of(s.Id, s.DisplayName, s.Roles, s.AreaId, s.Path))];

    /// <param name="areaPath">Path of the member's area; null for the whole tree.</param>
    public static StaffScope Of(string staffId, string displayName, StaffRoles roles, long? areaId, string? areaPath)
    {
        var path = areaPath ?? WholeTree;
        return new(staffId, displayName, roles, areaId, path, Math.Max(0, path.Count(c => c == '/') - 2));
    }

    /// <summary>Areas within the scope.</summary>
    public static IQueryable<Area> Within(this IQueryable<Area> areas, StaffScope scope) => areas.Where(a => a.Path.StartsWith(scope.AreaPath));

    /// <summary>Accounts whose area lies within the scope; those of the whole tree only for a scope that is the whole tree.</summary>
    public static IQueryable<StaffMember> Within(this IQueryable<StaffMember> staff, StaffScope scope, OutreachDb db) => scope.AreaId is null
        ? staff
        : staff.Where(s => db.Set<Area>().Any(a => a.Id == s.AreaId && a.Path.StartsWith(scope.AreaPath)));
}
