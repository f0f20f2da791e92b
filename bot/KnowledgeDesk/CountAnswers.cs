using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>Counts the bot's answers a minute after they were given, beside the turns and without their words.</summary>
internal sealed class CountAnswers(IDbContextFactory<OutreachDb> databases, CityClock city) : IDueWork
{
    private const int Batch = 500;
    private const int BatchesAtOnce = 10;
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);      // by then every message with a smaller number is committed too

    public string Name => "answer-counts";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        for (var i = 0; i < BatchesAtOnce && await CountAsync(db, cancellationToken) == Batch; i++)
            db.ChangeTracker.Clear();
    }

    /// <returns>How many messages were looked at.</returns>
    private async Task<int> CountAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var from = await db.AnswerCountMarks.Select(m => (long?)m.MessageId).SingleOrDefaultAsync(cancellationToken) ?? 0;
        var until = city.UtcNow - Settled;
        var contacts = db.Contacts;
        var conversations = db.Conversations;
        var rows = await (from message in db.Messages.AsNoTracking()
                          join conversation in conversations on message.ConversationId equals conversation.Id
                          join contact in contacts on conversation.ContactId equals contact.Id
                          where message.Id > @from && message.At <= until && message.From == Speaker.Bot
                          orderby message.Id
                          select new { message.Id, message.At, message.Activity, conversation.Channel, contact.CommunityId }).Take(Batch).ToListAsync(cancellationToken);
        if (rows.Count == 0)
            return 0;
        var counted = rows.Select(row => (Key: AnswerOf(row.Activity), row.At, row.Channel, row.CommunityId)).Where(row => row.Key is not null)
            .GroupBy(row => (Day: city.DateOf(row.At), Community: row.CommunityId ?? 0, row.Channel, row.Key!.Kind, row.Key.ArticleId, row.Key.Confidence)).ToList();
        await db.WriteAsync(async () =>
        {
            var mark = await db.AnswerCountMarks.SingleOrDefaultAsync(cancellationToken);
            if ((mark?.MessageId ?? 0) != from)
                return;         // another node counted them
            if (mark is null)
                db.AnswerCountMarks.Add(new AnswerCountMark { MessageId = rows[^1].Id });
            else
                mark.MessageId = rows[^1].Id;
            foreach (var group in counted)
            {
                var (day, community, channel, kind, article, confidence) = group.Key;
                var known = await db.AnswerCounts.SingleOrDefaultAsync(c => c.Day == day && c.CommunityId == community && c.Channel == channel && c.Kind == kind
                    && c.ArticleId == article && c.Confidence == confidence, cancellationToken);
                if (known is not null)
                    known.Answers += group.Count();
                else
                    db.AnswerCounts.Add(new AnswerCount
                    {
                        Day = day,
                        CommunityId = community,
                        Channel = channel,
                        Kind = kind,
                        ArticleId = article,
                        Confidence = confidence,
                        Answers = group.Count(),
                    });
            }
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return rows.Count;
    }

    private static Counted? AnswerOf(string activity) =>
        JsonSerializer.Deserialize(activity, ActivityJson.Default.Activity)?.ChannelData is { ValueKind: JsonValueKind.Object } data
        && data.Deserialize(AnswerJson.Default.AnswerChannelData)?.Answer is { } answer
            ? new(answer.Kind, answer.ArticleId ?? "", answer.Confidence is { } sure ? Math.Clamp((int)(sure * 5), 0, 4) : AnswerCount.NoConfidence)
            : null;

    private sealed record Counted(AnswerKind Kind, string ArticleId, int Confidence);
}
