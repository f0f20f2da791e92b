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
