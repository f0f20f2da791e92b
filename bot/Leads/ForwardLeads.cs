using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>
/// Sends the queued forwards. A row is claimed by one conditional update, sent outside any transaction, then marked. Rows of one lead go to one destination in their order,
/// one at a time. A row that a run left in Sending (killed, or out of its budget) is found by the next run and sent again under the same message id: a lead is delivered at least once.
/// </summary>
public sealed partial class ForwardLeads(
    IDbContextFactory<OutreachDb> databases, LeadDestinations destinations, ForwardAlerts alerts, CommunityDirectory directory,
    IOptions<SiteOptions> site, TimeProvider clock, ILogger<ForwardLeads> logger) : IDueWork, IDisposable
{
    // With the 15 s that one message may take at most, a run ends within the scheduler's 25 s.
    private static readonly TimeSpan ClaimsFor = TimeSpan.FromSeconds(7);
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _one = new(1, 1);

    public string Name => "lead-forwards";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            {
                await RecoverAsync(db, cancellationToken);
                await alerts.LookBeforeAsync(db, cancellationToken);
            }
            await Task.WhenAll((await DueDestinationsAsync(cancellationToken)).Select(name => ServeAsync(name, cancellationToken)));
            await using (var db = await databases.CreateDbContextAsync(cancellationToken))
                await alerts.LookAfterAsync(db, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>No run is going on but this one (the scheduler is one in the cluster): what stands in Sending was left behind.</summary>
    private async Task RecoverAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        if (!await db.LeadForwards.AnyAsync(f => f.State == ForwardState.Sending, cancellationToken))
            return;
        var found = await db.WriteAsync(() => db.LeadForwards.Where(f => f.State == ForwardState.Sending)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.State, ForwardState.Queued).SetProperty(f => f.ClaimedBy, (string?)null), cancellationToken), cancellationToken);
        FoundAgain(found);
    }

    private async Task<List<string>> DueDestinationsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await db.LeadForwards.Where(f => f.State == ForwardState.Queued && f.DueAt <= now).Select(f => f.Destination).Distinct().ToListAsync(cancellationToken);
    }

    /// <summary>Sends what is due for one destination, until nothing is, it fails, or the time to claim is over.</summary>
    private async Task ServeAsync(string name, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (destinations.Find(name) is not { } destination)
        {
            await DropAsync(db, name, cancellationToken);
            return;
        }
        while (clock.GetElapsedTime(started) < ClaimsFor && !cancellationToken.IsCancellationRequested)
        {
            if (!await MaySendAsync(db, name, destination.Options, destination.Kind.Spacing, cancellationToken))
                return;
            var batches = destination.Kind.MaxBatch > 1 ? 1 : AtOnce;
            var due = await DueAsync(db, name, destination.Kind.MaxBatch * batches, cancellationToken);
            if (due.Count == 0)
                return;
            var claimed = new List<Claimed>();
            foreach (var id in due)
                if (await ClaimAsync(db, id, cancellationToken) is { } row)
                    claimed.Add(row);
            if (claimed.Count == 0)
                continue;
            if (destination.Kind.Spacing > TimeSpan.Zero)
                await RememberSendAsync(db, name);
            var answers = await Task.WhenAll(claimed.Chunk(destination.Kind.MaxBatch).Select(async chunk =>
                (Rows: chunk, Answer: await destination.Kind.SendAsync(destination.Options, [.. chunk.Select(row => row.Notice)], cancellationToken))));
            var wentWell = true;
            foreach (var (rows, answer) in answers)
            {
                await MarkAsync(db, name, destination.Options, rows, answer);
                wentWell &= answer.Class == SendClass.Ok;
            }
            if (!wentWell || destination.Kind.Spacing > TimeSpan.Zero)
                return;
        }
    }

    /// <summary>The oldest open row of each lead, when it is due: a withdrawal never overtakes the sign-up.</summary>
    private async Task<List<long>> DueAsync(OutreachDb db, string name, int atMost, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = db.LeadForwards;
        return await rows
            .Where(f => f.Destination == name && f.State == ForwardState.Queued && f.DueAt <= now
                && !rows.Any(earlier => earlier.LeadKey == f.LeadKey && earlier.Destination == name && earlier.Id < f.Id
                    && (earlier.State == ForwardState.Queued || earlier.State == ForwardState.Sending || earlier.State == ForwardState.Held)))
            .OrderBy(f => f.DueAt).ThenBy(f => f.Id).Select(f => f.Id).Take(atMost).ToListAsync(cancellationToken);
    }

    /// <summary>Takes one row for sending and reads what to say, at this very moment. Null when someone else has it, or when there is nothing to say any more.</summary>
    private async Task<Claimed?> ClaimAsync(OutreachDb db, long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var taken = await db.WriteAsync(() => db.LeadForwards
            .Where(f => f.Id == id && f.State == ForwardState.Queued && f.DueAt <= now)
            .ExecuteUpdateAsync(set => set
                .SetProperty(f => f.State, ForwardState.Sending)
                .SetProperty(f => f.ClaimedBy, Epoch.Current)
                .SetProperty(f => f.Tries, f => f.Tries + 1), cancellationToken), cancellationToken);
        if (taken == 0)
            return null;
        var forward = await db.LeadForwards.AsNoTracking().SingleAsync(f => f.Id == id, CancellationToken.None);
        if (await NoticeAsync(db, forward) is { } notice)
            return new(id, forward.Tries, notice);
        await db.WriteAsync(() => db.LeadForwards.Where(f => f.Id == id && f.State == ForwardState.Sending)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.State, ForwardState.Cancelled).SetProperty(f => f.Tries, f => f.Tries - 1)), CancellationToken.None);
        return null;
    }

    /// <summary>
    /// What this destination is to learn now. Null: a sign-up that was withdrawn before it was sent, or the end of one that never was.
    /// </summary>
    private async Task<LeadNotice?> NoticeAsync(OutreachDb db, LeadForward forward)
    {
        if (forward.Event is ForwardEvent.Summary)
            return await WeeklySummary.NoticeAsync(db, forward, destinations, directory, site.Value.PublicUrl);
        if (forward.Event is ForwardEvent.Withdrawn or ForwardEvent.Erased)
        {
            var mayHaveIt = await db.LeadForwards.AnyAsync(f => f.LeadKey == forward.LeadKey && f.Destination == forward.Destination && f.Id < forward.Id && f.Tries > 0);
            return mayHaveIt ? new(forward.Event, forward.MessageId, forward.CreatedAt, forward.LeadKey, null, null, Wishes.None, LeadRole.Owner, null, null, null) : null;
        }
        var lead = await db.Leads.AsNoTracking().SingleOrDefaultAsync(l => l.Key == forward.LeadKey);
        if (lead is not { PassOn: PassOnState.Given, CommunityId: { } communityId } || directory.Find(communityId) is not { } community)
            return null;
        var trusted = destinations.Find(forward.Destination)!.Value.Options.Trusted;
        return new(forward.Event, forward.MessageId, forward.CreatedAt, lead.Key, community.Name, destinations.PathName(community), lead.Wishes, lead.Role, lead.CreatedAt,
            $"{site.Value.PublicUrl.TrimEnd('/')}/staff/leads/{lead.Id}", trusted ? new(lead.Name, lead.Phone, lead.Room) : null);
    }

    private async Task MarkAsync(OutreachDb db, string name, DestinationOptions destination, IReadOnlyList<Claimed> rows, SendResult answer)
    {
        var now = clock.GetUtcNow();
        var error = answer.Class == SendClass.Ok ? null : answer.VendorCode is { } code ? $"{answer.Class} {code}" : answer.Class.ToString();
        await db.WriteAsync(async () =>
        {
            foreach (var row in rows)
            {
                var verdict = ForwardVerdict.After(answer, row.Tries, now, Random.Shared.NextDouble());
                await db.LeadForwards.Where(f => f.Id == row.Id && f.State == ForwardState.Sending)
                    .ExecuteUpdateAsync(set => set
                        .SetProperty(f => f.State, verdict.State)
                        .SetProperty(f => f.DueAt, verdict.DueAt)
                        .SetProperty(f => f.Tries, verdict.Tries)
                        .SetProperty(f => f.ClaimedBy, (string?)null)
                        .SetProperty(f => f.LastError, error)
                        .SetProperty(f => f.Alerted, f => f.Alerted && verdict.State != ForwardState.Failed)      // the end of the tries is news again
                        .SetProperty(f => f.SentAt, verdict.State == ForwardState.Sent ? now : null));
                if (verdict.RestUntil is { } until)
                    await RestAsync(db, name, destination, until);
                if (verdict.State == ForwardState.Sent)
                    await NoteArrivalAsync(db, row, now);
            }
            await db.SaveChangesAsync();
        }, CancellationToken.None);
        if (answer.Class == SendClass.Ok)
            Delivered(rows.Count, name);
        else
            NotDelivered(rows.Count, name, answer.Class, answer.VendorCode);
    }

    private static async Task NoteArrivalAsync(OutreachDb db, Claimed row, DateTimeOffset now)
    {
        if (await db.Leads.Where(l => l.Key == row.Notice.LeadKey).Select(l => (long?)l.Id).SingleOrDefaultAsync() is { } leadId)
            db.LeadEvents.Add(new LeadEvent { LeadId = leadId, Kind = LeadEventKind.Forwarded, At = now });
    }

    private async Task<bool> MaySendAsync(OutreachDb db, string name, DestinationOptions destination, TimeSpan spacing, CancellationToken cancellationToken)
    {
        if (await db.DestinationStates.AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellationToken) is not { } state)
            return true;
        var now = clock.GetUtcNow();
        return !(state.RestUntil > now && state.RestsAddress == destination.AddressHash()) && !(state.LastSentAt + spacing > now);
    }

    private Task RememberSendAsync(OutreachDb db, string name) => db.WriteAsync(async () =>
    {
        (await StateAsync(db, name)).LastSentAt = clock.GetUtcNow();
        await db.SaveChangesAsync();
    }, CancellationToken.None);

    private static async Task RestAsync(OutreachDb db, string name, DestinationOptions destination, DateTimeOffset until)
    {
        var state = await StateAsync(db, name);
        state.RestUntil = until;
        state.RestsAddress = destination.AddressHash();
    }

    private static async Task<DestinationState> StateAsync(OutreachDb db, string name)
    {
        if (await db.DestinationStates.FindAsync(name) is { } known)
            return known;
        var state = new DestinationState { Name = name };
        db.DestinationStates.Add(state);
        return state;
    }

    /// <summary>The configuration no longer holds this destination: its rows end, with an alert, and the leads are looked at anew.</summary>
    private Task DropAsync(OutreachDb db, string name, CancellationToken cancellationToken) => db.WriteAsync(async () =>
    {
        await db.LeadForwards.Where(f => f.Destination == name && f.State == ForwardState.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.State, ForwardState.Cancelled).SetProperty(f => f.LastError, "no such destination"), cancellationToken);
        var forwards = db.LeadForwards;
        await db.Leads.Where(l => l.OpenKey != null && l.PassOn == PassOnState.Given && forwards.Any(f => f.LeadKey == l.Key && f.Destination == name)
                && !forwards.Any(f => f.LeadKey == l.Key && f.State != ForwardState.Cancelled))
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Uncovered, true), cancellationToken);
        await db.RaiseAsync(AlertKind.ConfigurationProblem, ForwardAlerts.DestinationSubject + name, null,
            $"转交目的地“{name}”已从配置里去掉，还有没送出的线索。请在控制台直接联系业主，或在 Leads:Destinations 里加回来。", clock.GetUtcNow(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }, cancellationToken);

    private sealed record Claimed(long Id, int Tries, LeadNotice Notice);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} lead forwards were left behind by an earlier run and go out again under their message ids")]
    private partial void FoundAgain(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} lead events delivered to {Destination}")]
    private partial void Delivered(int count, string destination);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} lead events not delivered to {Destination}: {Class} {Code}")]
    private partial void NotDelivered(int count, string destination, SendClass @class, string? code);
}
