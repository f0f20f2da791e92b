using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// Runs turns. What a message means is found before the transaction; the transaction holds the inbound row with its dedupe key, the state,
/// what the turn caused and the outgoing rows, and no call to the outside. With a language model a turn is rehearsed first and taken back: the model is asked,
/// between the two, only where the rehearsal ended in the knowledge base.
/// </summary>
internal sealed partial class ConversationTurns(
    IDbContextFactory<OutreachDb> databases, OwnerBot bot, ConversationLog log, MessageFeed feed, OutgoingMessages outgoing, ChannelSet channels,
    OptOuts optOuts, ThinkWithModel model, CityClock city, TimeProvider clock, ILogger<ConversationTurns> logger)
{
    private const int LongestStored = 6000;     // characters; longer ones are answered with the wish to send less
    private const int Attempts = 2;     // staff may change the same lead in the moment between: once more over fresh rows

    public async Task<TurnRun> RunAsync(InboundActivity inbound, TurnMemory memory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var run = await RunOnceAsync(inbound, memory, cancellationToken);
                if (run.Receipt.Outcome == TurnOutcome.Answered)
                    feed.Publish(run.Receipt.ConversationId);
                return run;
            }
            catch (DbUpdateException e) when (attempt < Attempts)
            {
                memory.Forget();
                TriedAgain(e);
            }
#pragma warning disable CA1031 // the edge of a turn: whatever failed, nothing of it is stored and the channel says so
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                memory.Forget();
                TurnFailed(e);
                return new(new(TurnOutcome.Failed, 0, 0, []), null);
            }
        }
    }

    private async Task<TurnRun> RunOnceAsync(InboundActivity inbound, TurnMemory memory, CancellationToken cancellationToken)
    {
        var activity = JsonSerializer.Deserialize(inbound.Activity, ActivityJson.Default.Activity)!;
        var reference = JsonSerializer.Deserialize(inbound.Reference, ActivityJson.Default.ConversationReference)!;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (memory.State is null)
            memory.Learn(await ReadStateAsync(db, reference, cancellationToken));
        var thought = bot.Think(activity, memory, clock.GetUtcNow());
        var message = new Incoming(inbound, activity, reference);
        if (model.IsOn && thought.Asked is not null)
        {
            var rehearsal = await RehearseAsync(message, memory, thought, cancellationToken);
            if (rehearsal.Before is not null)
                return new(rehearsal.Before, null);
            thought = rehearsal.Question is null ? rehearsal.Thought : await model.ThinkAsync(rehearsal.Thought, rehearsal.Question, DraftsOf(reference), cancellationToken);
        }

        return await db.WriteAsync(async () =>
        {
            var (before, turn) = await OpenTurnAsync(db, message, memory, thought, cancellationToken);
            if (turn is null)
                return new(before!, null);
            await bot.OnTurnAsync(turn, cancellationToken);
            return await CommitAsync(turn, inbound, memory, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>One question from somebody new, through all that a turn goes through, and taken back: the first turn of a process takes a hundred times as long as the next.</summary>
    public async Task RehearseAsync(string question, CancellationToken cancellationToken)
    {
        var reference = new ConversationReference { ChannelId = "console", Account = "rehearsal", ConversationId = "rehearsal", UserId = "rehearsal" };
        var activity = new Activity { Type = ActivityTypes.Message, Text = question, From = new() { Id = reference.UserId, Role = "user" } };
        var inbound = new InboundActivity(JsonSerializer.Serialize(reference, ActivityJson.Default.ConversationReference), JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), "rehearsal");
        var memory = new TurnMemory();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        memory.Learn(await ReadStateAsync(db, reference, cancellationToken));
        var thought = bot.Think(activity, memory, clock.GetUtcNow());
        await db.RehearseAsync(async () =>
        {
            if ((await OpenTurnAsync(db, new(inbound, activity, reference), memory, thought, cancellationToken)).Turn is not { } turn)
                return null;
            await bot.OnTurnAsync(turn, cancellationToken);
            return await CommitAsync(turn, inbound, memory, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Where a growing answer can be watched; null: nowhere.</summary>
    private Func<string, Task>? DraftsOf(ConversationReference reference) =>
        channels.Find(reference.ChannelId) is IDraftChannel { Capabilities.ShowsDrafts: true } channel ? text => channel.ShowDraftAsync(reference, text, CancellationToken.None) : null;

    /// <summary>Runs the turn without a trace, to know whether it asks the knowledge base, and which words may leave the house for it.</summary>
    private async Task<Rehearsal> RehearseAsync(Incoming message, TurnMemory memory, Thought thought, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.RehearseAsync(async () =>
        {
            var (before, turn) = await OpenTurnAsync(db, message, memory, thought, cancellationToken);
            if (turn is null)
                return new(before, thought, null);
            await bot.OnTurnAsync(turn, cancellationToken);
            return new Rehearsal(null, turn.Thought, turn.AnswersFromKnowledge is { } style ? new(await model.WordsOfAsync(turn, cancellationToken), style) : null);
        }, cancellationToken);
    }

    /// <summary>The rows of a turn. When the message was answered before: that answer, and no turn.</summary>
    private async Task<(TurnReceipt? Before, Turn? Turn)> OpenTurnAsync(OutreachDb db, Incoming message, TurnMemory memory, Thought thought, CancellationToken cancellationToken)
    {
        var (conversation, contact) = await OpenAsync(db, message.Reference, message.Inbound.Reference, cancellationToken);
        if (message.Inbound.InboundKey is { } key && await FindAsync(db, conversation.Id, key, cancellationToken) is { } before)
            return (before, null);

        if (conversation.State != memory.StateJson || contact.CommunityId != memory.CommunityId)
        {
            memory.Learn(new(conversation.State, contact.CommunityId));
            thought = bot.Think(message.Activity, memory, clock.GetUtcNow());
        }
        return (null, new()
        {
            Activity = message.Activity,
            Capabilities = channels.CapabilitiesOf(message.Reference.ChannelId, message.Reference.Account) ?? Console,
            Db = db,
            Conversation = conversation,
            Contact = contact,
            Now = clock.GetUtcNow(),
            Thought = thought,
            State = memory.State!,
            Handover = await db.Handovers.SingleOrDefaultAsync(h => h.ConversationId == conversation.Id && h.ClosedAt == null, cancellationToken),
            DueAt = conversation.DueAt,
        });
    }

    /// <summary>Does what is due in a conversation without a message.</summary>
    public async Task WakeAsync(long conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var spoke = await db.WriteAsync(async () =>
        {
            var conversation = await db.Conversations.SingleOrDefaultAsync(c => c.Id == conversationId, cancellationToken);
            if (conversation?.DueAt is not { } dueAt || dueAt > clock.GetUtcNow())
                return false;
            var (state, next, reminder) = FormReminder.Due(ConversationState.Parse(conversation.State), city.ToLocal(clock.GetUtcNow()));
            conversation.State = state.ToJson();
            conversation.DueAt = next;
            if (reminder is not null)
            {
                var activity = Turn.ToActivity(reminder, Shown.AsText) with { From = Bot, Conversation = new() { Id = conversation.ChannelConversationId } };
                var message = log.Append(db, conversation, Speaker.Bot, activity, outgoingKey: null, staffId: null, replyTo: null, inboundKey: null);
                message.SentAt = outgoing.MustSend(conversation.Channel) ? null : clock.GetUtcNow();
            }
            await db.SaveChangesAsync(cancellationToken);
            return reminder is not null;
        }, cancellationToken);
        if (!spoke)
            return;
        feed.Publish(conversationId);
        await outgoing.StartAsync(conversationId);
    }

    private async Task<TurnRun> CommitAsync(Turn turn, InboundActivity inbound, TurnMemory memory, CancellationToken cancellationToken)
    {
        var (db, conversation) = (turn.Db, turn.Conversation);
        var isStored = turn.Activity.Type is ActivityTypes.Message or ActivityTypes.Event;
        if (isStored)
            log.Append(db, conversation, Speaker.Owner, Stored(turn), outgoingKey: null, staffId: null, replyTo: null, inbound.InboundKey);
        var sequence = conversation.LastSequence;
        var sentByChannel = outgoing.MustSend(conversation.Channel);
        var replies = new List<int>();
        foreach (var activity in turn.Outgoing)
        {
            var message = log.Append(db, conversation, Speaker.Bot, Addressed(activity, turn), outgoingKey: null, staffId: null, isStored ? sequence : null, inboundKey: null);
            message.SentAt = sentByChannel ? null : turn.Now;
            replies.Add(message.Sequence);
        }

        var state = turn.State.ToJson();
        if (conversation.State != state)
            conversation.State = state;
        conversation.DueAt = turn.DueAt;
        await db.SaveChangesAsync(cancellationToken);
        memory.Learn(new(state, turn.Contact.CommunityId));
        return new(new(TurnOutcome.Answered, conversation.Id, sequence, replies), turn.Result);
    }

    /// <summary>The message as it is kept: what a person said to staff as it was, what was said to the bot without what points to a person.</summary>
    private static Activity Stored(Turn turn)
    {
        if (turn.Activity.Text is not { Length: > 0 } text || (turn.Handover is { ClosedAt: null } && text.Length <= LongestStored))
            return turn.Activity;
        var redacted = Redact.Text(text.Length <= LongestStored ? text : text[..LongestStored], turn.Personal);
        return redacted == text ? turn.Activity : turn.Activity with { Text = redacted, Value = null };
    }

    private static Activity Addressed(Activity activity, Turn turn) => activity with
    {
        From = Bot,
        Recipient = turn.Activity.From,
        ReplyToId = turn.Activity.Id,
        Conversation = new() { Id = turn.Conversation.ChannelConversationId },
    };

    private async Task<(Conversation, Contact)> OpenAsync(OutreachDb db, ConversationReference reference, string referenceJson, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var conversation = await db.Conversations.SingleOrDefaultAsync(
            c => c.Channel == reference.ChannelId && c.Account == reference.Account && c.ChannelConversationId == reference.ConversationId, cancellationToken);
        var contact = conversation is not null
            ? await db.Contacts.SingleAsync(c => c.Id == conversation.ContactId, cancellationToken)
            : await db.Contacts.SingleOrDefaultAsync(
                c => c.Channel == reference.ChannelId && c.Account == reference.Account && c.UserId == reference.UserId, cancellationToken);
        if (contact is null)
        {
            contact = new() { Channel = reference.ChannelId, Account = reference.Account, UserId = reference.UserId, CreatedAt = now, LastSeenAt = now };
            await optOuts.RestoreAsync(db, contact, cancellationToken);
            db.Contacts.Add(contact);
            await db.SaveChangesAsync(cancellationToken);
        }
        if (conversation is null)
        {
            conversation = new()
            {
                Channel = reference.ChannelId,
                Account = reference.Account,
                ChannelConversationId = reference.ConversationId,
                ContactId = contact.Id,
                CreatedAt = now,
                LastActiveAt = now,
                Reference = referenceJson,
            };
            db.Conversations.Add(conversation);
            await db.SaveChangesAsync(cancellationToken);
        }
        contact.LastSeenAt = now;
        contact.ConversationId = conversation.Id;
        contact.UnreachableSince = null;
        if (conversation.Reference != referenceJson)
            conversation.Reference = referenceJson;
        return (conversation, contact);
    }

    private static async Task<RememberedState> ReadStateAsync(OutreachDb db, ConversationReference reference, CancellationToken cancellationToken)
    {
        var row = await db.Conversations.AsNoTracking()
            .Where(c => c.Channel == reference.ChannelId && c.Account == reference.Account && c.ChannelConversationId == reference.ConversationId)
            .Select(c => new { c.State, Community = db.Set<Contact>().Where(contact => contact.Id == c.ContactId).Select(contact => contact.CommunityId).First() })
            .SingleOrDefaultAsync(cancellationToken);
        return new(row?.State, row?.Community);
    }

    private static async Task<TurnReceipt?> FindAsync(OutreachDb db, long conversationId, string inboundKey, CancellationToken cancellationToken)
    {
        var sequence = await db.Messages.Where(m => m.ConversationId == conversationId && m.InboundKey == inboundKey)
            .Select(m => (int?)m.Sequence).SingleOrDefaultAsync(cancellationToken);
        if (sequence is not { } found)
            return null;
        var replies = await db.Messages.Where(m => m.ConversationId == conversationId && m.ReplyTo == found)
            .OrderBy(m => m.Sequence).Select(m => m.Sequence).ToListAsync(cancellationToken);
        return new(TurnOutcome.Duplicate, conversationId, found, replies);
    }

    internal static ChannelAccount Bot { get; } = new() { Id = "bot", Name = "业委会助手", Role = "bot" };

    /// <summary>The command line: nobody sends, everything is shown.</summary>
    private static readonly ChannelCapabilities Console = new() { Buttons = true, ReadsStoredMessages = true };

    private sealed record Incoming(InboundActivity Inbound, Activity Activity, ConversationReference Reference);

    /// <param name="Before">The message was answered before.</param>
    /// <param name="Question">What may be asked of the model; null: the turn does not ask the knowledge base.</param>
    private sealed record Rehearsal(TurnReceipt? Before, Thought Thought, KnowledgeQuestion? Question);

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn failed; nothing of it was stored")]
    private partial void TurnFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "A turn met a row that changed meanwhile and runs again")]
    private partial void TriedAgain(Exception exception);
}

/// <param name="Result">The contract of the answer; null when nothing was said, or the turn ran before.</param>
internal sealed record TurnRun(TurnReceipt Receipt, AnswerResult? Result);

/// <param name="Json">As it stands in the row.</param>
internal sealed record RememberedState(string? Json, long? CommunityId);

/// <summary>What a grain keeps between turns: a cache of rows that may vanish.</summary>
internal sealed class TurnMemory
{
    public ConversationState? State { get; private set; }
    public string? StateJson { get; private set; }
    public long? CommunityId { get; private set; }

    /// <summary>Of a conversation that certainly has no row yet: there is nothing to read.</summary>
    public static TurnMemory OfNewConversation()
    {
        var memory = new TurnMemory();
        memory.Learn(new(null, null));
        return memory;
    }

    public void Learn(RememberedState read)
    {
        State = ConversationState.Parse(read.Json);
        StateJson = read.Json;
        CommunityId = read.CommunityId;
    }

    public void Forget() => State = null;
}
