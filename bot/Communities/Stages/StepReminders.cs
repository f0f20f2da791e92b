using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>
/// Reminds the staff of a community's area of its legal dates: 14 and 7 days before, and the day after when it was missed. A reminder is a row before it is an alert, so it comes once,
/// whatever stops in between; what was done in time ends its alert.
/// </summary>
public sealed class StepReminders(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, CityClock clock) : IDueWork
{
    internal const string Subject = "community/";
    private static readonly TimeOnly AtNine = new(9, 0);
    private const int Batch = 200;

    private DirectorySnapshot? _planned;
    private DateOnly _plannedOn;

    public string Name => "step-reminders";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var current = directory.Current;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            if (!ReferenceEquals(current, _planned) || _plannedOn != clock.Today)
            {
                await PlanAsync(db, current, cancellationToken);
                (_planned, _plannedOn) = (current, clock.Today);
            }
        while (await SendAsync(current, cancellationToken) == Batch)
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>What is said of a deadline so many days before it.</summary>
    internal static string Say(string community, LegalStep step, DateOnly deadline, DateOnly today)
    {
        var left = deadline.DayNumber - today.DayNumber;
        var day = string.Create(CultureInfo.InvariantCulture, $"{deadline.Month}月{deadline.Day}日 {CityClock.Weekday(deadline)}");
        var what = step.Number == StepBook.NextElection ? "业委会任期届满，换届还没记" : $"第{step.Number}步“{step.Title}”还没记";
        return left < 0 ? $"{community}：{what}，{day}已过 {-left} 天。" : $"{community}：{what}，最迟{day}，还有 {left} 天。";
    }

    /// <summary>The reminders of one deadline that are still to come, and the last one that should have come by now. Pure.</summary>
    internal static IEnumerable<int> Wanted(int number, DateOnly deadline, DateOnly today)
    {
        var days = StagePlan.RemindDaysBefore(number);
        var past = days.Where(d => deadline.AddDays(-d) < today).ToList();
        return days.Where(d => deadline.AddDays(-d) >= today).Concat(past.Count == 0 ? [] : [past.Min()]);
    }

    private async Task PlanAsync(OutreachDb db, DirectorySnapshot current, CancellationToken cancellationToken)
    {
        var now = clock.UtcNow;
        var wanted = new Dictionary<(long Community, int Round, int Number, DateOnly Deadline, int Days), DateTimeOffset>();
        var subjects = new HashSet<string>(StringComparer.Ordinal);
        foreach (var community in current.Communities)
            foreach (var step in community.Plan.Deadlines)
            {
                subjects.Add(SubjectOf(community.Id, community.Plan.Facts.Round, step.Number));
                foreach (var days in Wanted(step.Number, step.Latest!.Value, clock.Today))
                    wanted[(community.Id, community.Plan.Facts.Round, step.Number, step.Latest.Value, days)] = clock.FromLocal(step.Latest.Value.AddDays(-days).ToDateTime(AtNine));
            }
        var rows = await db.StepReminders.AsNoTracking().ToListAsync(cancellationToken);
        var known = rows.ToDictionary(r => (r.CommunityId, r.Round, r.Number, r.Deadline, r.DaysBefore));
        var stale = rows.Where(r => r is { SentAt: null, CancelledAt: null } && !wanted.ContainsKey((r.CommunityId, r.Round, r.Number, r.Deadline, r.DaysBefore))).Select(r => r.Id).ToList();
        var again = wanted.Keys.Where(key => known.GetValueOrDefault(key) is { SentAt: null, CancelledAt: not null }).Select(key => known[key].Id).ToList();
        var missing = wanted.Where(pair => !known.ContainsKey(pair.Key)).ToList();
        var over = (await db.Alerts.AsNoTracking().Where(a => a.Kind == AlertKind.LegalDate && a.ResolvedAt == null).Select(a => new { a.Id, a.Subject }).ToListAsync(cancellationToken))
            .Where(a => !subjects.Contains(a.Subject)).Select(a => a.Id).ToList();
        if (stale.Count + again.Count + missing.Count + over.Count == 0)
            return;
        await db.WriteAsync(async () =>
        {
            await db.StepReminders.Where(r => stale.Contains(r.Id) && r.SentAt == null).ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelledAt, now), cancellationToken);
            await db.StepReminders.Where(r => again.Contains(r.Id)).ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelledAt, (DateTimeOffset?)null), cancellationToken);
            await db.Alerts.Where(a => over.Contains(a.Id)).ExecuteUpdateAsync(set => set.SetProperty(a => a.ResolvedAt, now), cancellationToken);
            foreach (var ((id, round, number, deadline, days), due) in missing)
                db.StepReminders.Add(new StepReminder { CommunityId = id, Round = round, Number = number, Deadline = deadline, DaysBefore = days, DueAt = due });
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Sends at most one batch; returns how many were due.</summary>
    private async Task<int> SendAsync(DirectorySnapshot current, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.UtcNow;
        var due = await db.StepReminders.AsNoTracking().Where(r => r.SentAt == null && r.CancelledAt == null && r.DueAt <= now).OrderBy(r => r.DueAt).ThenBy(r => r.Id).Take(Batch).ToListAsync(cancellationToken);
        if (due.Count == 0)
            return 0;
        await db.WriteAsync(async () =>
        {
            foreach (var reminder in due)
            {
                var mine = await db.StepReminders.Where(r => r.Id == reminder.Id && r.SentAt == null && r.CancelledAt == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(r => r.SentAt, now), cancellationToken);
                if (mine == 1 && current.Find(reminder.CommunityId) is { } community)
                    await db.RaiseAsync(AlertKind.LegalDate, SubjectOf(community.Id, reminder.Round, reminder.Number), community.AreaId,
                        Say(community.Name, StepBook.Get(reminder.Number), reminder.Deadline, clock.Today), now, cancellationToken);
            }
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return due.Count;
    }

    private static string SubjectOf(long community, int round, int number) => string.Create(CultureInfo.InvariantCulture, $"{Subject}{community}/{round}/{number}");
}
