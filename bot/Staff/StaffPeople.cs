using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Accounts as an administrator sees and changes them: those within the own subtree.</summary>
internal sealed class StaffPeople(OutreachDb db, UserManager<StaffMember> people, StaffLinks links, StaffSessions sessions, AuditLog audit, TimeProvider clock)
{
    public sealed record Person(string Id, string UserName, string DisplayName, StaffRoles Roles, string? AreaName, DateTimeOffset? DeactivatedAt, bool IsLocked)
    {
        /// <summary>How many sessions are open.</summary>
        public int Sessions { get; init; }
    }

    public async Task<IReadOnlyList<Person>> ListAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var open = await sessions.CountAsync(cancellationToken);
        return [.. (await db.Staff.AsNoTracking().Within(scope, db)
            .OrderBy(s => s.DeactivatedAt != null).ThenBy(s => s.DisplayName)
            .Select(s => new Person(s.Id, s.UserName!, s.DisplayName, s.Roles, db.Set<Area>().Where(a => a.Id == s.AreaId).Select(a => a.Name).FirstOrDefault(),
                s.DeactivatedAt, s.LockoutEnd != null && s.LockoutEnd > now))
            .ToListAsync(cancellationToken)).Select(person => person with { Sessions = open.GetValueOrDefault(person.Id) })];
    }

    /// <summary>Areas that may be given to a colleague, in the order of the tree.</summary>
    public async Task<IReadOnlyList<Area>> AreasAsync(StaffScope scope, CancellationToken cancellationToken) =>
        [.. (await db.Areas.AsNoTracking().Within(scope).ToListAsync(cancellationToken)).OrderBy(PathKey, StringComparer.Ordinal)];

    /// <summary>A one-time link for a colleague; null when the area is not within the own subtree.</summary>
    public async Task<string?> InviteAsync(StaffRoles roles, long? areaId, StaffScope scope, CancellationToken cancellationToken)
    {
        var isWithin = areaId is null ? scope.AreaId is null : await db.Areas.Within(scope).AnyAsync(a => a.Id == areaId, cancellationToken);
        if (!isWithin)
            return null;
        return await db.WriteAsync(async () =>
        {
            audit.Add(db, AuditKind.ChangedStaff, scope.StaffId, detail: $"邀请同事：{StaffText.Roles(roles)}");
            return await links.CreateInviteAsync(roles, areaId, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>A one-time link for a new password; null when there is no such active account within the own subtree.</summary>
    public async Task<string?> ResetAsync(string staffId, StaffScope scope, CancellationToken cancellationToken)
    {
        var member = await db.Staff.Within(scope, db).Where(s => s.Id == staffId).Select(s => new { s.UserName, s.DisplayName }).SingleOrDefaultAsync(cancellationToken);
        if (member is null)
            return null;
        audit.Add(db, AuditKind.ChangedStaff, scope.StaffId, detail: $"给{member.DisplayName}发重设密码的链接");
        return await links.CreateResetAsync(member.UserName!, cancellationToken);
    }

    /// <summary>Ends an account: its sessions stop at their next request. The last administrator stays.</summary>
    public Task<DeactivateOutcome> DeactivateAsync(string staffId, StaffScope scope, CancellationToken cancellationToken) => db.WriteAsync(async () =>
    {
        var member = await db.Staff.Within(scope, db).SingleOrDefaultAsync(s => s.Id == staffId, cancellationToken);
        if (member is null)
            return DeactivateOutcome.NoSuchPerson;
        if (member.DeactivatedAt is not null)
            return DeactivateOutcome.Done;
        if (member.Roles.HasFlag(StaffRoles.Administrator))
        {
            var others = await db.Staff.AsNoTracking().Where(s => s.DeactivatedAt == null && s.Id != staffId).Select(s => s.Roles).ToListAsync(cancellationToken);
            if (!others.Any(roles => roles.HasFlag(StaffRoles.Administrator)))
                return DeactivateOutcome.LastAdministrator;
        }
        member.DeactivatedAt = clock.GetUtcNow();
        audit.Add(db, AuditKind.ChangedStaff, scope.StaffId, detail: $"停用{member.DisplayName}");
        await people.UpdateSecurityStampAsync(member);
        var now = clock.GetUtcNow();
        await db.StaffSessions.Where(s => s.StaffId == staffId && s.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancellationToken);
        await db.StaffLinks.Where(l => l.StaffId == staffId && l.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), cancellationToken);
        return DeactivateOutcome.Done;
    }, cancellationToken);

    /// <summary>Opens a deactivated account again; false when there is none within the own subtree.</summary>
    public Task<bool> ReactivateAsync(string staffId, StaffScope scope, CancellationToken cancellationToken) => db.WriteAsync(async () =>
    {
        var member = await db.Staff.Within(scope, db).SingleOrDefaultAsync(s => s.Id == staffId, cancellationToken);
        if (member is null)
            return false;
        member.DeactivatedAt = null;
        audit.Add(db, AuditKind.ChangedStaff, scope.StaffId, detail: $"重新启用{member.DisplayName}");
        await people.UpdateSecurityStampAsync(member);
        return true;
    }, cancellationToken);

    /// <summary>Ids padded, so that text order is tree order.</summary>
    private static string PathKey(Area area) => string.Concat(area.Path.Split('/').Select(id => id.PadLeft(8, '0')));
}

internal enum DeactivateOutcome { Done, NoSuchPerson, LastAdministrator }
