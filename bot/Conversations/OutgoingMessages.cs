using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// Hands stored messages to channels that must be called (the web chat reads the rows itself). A row is claimed before the call, so that no message is handed over
/// twice; one that the channel did not take stays due.
/// </summary>
public sealed partial class OutgoingMessages(
    IDbContextFactory<OutreachDb> databases, ChannelSet channels, IServiceProvider services, TimeProvider clock, ILogger<OutgoingMessages> logger) : IDueWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);           // later than that the bot's answer only confuses
    private static readonly TimeSpan StaffPatience = TimeSpan.FromDays(7);       // what a person wrote waits for the owner's next message
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);            // the sending that the turn started is still at work
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Stands in <see cref="Message.ClaimedBy"/> of what went out inside the vendor's own call.</summary>
    public const string InResponse = "in-response";

    /// <summary>Likewise of what was written without an answer and may be written again.</summary>
    private const string Unsure = "unsure";

    public string Name => "unsent-messages";

    /// <summary>Whether a channel must be called; the others read the rows, so theirs count as sent when they are written.</summary>
    public bool MustSend(string channel) => channels.Find(channel) is { Capabilities.ReadsStoredMessages: false };

    /// <summary>Starts the sending of what this conversation has unsent, in order, and does not wait for it.</summary>
    public Task StartAsync(long conversationId) =>
        channels.All.Any(channel => !channel.Capabilities.ReadsStoredMessages) ? GrainOf(conversationId).SendAsync() : Task.CompletedTask;

    /// <summary>Sends what this conversation has unsent, in order; stops at the first that the channel does not take. Called by the conversation's <see cref="IOutgoingGrain"/> alone.</summary>
    public async Task SendAsync(long conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking().SingleAsync(c => c.Id == conversationId, cancellationToken);
        if (channels.Find(conversation.Channel) is not { Capabilities.ReadsStoredMessages: false } channel)
            return;
        var reference = JsonSerializer.Deserialize(conversation.Reference, ActivityJson.Default.ConversationReference)!;
        // What must wait holds back what came after it: the order stays, and the vendor is not asked again too early.
        foreach (var message in await Unsent(db, clock.GetUtcNow()).Where(m => m.ConversationId == conversationId).OrderBy(m => m.Sequence).ToListAsync(cancellationToken))
        {
            if (message.NotBefore > clock.GetUtcNow())
                return;
            // Claimed and never ended, or written without an answer: whether the person has it nobody knows.
            if (message.ClaimedBy is not null && !MayRepeat(message, channel.Capabilities))
            {
                LeftUnknown(message.Id);
                await EndAsync(db, message.Id, message.ClaimedBy);
                continue;
            }
            if (!await TryClaimAsync(db, message, cancellationToken))
                return;
            var activity = JsonSerializer.Deserialize(message.Activity, ActivityJson.Default.Activity)!;
            var answer = await channel.SendAsync(reference, activity, message.OutgoingKey ?? $"message/{conversationId}/{message.Sequence}", CancellationToken.None);
            if (!IsOver(answer.Class, MayRepeat(message, channel.Capabilities)))
            {
                NotTaken(message.Id, answer.Class);
                await ReleaseAsync(db, message, answer);
                return;
            }
            await EndAsync(db, message.Id, Epoch.Current);
        }
    }

    /// <summary>
    /// The answers of a turn for a channel that carries them in its own response: those that nobody is sending count as sent so. A repeated call gets them again.
    /// </summary>
    public async Task<IReadOnlyList<Activity>> TakeAsync(TurnReceipt receipt, CancellationToken cancellationToken)
    {
        if (receipt.Replies.Count == 0)
            return [];
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (conversation, replies) = (receipt.ConversationId, receipt.Replies);
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Messages.Where(m => m.ConversationId == conversation && replies.Contains(m.Sequence) && m.SentAt == null && m.ClaimedBy == null)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, now).SetProperty(m => m.ClaimedBy, InResponse), CancellationToken.None), CancellationToken.None);
        var rows = await db.Messages.AsNoTracking().Where(m => m.ConversationId == conversation && replies.Contains(m.Sequence) && m.ClaimedBy == InResponse)
            .OrderBy(m => m.Sequence).Select(m => m.Activity).ToListAsync(cancellationToken);
        return [.. rows.Select(row => JsonSerializer.Deserialize(row, ActivityJson.Default.Activity)!)];
    }

    /// <summary>Answers that a turn counted as carried and whose response went out without them: back to be sent, unless a repeated call took them meanwhile.</summary>
    public async Task GiveBackAsync(TurnReceipt receipt, CancellationToken cancellationToken)
    {
        if (receipt.Carried.Count == 0)
            return;
        var (conversation, carried) = (receipt.ConversationId, receipt.Replies.Take(receipt.Carried.Count).ToList());
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WriteAsync(() => db.Messages.Where(m => m.ConversationId == conversation && carried.Contains(m.Sequence) && m.ClaimedBy == InResponse)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, (DateTimeOffset?)null).SetProperty(m => m.ClaimedBy, (string?)null), cancellationToken), cancellationToken);
    }

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var called = channels.All.Where(channel => !channel.Capabilities.ReadsStoredMessages).Select(channel => channel.Id).ToList();
        if (called.Count == 0)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var until = now - Rest;
        var waiting = await Unsent(db, now).Where(m => m.At < until && (m.RetryAt == null || m.RetryAt <= now))
            .Join(db.Conversations.Where(c => called.Contains(c.Channel)), m => m.ConversationId, c => c.Id, (m, c) => c.Id)
            .Distinct().Take(100).ToListAsync(cancellationToken);
        foreach (var conversation in waiting)
            await GrainOf(conversation).SendAsync();
    }

    private static IQueryable<Message> Unsent(OutreachDb db, DateTimeOffset now)
    {
        var (bot, staff) = (now - Patience, now - StaffPatience);
        return db.Messages.AsNoTracking().Where(m => m.SentAt == null && m.From != Speaker.Owner
            && (m.At > bot || (m.From == Speaker.Staff && m.At > staff)) && m.ClaimedBy != Epoch.Current);
    }

    private static async Task<bool> TryClaimAsync(OutreachDb db, Message message, CancellationToken cancellationToken) =>
        await db.WriteAsync(() => db.Messages.Where(m => m.Id == message.Id && m.SentAt == null && m.ClaimedBy == message.ClaimedBy)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.ClaimedBy, Epoch.Current), cancellationToken), cancellationToken) == 1;

    private async Task EndAsync(OutreachDb db, long id, string claim)
    {
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Messages.Where(m => m.Id == id && m.ClaimedBy == claim)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, now).SetProperty(m => m.ClaimedBy, (string?)null), CancellationToken.None), CancellationToken.None);
    }

    /// <summary>Back in the queue: soon where the vendor is in trouble, only with the person's next message where the window is closed.</summary>
    private async Task ReleaseAsync(OutreachDb db, Message message, SendResult answer)
    {
        var now = clock.GetUtcNow();
        var again = answer.Class == SendClass.WindowClosed ? now + StaffPatience : now + (answer.RetryAfter ?? Pause);
        DateTimeOffset? notBefore = answer.Class is SendClass.RateLimited or SendClass.QuotaExhausted ? again : null;
        await db.WriteAsync(() => db.Messages.Where(m => m.Id == message.Id && m.ClaimedBy == Epoch.Current)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.ClaimedBy, answer.Class == SendClass.AmbiguousSent ? Unsure : null).SetProperty(m => m.RetryAt, again).SetProperty(m => m.NotBefore, notBefore), CancellationToken.None), CancellationToken.None);
    }

    /// <summary>Written without an answer counts as sent, unless the channel forgets doubles: an answer twice is worse than one that the person asks for again.</summary>
    private static bool IsOver(SendClass answer, bool mayRepeat) => answer switch
    {
        SendClass.Ok or SendClass.RecipientGone or SendClass.ContentRejected => true,
        SendClass.AmbiguousSent => !mayRepeat,
        SendClass.Transient or SendClass.RateLimited or SendClass.QuotaExhausted or SendClass.AuthExpired or SendClass.ConfigError or SendClass.WindowClosed => false,
    };

    /// <summary>Whether the channel still knows the message's key from the first time; no try is older than the message.</summary>
    private bool MayRepeat(Message message, ChannelCapabilities capabilities) =>
        capabilities.Idempotent || (capabilities.RemembersKeysFor is { } remembered && clock.GetUtcNow() < message.At + remembered);

    /// <summary>Commands have no silo: grains are asked for when there is something to send, not before.</summary>
    private IOutgoingGrain GrainOf(long conversationId) => services.GetRequiredService<IGrainFactory>().GetGrain<IOutgoingGrain>(conversationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} was not taken by its channel ({Answer}) and stays due")]
    private partial void NotTaken(long messageId, SendClass answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} was being sent when its process died; whether it arrived is unknown, and it is not sent again")]
    private partial void LeftUnknown(long messageId);
}
