namespace Outreach.Communities;

/// <summary>What a staff member may do, within the subtree of their area. Administrator alone sees no personal data.</summary>
[Flags]
public enum StaffRoles { None = 0, Administrator = 1, Bureau = 2, Street = 4, Community = 8, Publicity = 16, Auditor = 32 }

/// <summary>Whose eyes a query has: every query of the console is filtered by it, in each room's one <c>VisibleTo</c>.</summary>
/// <param name="AreaId">Root of the subtree; null: the whole tree, also while there is no area yet.</param>
/// <param name="AreaPath">Path of that root, such as <c>/1/4/</c>; <c>/</c> for the whole tree, a prefix of every path.</param>
/// <param name="AreaDepth">0 for the whole tree and for its topmost area.</param>
public sealed record StaffScope(string StaffId, string DisplayName, StaffRoles Roles, long? AreaId, string AreaPath, int AreaDepth)
{
    public bool Has(StaffRoles any) => (Roles & any) != 0;

    /// <summary>Whether names, phones and rooms may be shown at all.</summary>
    public bool SeesPersonalData => Has(StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community);

    /// <summary>The keeper of the data (bureau at the root) also sees leads that were not passed on.</summary>
    public bool IsKeeper => Has(StaffRoles.Bureau) && AreaDepth == 0;
}
