using Microsoft.AspNetCore.Authorization;
using Outreach.Communities;
using Outreach.KnowledgeDesk;

namespace Outreach.Staff;

/// <summary>Who may open which pages. Which rows they then see is the scope's business (<c>VisibleTo</c>).</summary>
internal static class StaffPolicies
{
    /// <summary>Every signed-in, active member.</summary>
    public const string Staff = "staff";
    /// <summary>Those who work with owners and may see their names and words.</summary>
    public const string Owners = "staff-owners";
    /// <summary>Those who write and send notices.</summary>
    public const string Notices = "staff-notices";
    /// <summary>Accounts.</summary>
    public const string People = "staff-people";
    /// <summary>The record of who saw what.</summary>
    public const string Audit = "staff-audit";

    /// <summary>Questions without a good answer, and the articles.</summary>
    public const string Knowledge = "staff-knowledge";

    public const StaffRoles KnowledgeRoles = KnowledgeRights.Roles;
    public const StaffRoles OwnersRoles = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Community;
    public const StaffRoles NoticesRoles = OwnersRoles | StaffRoles.Publicity;
    public const StaffRoles PeopleRoles = StaffRoles.Administrator;
    public const StaffRoles AuditRoles = StaffRoles.Auditor | StaffRoles.Administrator;

    public static void AddTo(AuthorizationOptions options)
    {
        options.AddPolicy(Staff, policy => policy.RequireAuthenticatedUser().RequireAssertion(Scope(_ => true)));
        Add(Owners, OwnersRoles);
        Add(Notices, NoticesRoles);
        Add(Knowledge, KnowledgeRoles);
        Add(People, PeopleRoles);
        Add(Audit, AuditRoles);

        void Add(string name, StaffRoles any) =>
            options.AddPolicy(name, policy => policy.RequireAuthenticatedUser().RequireAssertion(Scope(scope => scope.Has(any))));
    }

    private static Func<AuthorizationHandlerContext, bool> Scope(Func<StaffScope, bool> may) =>
        context => context.Resource is HttpContext http && http.Features.Get<StaffScope>() is { } scope && may(scope);
}
