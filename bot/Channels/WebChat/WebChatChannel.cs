using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WebChat;

/// <summary>
/// The web chat as a channel: sending is writing a row, which the open page reads at once and a closed one at its next visit. So a message is sent when it is
/// committed, and the unique key of conversation and idempotency key makes a second copy impossible.
/// </summary>
internal sealed class WebChatChannel(IDbContextFactory<OutreachDb> databases, ConversationLog log, MessageFeed feed, StreamHub streams, TimeProvider clock) : IDraftChannel
{
    public const string ChannelId = "webchat";
    public const string Account = "default";
    public const string BotId = "outreach";

    public string Id => ChannelId;

    public ChannelCapabilities Capabilities { get; } = new()
    {
        Buttons = true,
        Cards = true,
        Pictures = PictureMeans.Inline,
        MarkedText = true,
        Proactive = true,
        Idempotent = true,
        ShowsDrafts = true,
        ReadsStoredMessages = true,
    };

    /// <summary>A typing activity with the text so far, to the open page; clients that know only the bare one show that the bot is typing.</summary>
    public async Task ShowDraftAsync(ConversationReference to, string text, CancellationToken cancellationToken)
    {
        if (streams.Find(to.ConversationId) is not { } stream)
            return;
        var draft = new Activity { Type = ActivityTypes.Typing, Text = text, From = new() { Id = BotId, Role = "bot" }, ChannelId = ChannelId, Conversation = new() { Id = to.ConversationId } };
        try
        {
            await stream.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new ActivitySet([draft], null), WebChatJson.Wire.ActivitySet), cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The page closed; the answer is in the rows when it comes back.
        }
    }

    public async Task<SendResult> SendAsync(ConversationReference to, Activity activity, string idempotencyKey, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking()
            .Where(c => c.Channel == ChannelId && c.Account == to.Account && c.ChannelConversationId == to.ConversationId)
            .Select(c => new { c.Id })
            .SingleOrDefaultAsync(cancellationToken);
        if (conversation is null)
            return new(SendClass.RecipientGone);

        int? sequence;
        try
        {
            sequence = await db.WriteAsync(async () =>
            {
                var message = await log.AppendAsync(db, conversation.Id, Speaker.Bot, activity, idempotencyKey, staffId: null, cancellationToken);
                if (message is null)
                    return (int?)null;
                message.SentAt = clock.GetUtcNow();
                await db.SaveChangesAsync(cancellationToken);
                return message.Sequence;
            }, cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another node wrote into this conversation at the same moment: nothing of ours was committed.
            return new(SendClass.Transient);
        }
        sequence ??= await db.Messages.AsNoTracking().Where(m => m.ConversationId == conversation.Id && m.OutgoingKey == idempotencyKey)
            .Select(m => m.Sequence).SingleAsync(cancellationToken);
        feed.Publish(conversation.Id);
        return new(SendClass.Ok, ActivityIdOf(to.ConversationId, sequence.Value));
    }

    /// <summary>The id of a message on the wire: increasing within the conversation.</summary>
    public static string ActivityIdOf(string conversationId, int sequence) => string.Create(CultureInfo.InvariantCulture, $"{conversationId}|{sequence:D7}");
}
