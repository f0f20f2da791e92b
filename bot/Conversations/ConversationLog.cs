using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Appends messages to a conversation: the one place that gives out sequence numbers.</summary>
public sealed class ConversationLog(TimeProvider clock)
{
    /// <summary>
    /// Adds one outgoing message under <paramref name="outgoingKey"/>; the caller commits (inside <see cref="OutreachDb.WriteAsync{T}"/>) and then publishes to <see cref="MessageFeed"/>.
    /// </summary>
    /// <returns>The new row, or null when the key is there already: the message was written before.</returns>
    public async Task<Message?> AppendAsync(OutreachDb db, long conversationId, Speaker from, Activity activity, string? outgoingKey, string? staffId, CancellationToken cancellationToken)
    {
        if (outgoingKey is not null && await db.Messages.AnyAsync(m => m.ConversationId == conversationId && m.OutgoingKey == outgoingKey, cancellationToken))
            return null;
        var conversation = await db.Conversations.SingleAsync(c => c.Id == conversationId, cancellationToken);
        return Append(db, conversation, from, activity, outgoingKey, staffId, replyTo: null, inboundKey: null);
    }

    /// <summary>
    /// Writes messages that the bot sent to many conversations, inside the caller's <see cref="OutreachDb.WriteAsync{T}"/>: by plain SQL, and equal activities are encrypted
    /// once. What is there already under its key stays as it is.
    /// </summary>
    /// <returns>The conversations that have a new message.</returns>
    public async Task<List<long>> AppendSentAsync(OutreachDb db, IReadOnlyList<SentMessage> messages)
    {
        if (messages.Count == 0)
            return [];
        var now = clock.GetUtcNow();
        await using var count = new RowStatement<Message>(db,
            """
            UPDATE "Conversations" SET "LastSequence" = "LastSequence" + 1, "LastActiveAt" = @At
            WHERE "Id" = @ConversationId AND NOT EXISTS (SELECT 1 FROM "Messages" WHERE "ConversationId" = @ConversationId AND "OutgoingKey" = @OutgoingKey)
            """, nameof(Message.ConversationId), nameof(Message.OutgoingKey), nameof(Message.At));
        await using var insert = new RowStatement<Message>(db,
            """
            INSERT INTO "Messages" ("ConversationId", "Sequence", "From", "At", "Activity", "OutgoingKey", "SentAt")
            SELECT "Id", "LastSequence", @From, @At, @Activity, @OutgoingKey, @At FROM "Conversations" WHERE "Id" = @ConversationId
            """, nameof(Message.ConversationId), nameof(Message.From), nameof(Message.At), nameof(Message.Activity), nameof(Message.OutgoingKey));
        (count[nameof(Message.At)], insert[nameof(Message.At)], insert[nameof(Message.From)]) = (now, now, Speaker.Bot);
        var stored = new Dictionary<Activity, object>(ReferenceEqualityComparer.Instance);
        var told = new List<long>(messages.Count);
        foreach (var (conversationId, key, activity) in messages)
        {
            (count[nameof(Message.ConversationId)], count[nameof(Message.OutgoingKey)]) = (conversationId, key);
            if (await count.RunAsync() == 0)
                continue;
            if (!stored.TryGetValue(activity, out var text))
                stored[activity] = text = insert.Convert(nameof(Message.Activity), JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity));
            (insert[nameof(Message.ConversationId)], insert[nameof(Message.OutgoingKey)]) = (conversationId, key);
            insert.Stored(nameof(Message.Activity), text);
            await insert.RunAsync();
            told.Add(conversationId);
        }
        return told;
    }

    /// <summary>Adds one message to a tracked conversation within the caller's transaction.</summary>
    public Message Append(OutreachDb db, Conversation conversation, Speaker from, Activity activity, string? outgoingKey, string? staffId, int? replyTo, string? inboundKey)
    {
        var now = clock.GetUtcNow();
        conversation.LastSequence++;
        conversation.LastActiveAt = now;
        var message = new Message
        {
            ConversationId = conversation.Id,
            Sequence = conversation.LastSequence,
            From = from,
            At = now,
            Activity = JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity),
            InboundKey = inboundKey,
            ReplyTo = replyTo,
            OutgoingKey = outgoingKey,
            StaffId = staffId,
        };
        db.Messages.Add(message);
        return message;
    }
}

/// <summary>A message that has left the house, or does so by being written.</summary>
/// <param name="Key">Its <see cref="Message.OutgoingKey"/>.</param>
/// <param name="Activity">The same object for all who read the same words.</param>
public readonly record struct SentMessage(long ConversationId, string Key, Activity Activity);
