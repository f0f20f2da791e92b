using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>The rules by which new leads of an area go to a person. The nearest rule above a community counts.</summary>
public sealed class LeadRoutes(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, IStaffRoster staff, AuditLog audit)
{
    /// <summary>Area to staff id, within the scope.</summary>
    public async Task<IReadOnlyDictionary<long, string>> ReadAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rules = await db.LeadRoutes.AsNoTracking().ToListAsync(cancellationToken);
        return rules.Where(rule => IsWithin(rule.AreaId, scope)).ToDictionary(rule => rule.AreaId, rule => rule.StaffId);
    }

    /// <param name="staffId">Null: no rule.</param>
    public async Task<LeadOutcome> SetAsync(long areaId, string? staffId, StaffScope scope, CancellationToken cancellationToken)
    {
        if (!scope.SeesPersonalData || !IsWithin(areaId, scope))
            return LeadOutcome.NoSuchCommunity;
        if (staffId is not null)
        {
            if (await staff.FindActiveAsync(staffId, cancellationToken) is not { } assignee)
                return LeadOutcome.NoSuchStaff;
            if (!assignee.MaySee(PassOnState.Given, directory.Current.FindArea(areaId)!.Path))
                return LeadOutcome.NotForThatStaff;
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WriteAsync(async () =>
        {
            var rule = await db.LeadRoutes.SingleOrDefaultAsync(r => r.AreaId == areaId, cancellationToken);
            if (staffId is null && rule is not null)
                db.LeadRoutes.Remove(rule);
            else if (staffId is not null && rule is not null)
                rule.StaffId = staffId;
            else if (staffId is not null)
                db.LeadRoutes.Add(new LeadRoute { AreaId = areaId, StaffId = staffId });
            audit.Add(db, AuditKind.ChangedLead, scope.StaffId, areaId, "改线索分给谁");
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return LeadOutcome.Done;
    }

    private bool IsWithin(long areaId, StaffScope scope) => directory.Current.FindArea(areaId)?.Path.StartsWith(scope.AreaPath, StringComparison.Ordinal) is true;
}
