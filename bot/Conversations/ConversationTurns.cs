using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// Runs turns. What a turn reads and thinks stands before its transaction, which begins with its first write; the transaction holds the inbound row with its dedupe key,
/// the state, what the turn caused and the outgoing rows, and no call to the outside. A row that another changed meanwhile is met by a unique key or a concurrency token,
/// and the turn runs anew. With a language model a turn is rehearsed first and taken back: the model is asked, between the two, only where the rehearsal ended in the knowledge base.
/// </summary>
internal sealed partial class ConversationTurns(
    IDbContextFactory<OutreachDb> databases, OwnerBot bot, ConversationLog log, MessageFeed feed, OutgoingMessages outgoing, ChannelSet channels,
    OptOuts optOuts, ThinkWithModel model, CityClock city, TimeProvider clock, ILogger<ConversationTurns> logger)
{
    private const int LongestStored = 6000;     // characters; longer ones are answered with the wish to send less
    private const int Attempts = 4;     // staff may write into the same conversation or change the same lead in the moment between: again over fresh rows

    // What every turn asks.
    private readonly CompiledFor<Func<OutreachDb, string, string, string, string, DateTimeOffset, CancellationToken, Task<Found?>>> _find = new(() => EF.CompileAsyncQuery(
        (OutreachDb db, string channel, string account, string conversation, string inboundKey, DateTimeOffset noticesSince, CancellationToken cancellationToken) =>
            (from c in db.Set<Conversation>()
             where c.Channel == channel && c.Account == account && c.ChannelConversationId == conversation
             join contact in db.Set<Contact>() on c.ContactId equals contact.Id
             join h in db.Set<Handover>().Where(h => h.ClosedAt == null) on c.Id equals h.ConversationId into handovers
             from handover in handovers.DefaultIfEmpty()
             select new Found(c, contact, handover,
                 db.Set<Message>().Where(m => m.ConversationId == c.Id && m.InboundKey == inboundKey).Select(m => (int?)m.Sequence).FirstOrDefault(),
                 db.Set<Message>().Any(m => m.ConversationId == c.Id && m.SentAt == null && m.From != Speaker.Owner),
                 db.Set<Message>().Any(m => m.ConversationId == c.Id && m.OutgoingKey != null && m.OutgoingKey.StartsWith(RecentNotice.KeyPrefix) && m.At > noticesSince)))
            .SingleOrDefault()));

    public async Task<TurnRun> RunAsync(InboundActivity inbound, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var run = await RunOnceAsync(inbound, cancellationToken);
                if (run.Receipt.Outcome == TurnOutcome.Answered)
                    feed.Publish(run.Receipt.ConversationId);
                return run;
            }
            catch (DbUpdateException e) when (attempt < Attempts)
            {
                TriedAgain(e);
            }
#pragma warning disable CA1031 // the edge of a turn: whatever failed, nothing of it is stored and the channel says so
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                TurnFailed(e);
                return new(new(TurnOutcome.Failed, 0, 0, []), null);
            }
        }
    }

    private async Task<TurnRun> RunOnceAsync(InboundActivity inbound, CancellationToken cancellationToken)
    {
        var message = new Incoming(
            inbound,
            JsonSerializer.Deserialize(inbound.Activity, ActivityJson.Default.Activity)!,
            JsonSerializer.Deserialize(inbound.Reference, ActivityJson.Default.ConversationReference)!);
        Prepared? prepared = null;
        if (model.IsOn && message.Activity.Type == ActivityTypes.Message)
        {
            var rehearsal = await RehearseAsync(message, cancellationToken);
            if (rehearsal.Before is not null)
                return new(rehearsal.Before, null);
            prepared = rehearsal.Prepared!;
            if (rehearsal.Question is { } question)
                prepared = prepared with { Thought = await model.ThinkAsync(prepared.Thought, question, DraftsOf(message.Reference), cancellationToken) };
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ReadThenWriteAsync(async () =>
        {
            var (before, turn) = await OpenTurnAsync(db, message, prepared, cancellationToken);
            if (turn is null)
                return new(before!, null);
            await bot.OnTurnAsync(turn, cancellationToken);
            return await CommitAsync(turn, inbound, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>One question from somebody new, through all that a turn goes through, and taken back: the first turn of a process takes a hundred times as long as the next.</summary>
    public async Task RehearseAsync(string question, CancellationToken cancellationToken)
    {
        var reference = new ConversationReference { ChannelId = "console", Account = "rehearsal", ConversationId = "rehearsal", UserId = "rehearsal" };
        var activity = new Activity { Type = ActivityTypes.Message, Text = question, From = new() { Id = reference.UserId, Role = "user" } };
        var inbound = new InboundActivity(JsonSerializer.Serialize(reference, ActivityJson.Default.ConversationReference), JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), "rehearsal");
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.RehearseAsync(async () =>
        {
            if ((await OpenTurnAsync(db, new(inbound, activity, reference), prepared: null, cancellationToken)).Turn is not { } turn)
                return null;
            await bot.OnTurnAsync(turn, cancellationToken);
            return await CommitAsync(turn, inbound, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Where a growing answer can be watched; null: nowhere.</summary>
    private Func<string, Task>? DraftsOf(ConversationReference reference) =>
        channels.Find(reference.ChannelId) is IDraftChannel { Capabilities.ShowsDrafts: true } channel ? text => channel.ShowDraftAsync(reference, text, CancellationToken.None) : null;

    /// <summary>Runs the turn without a trace, to know whether it asks the knowledge base, and which words may leave the house for it.</summary>
    private async Task<Rehearsal> RehearseAsync(Incoming message, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.RehearseAsync(async () =>
        {
            var (before, turn) = await OpenTurnAsync(db, message, prepared: null, cancellationToken);
            if (turn is null)
                return new(before, null, null);
            var prepared = new Prepared(turn.Thought, turn.Conversation.State, turn.Contact.CommunityId);
            await bot.OnTurnAsync(turn, cancellationToken);
            return new Rehearsal(null, prepared, turn.AnswersFromKnowledge is { } style ? new(await model.WordsOfAsync(turn, cancellationToken), style) : null);
        }, cancellationToken);
    }

    /// <summary>The rows of a turn. When the message was answered before: that answer, and no turn.</summary>
    private async Task<(TurnReceipt? Before, Turn? Turn)> OpenTurnAsync(OutreachDb db, Incoming message, Prepared? prepared, CancellationToken cancellationToken)
    {
        var (reference, now) = (message.Reference, clock.GetUtcNow());
        var found = await _find.On(db)(db, reference.ChannelId, reference.Account, reference.ConversationId, message.Inbound.InboundKey ?? "", now - RecentNotice.Span, cancellationToken);
        if (found?.Answered is { } sequence)
            return (await ReceiptOfAsync(db, found.Conversation.Id, sequence, cancellationToken), null);

        var state = ConversationState.Parse(found?.Conversation.State);
        var thought = prepared is not null && prepared.State == found?.Conversation.State && prepared.CommunityId == found?.Contact.CommunityId
            ? prepared.Thought
            : bot.Think(message.Activity, state, found?.Contact.CommunityId, now);
        found ??= await CreateAsync(db, message, now, cancellationToken);
        var (conversation, contact) = (found.Conversation, found.Contact);
        contact.LastSeenAt = now;
        contact.ConversationId = conversation.Id;
        contact.UnreachableSince = null;
        if (ContactLanguages.Of(message.Activity.Locale) is not ContactLanguage.Unknown and var language)
            contact.Language = language;
        if (conversation.Reference != message.Inbound.Reference)
            conversation.Reference = message.Inbound.Reference;
        return (null, new()
        {
            Activity = message.Activity,
            Capabilities = channels.CapabilitiesOf(reference.ChannelId, reference.Account) ?? Console,
            Db = db,
            Conversation = conversation,
            Contact = contact,
            Now = now,
            Thought = thought,
            State = state,
            Handover = found.Handover,
            HasUnsent = found.HasUnsent,
            HasNotice = found.HasNotice,
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

    private async Task<TurnRun> CommitAsync(Turn turn, InboundActivity inbound, CancellationToken cancellationToken)
    {
        var (db, conversation) = (turn.Db, turn.Conversation);
        var isStored = turn.Activity.Type is ActivityTypes.Message or ActivityTypes.Event;
        if (isStored)
            log.Append(db, conversation, Speaker.Owner, Stored(turn), outgoingKey: null, staffId: null, replyTo: null, inbound.InboundKey);
        var sequence = conversation.LastSequence;
        var sentByChannel = outgoing.MustSend(conversation.Channel);
        var (replies, carried) = (new List<int>(), new List<string>());
        foreach (var activity in turn.Outgoing)
        {
            var message = log.Append(db, conversation, Speaker.Bot, Addressed(activity, turn), outgoingKey: null, staffId: null, isStored ? sequence : null, inboundKey: null);
            if (!sentByChannel)
            {
                message.SentAt = turn.Now;
            }
            else if (carried.Count < inbound.Carries && clock.GetUtcNow() < inbound.CarriesUntil)
            {
                (message.SentAt, message.ClaimedBy) = (turn.Now, OutgoingMessages.InResponse);
                carried.Add(message.Activity);
            }
            replies.Add(message.Sequence);
        }

        var state = turn.State.ToJson();
        if (conversation.State != state)
            conversation.State = state;
        conversation.DueAt = turn.DueAt;
        await db.SaveChangesAsync(cancellationToken);
        return new(new(TurnOutcome.Answered, conversation.Id, sequence, replies)
        {
            Carried = carried,
            HasUnsent = turn.HasUnsent || (sentByChannel && replies.Count > carried.Count),
        }, turn.Result);
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

    /// <summary>Rows of somebody new, or of a new conversation of somebody known.</summary>
    private async Task<Found> CreateAsync(OutreachDb db, Incoming message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reference = message.Reference;
        var contact = await db.Contacts.SingleOrDefaultAsync(
            c => c.Channel == reference.ChannelId && c.Account == reference.Account && c.UserId == reference.UserId, cancellationToken);
        if (contact is null)
        {
            contact = new() { Channel = reference.ChannelId, Account = reference.Account, UserId = reference.UserId, CreatedAt = now, LastSeenAt = now };
            await optOuts.RestoreAsync(db, contact, cancellationToken);
            db.Contacts.Add(contact);
            await db.SaveChangesAsync(cancellationToken);
        }
        var conversation = new Conversation
        {
            Channel = reference.ChannelId,
            Account = reference.Account,
            ChannelConversationId = reference.ConversationId,
            ContactId = contact.Id,
            CreatedAt = now,
            LastActiveAt = now,
            Reference = message.Inbound.Reference,
        };
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync(cancellationToken);
        return new(conversation, contact, null, null, false, false);
    }

    private static async Task<TurnReceipt> ReceiptOfAsync(OutreachDb db, long conversationId, int sequence, CancellationToken cancellationToken)
    {
        var replies = await db.Messages.Where(m => m.ConversationId == conversationId && m.ReplyTo == sequence)
            .OrderBy(m => m.Sequence).Select(m => m.Sequence).ToListAsync(cancellationToken);
        return new(TurnOutcome.Duplicate, conversationId, sequence, replies);
    }

    internal static ChannelAccount Bot { get; } = new() { Id = "bot", Name = "业委会助手", Role = "bot" };

    /// <summary>The command line: nobody sends, everything is shown.</summary>
    private static readonly ChannelCapabilities Console = new() { Buttons = true, ReadsStoredMessages = true };

    private sealed record Incoming(InboundActivity Inbound, Activity Activity, ConversationReference Reference);

    /// <param name="Answered">Sequence of the message with the same inbound key; null: it is new.</param>
    /// <param name="HasUnsent">Something waits for its channel, such as a person's answer behind a closed window.</param>
    /// <param name="HasNotice">A notice stands in the conversation that the owner may be answering (<see cref="RecentNotice"/>).</param>
    private sealed record Found(Conversation Conversation, Contact Contact, Handover? Handover, int? Answered, bool HasUnsent, bool HasNotice);

    /// <summary>A thought from before the turn; it holds where state and community are still what it was thought from.</summary>
    private sealed record Prepared(Thought Thought, string? State, long? CommunityId);

    /// <param name="Before">The message was answered before.</param>
    /// <param name="Question">What may be asked of the model; null: the turn does not ask the knowledge base.</param>
    private sealed record Rehearsal(TurnReceipt? Before, Prepared? Prepared, KnowledgeQuestion? Question);

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn failed; nothing of it was stored")]
    private partial void TurnFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "A turn met a row that changed meanwhile and runs again")]
    private partial void TriedAgain(Exception exception);
}

/// <param name="Result">The contract of the answer; null when nothing was said, or the turn ran before.</param>
internal sealed record TurnRun(TurnReceipt Receipt, AnswerResult? Result);
