using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <param name="Given">How many leads changed hands.</param>
/// <param name="Left">How many stayed as they were: closed, not for that colleague, or not for these eyes.</param>
/// <param name="BatchId">For <see cref="LeadAssignments.UndoAsync"/>; 0: nothing changed.</param>
public sealed record Assigned(LeadOutcome Outcome, int Given, int Left, long BatchId);

/// <summary>Gives many leads to one colleague in one step, and takes that step back.</summary>
public sealed class LeadAssignments(
    IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, LeadIntake intake, IStaffRoster staff, AuditLog audit, TimeProvider clock)
{
    public const int MostAtOnce = 200;

    /// <param name="staffId">An active member; null: to nobody.</param>
    public async Task<Assigned> AssignAsync(IReadOnlyList<long> ids, string? staffId, StaffScope scope, CancellationToken cancellationToken)
    {
        var wanted = ids.Distinct().Take(MostAtOnce).ToList();
        var assignee = staffId is null ? null : await staff.FindActiveAsync(staffId, cancellationToken);
        if (staffId is not null && assignee is null)
            return new(LeadOutcome.NoSuchStaff, 0, wanted.Count, 0);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var leads = await db.Leads.VisibleTo(scope).Where(l => wanted.Contains(l.Id) && l.OpenKey != null && l.AssigneeId != staffId).ToListAsync(cancellationToken);
            var given = leads.Where(lead => assignee?.MaySee(lead.PassOn, AreaPathOf(lead)) is not false).ToList();
            if (given.Count == 0)
                return new Assigned(LeadOutcome.NotForThatStaff, 0, wanted.Count, 0);
            var batch = new LeadBatch
            {
                StaffId = scope.StaffId,
                At = clock.GetUtcNow(),
                AssigneeId = staffId,
                Before = string.Join('\n', given.Select(lead => string.Create(CultureInfo.InvariantCulture, $"{lead.Id}={lead.AssigneeId}"))),
            };
            db.LeadBatches.Add(batch);
            foreach (var lead in given)
                Give(db, lead, staffId, scope);
            audit.Add(db, AuditKind.ChangedLead, scope.StaffId, detail: string.Create(CultureInfo.InvariantCulture, $"分派 {given.Count} 条线索"));
            await db.SaveChangesAsync(cancellationToken);
            return new Assigned(LeadOutcome.Done, given.Count, wanted.Count - given.Count, batch.Id);
        }, cancellationToken);
    }

    /// <summary>Puts the leads of a batch back to whom they had, as far as nobody has moved them on since. Only who did it may.</summary>
    /// <returns>How many went back.</returns>
    public async Task<int> UndoAsync(long batchId, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            if (await db.LeadBatches.SingleOrDefaultAsync(b => b.Id == batchId && b.StaffId == scope.StaffId && b.UndoneAt == null, cancellationToken) is not { } batch)
                return 0;
            batch.UndoneAt = clock.GetUtcNow();
            var before = batch.Before.Split('\n').Select(line => line.Split('=', 2)).ToDictionary(pair => long.Parse(pair[0], CultureInfo.InvariantCulture), pair => pair[1].Length == 0 ? null : pair[1]);
            var ids = before.Keys.ToList();
            var leads = await db.Leads.VisibleTo(scope).Where(l => ids.Contains(l.Id) && l.OpenKey != null && l.AssigneeId == batch.AssigneeId).ToListAsync(cancellationToken);
            foreach (var lead in leads)
                Give(db, lead, before[lead.Id], scope);
            audit.Add(db, AuditKind.ChangedLead, scope.StaffId, detail: string.Create(CultureInfo.InvariantCulture, $"撤销分派 {leads.Count} 条线索"));
            await db.SaveChangesAsync(cancellationToken);
            return leads.Count;
        }, cancellationToken);
    }

    private void Give(OutreachDb db, Lead lead, string? staffId, StaffScope scope)
    {
        lead.AssigneeId = staffId;
        intake.Happened(db, lead, LeadEventKind.Assigned, staffId: scope.StaffId);
        intake.Touch(lead);
    }

    private string? AreaPathOf(Lead lead) => lead.CommunityId is { } community ? directory.Find(community)?.AreaPath : null;
}
