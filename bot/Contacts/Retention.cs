using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>What one room erases when its time is over. One per kind; a batch at a time, so that no write holds up the owners.</summary>
public interface IRetained
{
    RetentionKind Kind { get; }

    /// <summary>Erases up to about 500 due rows inside the caller's transaction. Returns how many: 0 when nothing is due.</summary>
    Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Erases what is due once a day and counts it. A run that is cut short goes on at the next tick; a day without a run is made up for at the next.</summary>
public sealed partial class Retention(IDbContextFactory<OutreachDb> databases, IEnumerable<IRetained> rules, TimeProvider clock, ILogger<Retention> logger) : IDueWork
{
    public string Name => "retention";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            if (await db.RetentionRuns.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is { } last && now < last.DoneAt.AddDays(1))
                return;
        foreach (var rule in rules)
            await EraseAsync(rule, now, cancellationToken);
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (await db.RetentionRuns.SingleOrDefaultAsync(cancellationToken) is { } run)
                run.DoneAt = now;
            else
                db.RetentionRuns.Add(new RetentionRun { DoneAt = now });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private async Task EraseAsync(IRetained rule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var total = 0;
        for (int erased; ; total += erased)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            erased = await db.WriteAsync(async () =>
            {
                var rows = await rule.EraseDueAsync(db, now, cancellationToken);
                await RetentionSets.AddAsync(db, rule.Kind, rows, clock, cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                return rows;
            }, cancellationToken);
            if (erased == 0)
                break;
        }
        if (total > 0)
            Erased(total, rule.Kind);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention erased {Count} rows of {Kind}")]
    private partial void Erased(int count, RetentionKind kind);
}

/// <summary>
/// People who had their data erased, a while ago and without a word since: their conversations go, and the contact's row keeps no identity, only a number that counts stay true.
/// </summary>
internal sealed class ErasedIdentities(OptOuts optOuts, IEnumerable<IErasable> rooms, Microsoft.Extensions.Options.IOptions<SiteOptions> site) : IRetained
{
    private const int Batch = 100;
    private const string Gone = "erased/";

    public RetentionKind Kind => RetentionKind.Identities;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddDays(-site.Value.Privacy.WithdrawnDays);
        var due = await db.Contacts.Where(c => c.ErasedAt != null && c.ErasedAt <= since && c.LastSeenAt <= since && !c.UserId.StartsWith(Gone)).OrderBy(c => c.Id).Take(Batch).ToListAsync(cancellationToken);
        foreach (var contact in due)
        {
            foreach (var room in rooms)
                await room.ForgetIdentityAsync(db, contact, cancellationToken);
            contact.ConversationId = null;
            contact.UserId = Gone + optOuts.HashOf(contact);
        }
        return due.Count;
    }
}
