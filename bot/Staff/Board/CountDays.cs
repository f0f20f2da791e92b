using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Counts each day of the city once it is over; after a start the days that were missed, a few at a time.</summary>
internal sealed class CountDays(IDbContextFactory<OutreachDb> databases, CityClock clock) : IDueWork
{
    /// <summary>Twelve weeks and the one that has begun.</summary>
    public const int Kept = 13 * 7;
    private const int DaysAtOnce = 14;

    private DateOnly _countedTo;

    public string Name => "daily-figures";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var yesterday = clock.Today.AddDays(-1);
        if (_countedTo >= yesterday)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var last = await db.DailyFigures.MaxAsync(f => (DateOnly?)f.Day, cancellationToken);
        var day = last is { } counted && counted >= yesterday.AddDays(-Kept) ? counted.AddDays(1) : yesterday.AddDays(1 - Kept);
        for (var n = 0; n < DaysAtOnce && day <= yesterday; n++, day = day.AddDays(1))
            await CountAsync(db, day, cancellationToken);
        _countedTo = day.AddDays(-1);
    }

    private async Task CountAsync(OutreachDb db, DateOnly day, CancellationToken cancellationToken)
    {
        var (from, to) = (clock.FromLocal(day.ToDateTime(TimeOnly.MinValue)), clock.FromLocal(day.AddDays(1).ToDateTime(TimeOnly.MinValue)));
        var conversations = db.Set<Conversation>();
        var contacts = db.Set<Contact>();
        var talks = await (from message in db.Messages
                           where message.From == Speaker.Owner && message.At >= @from && message.At < to
                           join conversation in conversations on message.ConversationId equals conversation.Id
                           join contact in contacts on conversation.ContactId equals contact.Id
                           group message by new { message.ConversationId, contact.CommunityId } into talk
                           select new { talk.Key.CommunityId, Messages = talk.Count() }).ToListAsync(cancellationToken);
        var leads = db.Set<Lead>();
        var signUps = await db.Leads.Where(l => l.CreatedAt >= from && l.CreatedAt < to && !leads.Any(earlier => earlier.ContactId == l.ContactId && earlier.Id < l.Id)).GroupBy(l => l.CommunityId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var byCommunity = talks.ToLookup(t => t.CommunityId ?? DailyFigure.Nowhere);
        var signed = signUps.ToDictionary(s => s.Key ?? DailyFigure.Nowhere, s => s.Count);
        db.DailyFigures.AddRange(byCommunity.Select(g => g.Key).Concat(signed.Keys).Append(DailyFigure.Nowhere).Distinct().Select(id => new DailyFigure
        {
            Day = day,
            CommunityId = id,
            Messages = byCommunity[id].Sum(t => t.Messages),
            Askers = byCommunity[id].Count(),
            SignUps = signed.GetValueOrDefault(id),
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }
}
