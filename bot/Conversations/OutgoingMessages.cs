using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Hands stored messages to channels that must be called (the web chat reads the rows itself). A message that a channel did not take stays due.</summary>
public sealed partial class OutgoingMessages(
    IDbContextFactory<OutreachDb> databases, ChannelSet channels, TimeProvider clock, ILogger<OutgoingMessages> logger) : IDueWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);      // later than that an answer only confuses
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);       // the turn itself is still sending

    public string Name => "unsent-messages";

    /// <summary>Whether a channel must be called; the others read the rows, so theirs count as sent when they are written.</summary>
    public bool MustSend(string channel) => channels.Find(channel) is { Capabilities.ReadsStoredMessages: false };

    /// <summary>Sends what this conversation has unsent, in order; stops at the first that the channel does not take.</summary>
    public async Task SendAsync(long conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking().SingleAsync(c => c.Id == conversationId, cancellationToken);
        if (channels.Find(conversation.Channel) is not { Capabilities.ReadsStoredMessages: false } channel)
            return;
        var reference = JsonSerializer.Deserialize(conversation.Reference, ActivityJson.Default.ConversationReference)!;
        var since = clock.GetUtcNow() - Patience;
        var unsent = await db.Messages.AsNoTracking().Where(m => m.ConversationId == conversationId && m.SentAt == null && m.From != Speaker.Owner && m.At > since)
            .OrderBy(m => m.Sequence).ToListAsync(cancellationToken);
        foreach (var message in unsent)
        {
            var activity = JsonSerializer.Deserialize(message.Activity, ActivityJson.Default.Activity)!;
            var answer = await channel.SendAsync(reference, activity, $"message/{conversationId}/{message.Sequence}", cancellationToken);
            if (!IsOver(answer.Class, channel.Capabilities))
            {
                NotTaken(message.Id, answer.Class);
                return;
            }
            var now = clock.GetUtcNow();
            await db.WriteAsync(() => db.Messages.Where(m => m.Id == message.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, now), CancellationToken.None), CancellationToken.None);
        }
    }

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var called = channels.All.Where(channel => !channel.Capabilities.ReadsStoredMessages).Select(channel => channel.Id).ToList();
        if (called.Count == 0)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (since, until) = (clock.GetUtcNow() - Patience, clock.GetUtcNow() - Rest);
        var waiting = await db.Messages.Where(m => m.SentAt == null && m.From != Speaker.Owner && m.At > since && m.At < until)
            .Join(db.Conversations.Where(c => called.Contains(c.Channel)), m => m.ConversationId, c => c.Id, (m, c) => c.Id)
            .Distinct().Take(100).ToListAsync(cancellationToken);
        foreach (var conversation in waiting)
            await SendAsync(conversation, cancellationToken);
    }

    /// <summary>Written without an answer counts as sent, unless the channel forgets doubles: an answer twice is worse than one that the person asks for again.</summary>
    private static bool IsOver(SendClass answer, ChannelCapabilities capabilities) => answer switch
    {
        SendClass.Ok or SendClass.RecipientGone or SendClass.WindowClosed or SendClass.ContentRejected => true,
        SendClass.AmbiguousSent => !capabilities.Idempotent,
        SendClass.Transient or SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.AuthExpired or SendClass.ConfigError => false,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} was not taken by its channel ({Answer}) and stays due")]
    private partial void NotTaken(long messageId, SendClass answer);
}
