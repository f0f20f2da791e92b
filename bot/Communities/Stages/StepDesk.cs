using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

/// <param name="Problem">Why nothing was recorded, in Chinese; null: see the outcome.</param>
public sealed record StepResult(DeskOutcome Outcome, string? Problem = null);

/// <summary>One line of a community's history.</summary>
/// <param name="StaffId">Who did it; null: an import on the server.</param>
public sealed record HistoryLine(DateTimeOffset At, string? StaffId, string Text);

/// <summary>Records the days of the legal steps and takes them back, within the caller's subtree; the stage follows. The caller's audit entry is added in the same transaction.</summary>
public sealed class StepDesk(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, CityClock clock)
{
    private const int MostHistory = 60;

    /// <summary>Records a day. One that was recorded before is taken back first, so that a correction leaves its trace.</summary>
    public Task<StepResult> RecordAsync(long communityId, int number, StepMark mark, DateOnly day, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(communityId, scope, audit, async (db, community, steps) =>
        {
            var facts = Facts(community, steps);
            if (StagePlan.FindProblem(facts, number, mark, day, clock.Today) is { } problem)
                return new(DeskOutcome.NotValid, problem);
            if (steps.FirstOrDefault(s => s.UndoneAt is null && s.Round == facts.Round && s.Number == number && s.Mark == mark) is { } former)
            {
                if (former.Day == day)
                    return new(DeskOutcome.Saved);
                await TakeBackAsync(db, community, former, scope, cancellationToken);
            }
            var step = new CommunityStep { CommunityId = communityId, Round = facts.Round, Number = number, Mark = mark, Day = day, StaffId = scope.StaffId, At = clock.UtcNow };
            db.CommunitySteps.Add(step);
            await db.SaveChangesAsync(cancellationToken);        // its id, for the stage that it brings
            if (mark == StepMark.Done && StepBook.Get(number).Enters is { } stage && (stage >= community.Stage || number == StepBook.NextElection))
                Move(db, community, stage, day, number == StepBook.NextElection ? null : community.TermEndsOn, scope.StaffId, step.Id);
            return new(DeskOutcome.Saved);
        }, cancellationToken);

    /// <summary>Takes a recorded day back; the stage that it brought goes back too, unless it has changed again since.</summary>
    public Task<StepResult> UndoAsync(long communityId, int number, StepMark mark, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(communityId, scope, audit, async (db, community, steps) =>
        {
            var round = Facts(community, steps).Round;
            var recorded = steps.Where(s => s.UndoneAt is null && s.Number == number && s.Mark == mark).ToList();
            // The re-election that began this round was recorded in the one before.
            var step = recorded.FirstOrDefault(s => s.Round == round) ?? (number == StepBook.NextElection ? recorded.FirstOrDefault(s => s.Round == round - 1) : null);
            if (step is null)
                return new(DeskOutcome.NotValid, "这一步没有记过日子。刷新看看。");
            if (step.Round < round && steps.Any(s => s.UndoneAt is null && s.Round == round))
                return new(DeskOutcome.NotValid, "新一届已经记了别的步骤。先撤销那些，再撤销换届。");
            await TakeBackAsync(db, community, step, scope, cancellationToken);
            return new(DeskOutcome.Saved);
        }, cancellationToken);

    /// <summary>Turns to the management committee (物业管理委员会) as the alternative, or back to forming a homeowners' committee.</summary>
    public Task<StepResult> ChooseAsync(long communityId, CommitteeWay way, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken) =>
        ChangeAsync(communityId, scope, audit, (db, community, steps) =>
        {
            var back = steps.Where(s => s is { UndoneAt: null, Mark: StepMark.Done }).OrderBy(s => s.Round).ThenBy(s => s.Number).ToList()
                .FindLast(s => StepBook.Get(s.Number).Enters is not null);
            var (stage, since) = way == CommitteeWay.Management
                ? (CommunityStage.ManagementCommittee, (DateOnly?)clock.Today)
                : back is null ? (CommunityStage.GatheringInterest, null) : (StepBook.Get(back.Number).Enters!.Value, back.Day);
            if (community.Stage == CommunityStage.ManagementCommittee != (way == CommitteeWay.Management))
                Move(db, community, stage, since, community.TermEndsOn, scope.StaffId, stepId: null);
            return Task.FromResult(new StepResult(DeskOutcome.Saved));
        }, cancellationToken);

    /// <summary>Days recorded and taken back, and changes of the stage, the newest first. Empty for a community out of scope.</summary>
    public async Task<IReadOnlyList<HistoryLine>> HistoryAsync(long communityId, StaffScope scope, Func<DateOnly, string> say, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var path = scope.AreaPath;
        if (!await db.Communities.AnyAsync(c => c.Id == communityId && c.Area.Path.StartsWith(path), cancellationToken))
            return [];
        var steps = await db.CommunitySteps.AsNoTracking().Where(s => s.CommunityId == communityId).OrderByDescending(s => s.Id).Take(MostHistory).ToListAsync(cancellationToken);
        var changes = await db.StageChanges.AsNoTracking().Where(c => c.CommunityId == communityId).OrderByDescending(c => c.Id).Take(MostHistory).ToListAsync(cancellationToken);
        return [.. steps.Select(s => new HistoryLine(s.At, s.StaffId, $"第{s.Number}步“{StepBook.Get(s.Number).Title}”{(s.Mark == StepMark.Planned ? "定在" : "记为")}{say(s.Day)}"))
            .Concat(steps.Where(s => s.UndoneAt is not null).Select(s => new HistoryLine(s.UndoneAt!.Value, s.UndoneBy, $"撤销第{s.Number}步的{say(s.Day)}")))
            .Concat(changes.Select(c => new HistoryLine(c.At, c.StaffId, $"阶段 {StageText.Of(c.From)} → {StageText.Of(c.To)}")))
            .OrderByDescending(line => line.At).Take(MostHistory)];
    }

    /// <summary>Sets the stage and writes down the change; nothing when nothing changes. Part of the caller's transaction.</summary>
    internal static void Move(OutreachDb db, Community community, CommunityStage stage, DateOnly? since, DateOnly? termEndsOn, string? staffId, long? stepId, DateTimeOffset at)
    {
        if (community.Stage == stage && community.StageSince == since && community.TermEndsOn == termEndsOn)
            return;
        if (community.Stage != stage || stepId is not null)
            db.StageChanges.Add(new StageChange
            {
                CommunityId = community.Id,
                From = community.Stage,
                FromSince = community.StageSince,
                FromTermEndsOn = community.TermEndsOn,
                To = stage,
                ToSince = since,
                StepId = stepId,
                StaffId = staffId,
                At = at,
            });
        (community.Stage, community.StageSince, community.TermEndsOn) = (stage, since, termEndsOn);
    }

    private void Move(OutreachDb db, Community community, CommunityStage stage, DateOnly? since, DateOnly? termEndsOn, string? staffId, long? stepId) =>
        Move(db, community, stage, since, termEndsOn, staffId, stepId, clock.UtcNow);

    private async Task TakeBackAsync(OutreachDb db, Community community, CommunityStep step, StaffScope scope, CancellationToken cancellationToken)
    {
        (step.UndoneAt, step.UndoneBy) = (clock.UtcNow, scope.StaffId);
        if (await db.StageChanges.SingleOrDefaultAsync(c => c.StepId == step.Id && c.UndoneAt == null, cancellationToken) is { } change)
        {
            change.UndoneAt = clock.UtcNow;
            if (community.Stage == change.To && community.StageSince == change.ToSince)
                Move(db, community, change.From, change.FromSince, community.TermEndsOn ?? change.FromTermEndsOn, scope.StaffId, stepId: null);
        }
        await db.SaveChangesAsync(cancellationToken);            // before its successor: one standing row a step
    }

    private static StageFacts Facts(Community community, IEnumerable<CommunityStep> steps) => StageFacts.From(community.Stage, community.StageSince, community.TermEndsOn, steps);

    private async Task<StepResult> ChangeAsync(
        long communityId, StaffScope scope, Action<OutreachDb>? audit, Func<OutreachDb, Community, List<CommunityStep>, Task<StepResult>> change, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        StepResult result;
        try
        {
            result = await db.WriteAsync(async () =>
            {
                var path = scope.AreaPath;
                if (await db.Communities.SingleOrDefaultAsync(c => c.Id == communityId && c.Area.Path.StartsWith(path), cancellationToken) is not { } community)
                    return new(DeskOutcome.NoSuchRow);
                var steps = await db.CommunitySteps.Where(s => s.CommunityId == communityId).ToListAsync(cancellationToken);
                var done = await change(db, community, steps);
                if (done.Outcome == DeskOutcome.Saved)
                {
                    community.Version = Guid.NewGuid();      // an edit form that was opened before is out of date
                    audit?.Invoke(db);
                    await db.TouchDirectoryAsync(cancellationToken);
                    await db.SaveChangesAsync(cancellationToken);
                }
                return done;
            }, cancellationToken);
        }
        catch (DbUpdateException)
        {
            return new(DeskOutcome.ChangedMeanwhile);            // another node recorded the same step: the unique index, or the version
        }
        if (result.Outcome == DeskOutcome.Saved)
            await directory.ReloadAsync(cancellationToken);
        return result;
    }
}

/// <summary>Which body a community forms.</summary>
public enum CommitteeWay { Homeowners, Management }
