using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <param name="Changed">How many leads the step was taken on.</param>
/// <param name="Left">How many stayed as they were: closed, already so, not for that colleague, or not for these eyes.</param>
/// <param name="BatchId">For <see cref="LeadBulk.UndoAsync"/>; 0: nothing changed.</param>
public sealed record BulkResult(LeadOutcome Outcome, int Changed, int Left, long BatchId);

/// <summary>One step on many leads at once, and that step taken back.</summary>
public sealed class LeadBulk(
    IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, LeadIntake intake, ForwardOutbox forwards, IStaffRoster staff, AuditLog audit, TimeProvider clock)
{
    public const int MostAtOnce = 200;

    /// <param name="staffId">An active member; null: to nobody.</param>
    public async Task<BulkResult> AssignAsync(IReadOnlyList<long> ids, string? staffId, StaffScope scope, CancellationToken cancellationToken)
    {
        var assignee = staffId is null ? null : await staff.FindActiveAsync(staffId, cancellationToken);
        if (staffId is not null && assignee is null)
            return new(LeadOutcome.NoSuchStaff, 0, ids.Count, 0);
        return await StepAsync(
            ids, new LeadBatch { StaffId = scope.StaffId, At = clock.GetUtcNow(), Kind = LeadBatchKind.Assigned, AssigneeId = staffId, Before = "" }, "分派", scope,
            lead => lead.AssigneeId != staffId && assignee?.MaySee(lead.PassOn, AreaPathOf(lead)) is not false,
            (db, lead) => Give(db, lead, staffId, scope), LeadOutcome.NotForThatStaff, cancellationToken);
    }

    /// <summary>Marks new leads as contacted; those further on stay where they are.</summary>
    public Task<BulkResult> ContactedAsync(IReadOnlyList<long> ids, StaffScope scope, CancellationToken cancellationToken) => StepAsync(
        ids, new LeadBatch { StaffId = scope.StaffId, At = clock.GetUtcNow(), Kind = LeadBatchKind.Contacted, Before = "" }, "记为已联系", scope,
        lead => lead.State == LeadState.New,
        async (db, lead) =>
        {
            lead.NextContactAt = null;       // kept the promise; the next date is the staff's own
            lead.AssigneeId ??= scope.StaffId;
            await MoveAsync(db, lead, LeadState.Contacted, scope, cancellationToken);
        }, LeadOutcome.NotAllowed, cancellationToken);

    /// <summary>Sets the day on which the owners are to be contacted next.</summary>
    public Task<BulkResult> ContactOnAsync(IReadOnlyList<long> ids, DateTimeOffset at, StaffScope scope, CancellationToken cancellationToken) => StepAsync(
        ids, new LeadBatch { StaffId = scope.StaffId, At = clock.GetUtcNow(), Kind = LeadBatchKind.NextContact, NextContactAt = at, Before = "" }, "改下次联系时间", scope,
        lead => lead.NextContactAt != at,
        (db, lead) => Remind(db, lead, at, scope), LeadOutcome.NotAllowed, cancellationToken);

    /// <summary>Puts the leads of a batch back to what they were, as far as nobody has moved them on since. Only who did it may.</summary>
    /// <returns>How many went back.</returns>
    public async Task<int> UndoAsync(long batchId, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            if (await db.LeadBatches.SingleOrDefaultAsync(b => b.Id == batchId && b.StaffId == scope.StaffId && b.UndoneAt == null, cancellationToken) is not { } batch)
                return 0;
            batch.UndoneAt = clock.GetUtcNow();
            var before = batch.Before.Split('\n').Select(Was.Read).ToDictionary(was => was.Id);
            var ids = before.Keys.ToList();
            var leads = await db.Leads.VisibleTo(db, scope).Where(l => ids.Contains(l.Id) && l.OpenKey != null).ToListAsync(cancellationToken);
            var back = leads.Where(lead => IsStillAsLeft(lead, batch)).ToList();
            foreach (var lead in back)
            {
                var was = before[lead.Id];
                switch (batch.Kind)
                {
                    case LeadBatchKind.Assigned:
                        await Give(db, lead, was.AssigneeId, scope);
                        break;
                    case LeadBatchKind.NextContact:
                        await Remind(db, lead, was.NextContactAt, scope);
                        break;
                    case LeadBatchKind.Contacted:
                        (lead.NextContactAt, lead.AssigneeId) = (was.NextContactAt, was.AssigneeId);
                        await MoveAsync(db, lead, was.State, scope, cancellationToken);
                        break;
                }
                intake.Touch(lead);
            }
            audit.Add(db, AuditKind.ChangedLead, scope.StaffId, detail: string.Create(CultureInfo.InvariantCulture, $"撤销{Words(batch.Kind)} {back.Count} 条线索"));
            await db.SaveChangesAsync(cancellationToken);
            return back.Count;
        }, cancellationToken);
    }

    private async Task<BulkResult> StepAsync(
        IReadOnlyList<long> ids, LeadBatch batch, string words, StaffScope scope, Func<Lead, bool> may, Func<OutreachDb, Lead, Task> step, LeadOutcome none,
        CancellationToken cancellationToken)
    {
        var wanted = ids.Distinct().Take(MostAtOnce).ToList();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var leads = (await db.Leads.VisibleTo(db, scope).Where(l => wanted.Contains(l.Id) && l.OpenKey != null).ToListAsync(cancellationToken)).Where(may).ToList();
            if (leads.Count == 0)
                return new BulkResult(none, 0, wanted.Count, 0);
            batch.Before = string.Join('\n', leads.Select(Was.Write));
            db.LeadBatches.Add(batch);
            foreach (var lead in leads)
            {
                await step(db, lead);
                intake.Touch(lead);
            }
            audit.Add(db, AuditKind.ChangedLead, scope.StaffId, detail: string.Create(CultureInfo.InvariantCulture, $"{words} {leads.Count} 条线索"));
            await db.SaveChangesAsync(cancellationToken);
            return new BulkResult(LeadOutcome.Done, leads.Count, wanted.Count - leads.Count, batch.Id);
        }, cancellationToken);
    }

    private Task Give(OutreachDb db, Lead lead, string? staffId, StaffScope scope)
    {
        lead.AssigneeId = staffId;
        intake.Happened(db, lead, LeadEventKind.Assigned, staffId: scope.StaffId);
        return Task.CompletedTask;
    }

    private Task Remind(OutreachDb db, Lead lead, DateTimeOffset? at, StaffScope scope)
    {
        lead.NextContactAt = at;
        intake.Happened(db, lead, LeadEventKind.Updated, staffId: scope.StaffId);
        return Task.CompletedTask;
    }

    private async Task MoveAsync(OutreachDb db, Lead lead, LeadState to, StaffScope scope, CancellationToken cancellationToken)
    {
        intake.Happened(db, lead, LeadEventKind.StateChanged, lead.State, to, scope.StaffId);
        lead.State = to;
        if (lead.PassOn == PassOnState.Given)
            await forwards.AddAsync(db, lead, ForwardEvent.Updated, cancellationToken);
    }

    private static bool IsStillAsLeft(Lead lead, LeadBatch batch) => batch.Kind switch
    {
        LeadBatchKind.Assigned => lead.AssigneeId == batch.AssigneeId,
        LeadBatchKind.Contacted => lead.State == LeadState.Contacted && lead.NextContactAt is null,
        LeadBatchKind.NextContact => lead.NextContactAt == batch.NextContactAt,
    };

    private static string Words(LeadBatchKind kind) => kind switch
    {
        LeadBatchKind.Assigned => "分派",
        LeadBatchKind.Contacted => "记为已联系",
        LeadBatchKind.NextContact => "改下次联系时间",
    };

    private string? AreaPathOf(Lead lead) => lead.CommunityId is { } community ? directory.Find(community)?.AreaPath : null;

    /// <summary>How a lead stood before the step, as a line of <see cref="LeadBatch.Before"/>.</summary>
    private sealed record Was(long Id, LeadState State, DateTimeOffset? NextContactAt, string? AssigneeId)
    {
        public static string Write(Lead lead) =>
            string.Create(CultureInfo.InvariantCulture, $"{lead.Id}={lead.State}|{lead.NextContactAt?.UtcTicks}|{lead.AssigneeId}");

        public static Was Read(string line)
        {
            var (id, rest) = line.Split('=', 2) is [var key, var value] ? (key, value.Split('|', 3)) : throw new FormatException("A batch holds a line without '='.");
            return new(
                long.Parse(id, CultureInfo.InvariantCulture), Enum.Parse<LeadState>(rest[0]),
                rest[1].Length == 0 ? null : new DateTimeOffset(long.Parse(rest[1], CultureInfo.InvariantCulture), TimeSpan.Zero),
                rest[2].Length == 0 ? null : rest[2]);
        }
    }
}
