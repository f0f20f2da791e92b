using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

public static class LeadScope
{
    /// <summary>
    /// The one staff filter of leads. The keeper of the data sees all of them, also those without a community and those that were not passed on;
    /// everyone else only what was passed on and lies in their subtree; who may see no personal data sees none.
    /// </summary>
    public static IQueryable<Lead> VisibleTo(this IQueryable<Lead> leads, OutreachDb db, StaffScope scope) =>
        !scope.SeesPersonalData ? leads.Where(l => false)
        : scope.IsKeeper ? leads
        : leads.Where(l => l.PassOn == PassOnState.Given).Within(db, scope.AreaPath);

    /// <summary>
    /// Leads whose community lies in a subtree of areas. The database finds the communities first, then their leads by index: joined to each lead, it would read all leads.
    /// </summary>
    public static IQueryable<Lead> Within(this IQueryable<Lead> leads, OutreachDb db, string areaPath)
    {
        var communities = db.Communities.Where(c => c.Area.Path.StartsWith(areaPath)).Select(c => c.Id);
        return leads.Where(l => l.CommunityId != null && communities.Contains(l.CommunityId.Value));
    }

    /// <summary>The same filter for one lead in hand.</summary>
    /// <param name="areaPath">Path of the area of its community; null: the directory does not know it.</param>
    public static bool MaySee(this StaffScope scope, PassOnState passOn, string? areaPath) =>
        scope.SeesPersonalData && (scope.IsKeeper || (passOn == PassOnState.Given && areaPath?.StartsWith(scope.AreaPath, StringComparison.Ordinal) is true));

    /// <summary>The same for alerts: the keeper sees all, others those of their subtree, and an administrator also those that belong to no area (channels, settings).</summary>
    public static IQueryable<Alert> VisibleTo(this IQueryable<Alert> alerts, OutreachDb db, StaffScope scope)
    {
        if (scope.IsKeeper || (scope.Has(StaffRoles.Administrator) && scope.AreaDepth == 0))
            return alerts;
        var path = scope.AreaPath;
        var isAdministrator = scope.Has(StaffRoles.Administrator);
        var areas = db.Areas;     // an expression tree holds no extension property
        return alerts.Where(a => a.AreaId == null ? isAdministrator : areas.Any(area => area.Id == a.AreaId && area.Path.StartsWith(path)));
    }
}
