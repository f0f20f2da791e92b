using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Conversations;

public enum Urgency { Usual, Urgent }

public enum TakeOver { OnlyIfFree, FromColleague }

public enum TakeOutcome { Taken, TakenByColleague, Closed, NoSuchHandover }

/// <summary>HeldByColleague: a colleague attends to this owner; take over first.</summary>
public enum StaffReplyOutcome { Sent, SentBefore, NothingToSay, NoSuchConversation, HeldByColleague }

public enum TransferOutcome { Transferred, NoSuchHandover, NotYours, NotForThatStaff }

public enum CloseOutcome { Closed, ClosedBefore, NoSuchHandover }

/// <summary>Owners who asked for a person: waiting, taken by a staff member (then the bot is silent), handed back.</summary>
public sealed class Handovers(
    IDbContextFactory<OutreachDb> databases, ConversationLog log, MessageFeed feed, OutgoingMessages outgoing, TimeProvider clock)
{
    public const int LongestNote = 500;

    private const int LongestReply = 2000;

    /// <summary>
    /// Asks for a person within a turn's transaction; the turn commits. An open request is kept (and made urgent where <paramref name="urgency"/> says so).
    /// </summary>
    /// <param name="communityId">Whose staff; null while the owner's community is not known.</param>
    public async Task<Handover> RequestAsync(OutreachDb db, long conversationId, long? communityId, Urgency urgency, CancellationToken cancellationToken)
    {
        var open = await db.Handovers.SingleOrDefaultAsync(h => h.ConversationId == conversationId && h.ClosedAt == null, cancellationToken);
        if (open is not null)
        {
            open.CommunityId ??= communityId;
            open.Urgent |= urgency == Urgency.Urgent;
            return open;
        }
        var handover = new Handover
        {
            ConversationId = conversationId,
            CommunityId = communityId,
            Urgent = urgency == Urgency.Urgent,
            State = HandoverState.Waiting,
            RequestedAt = clock.GetUtcNow(),
        };
        db.Handovers.Add(handover);
        return handover;
    }

    /// <summary>How many wait before a new request: the same neighbourhood's staff serve them.</summary>
    public static async Task<int> WaitingBeforeAsync(OutreachDb db, long conversationId, long? communityId, CancellationToken cancellationToken)
    {
        var area = await db.Communities.Where(c => c.Id == communityId).Select(c => (long?)c.AreaId).SingleOrDefaultAsync(cancellationToken);
        return await db.Handovers.CountAsync(
            h => h.State == HandoverState.Waiting && h.ConversationId != conversationId
                && (area == null ? h.CommunityId == null : db.Set<Community>().Any(c => c.Id == h.CommunityId && c.AreaId == area)),
            cancellationToken);
    }

    /// <summary>A staff member takes the conversation: from now on the bot is silent in it.</summary>
    public async Task<TakeOutcome> TakeAsync(long handoverId, TakeOver how, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var handover = await db.Handovers.VisibleTo(db, scope).SingleOrDefaultAsync(h => h.Id == handoverId, cancellationToken);
            if (handover is null)
                return TakeOutcome.NoSuchHandover;
            if (handover.State == HandoverState.Closed)
                return TakeOutcome.Closed;
            if (handover.State == HandoverState.Taken && handover.StaffId != scope.StaffId && how == TakeOver.OnlyIfFree)
                return TakeOutcome.TakenByColleague;
            if (handover.State == HandoverState.Taken && handover.StaffId == scope.StaffId)
                return TakeOutcome.Taken;
            handover.State = HandoverState.Taken;
            handover.StaffId = scope.StaffId;
            handover.TakenAt = clock.GetUtcNow();
            await db.SaveChangesAsync(cancellationToken);
            return TakeOutcome.Taken;
        }, cancellationToken);
    }

    /// <summary>
    /// Writes a staff member's words into the owner's conversation. A waiting request of that conversation is taken by it.
    /// The caller has found the conversation through a query that its scope filters (a visible lead or request).
    /// </summary>
    /// <param name="formToken">Set by the form: the same token is written once.</param>
    public async Task<StaffReplyOutcome> ReplyAsync(long conversationId, string text, Guid formToken, StaffScope scope, CancellationToken cancellationToken)
    {
        var words = text.Trim();
        if (words.Length == 0)
            return StaffReplyOutcome.NothingToSay;
        if (words.Length > LongestReply)
            words = words[..LongestReply];
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var outcome = await db.WriteAsync(async () =>
        {
            if (await db.Conversations.SingleOrDefaultAsync(c => c.Id == conversationId, cancellationToken) is not { } conversation)
                return StaffReplyOutcome.NoSuchConversation;
            var handover = await db.Handovers.SingleOrDefaultAsync(h => h.ConversationId == conversationId && h.ClosedAt == null, cancellationToken);
            if (handover is { State: HandoverState.Taken } && handover.StaffId != scope.StaffId)
                return StaffReplyOutcome.HeldByColleague;
            if (handover is { State: HandoverState.Waiting })
            {
                handover.State = HandoverState.Taken;
                handover.StaffId = scope.StaffId;
                handover.TakenAt = clock.GetUtcNow();
            }
            var activity = new Activity
            {
                Type = ActivityTypes.Message,
                From = await SpeakerAsync(db, conversation, handover, cancellationToken),
                Conversation = new() { Id = conversation.ChannelConversationId },
                Text = words,
                TextFormat = "plain",
            };
            var written = await log.AppendAsync(db, conversationId, Speaker.Staff, activity, $"staff/{formToken:N}", scope.StaffId, cancellationToken);
            if (written is null)
                return StaffReplyOutcome.SentBefore;
            written.SentAt = outgoing.MustSend(conversation.Channel) ? null : clock.GetUtcNow();
            await db.SaveChangesAsync(cancellationToken);
            return StaffReplyOutcome.Sent;
        }, cancellationToken);
        await TellAsync(outcome == StaffReplyOutcome.Sent, conversationId);
        return outcome;
    }

    /// <summary>Gives a conversation that one holds to a colleague who may see it. The owner notices nothing.</summary>
    public async Task<TransferOutcome> TransferAsync(long handoverId, StaffScope to, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var handover = await db.Handovers.VisibleTo(db, scope).SingleOrDefaultAsync(h => h.Id == handoverId && h.ClosedAt == null, cancellationToken);
            if (handover is null)
                return TransferOutcome.NoSuchHandover;
            if (handover.State != HandoverState.Taken || handover.StaffId != scope.StaffId)
                return TransferOutcome.NotYours;
            if (!await db.Handovers.VisibleTo(db, to).AnyAsync(h => h.Id == handoverId, cancellationToken))
                return TransferOutcome.NotForThatStaff;
            handover.StaffId = to.StaffId;
            handover.TakenAt = clock.GetUtcNow();
            await db.SaveChangesAsync(cancellationToken);
            return TransferOutcome.Transferred;
        }, cancellationToken);
    }

    /// <summary>What the owner says of the last time that staff attended to this conversation. Adds to the turn's transaction.</summary>
    internal static async Task RememberHelpAsync(OutreachDb db, long conversationId, HelpGiven helped, CancellationToken cancellationToken)
    {
        if (await db.Handovers.Where(h => h.ConversationId == conversationId && h.ClosedAt != null).OrderByDescending(h => h.Id).FirstOrDefaultAsync(cancellationToken) is { } last)
            last.Helped = helped;
    }

    /// <summary>Hands the conversation back to the bot, which says so and asks whether it helped.</summary>
    /// <param name="note">What came of it, for colleagues, at most <see cref="LongestNote"/> characters; null: nothing to say.</param>
    public async Task<CloseOutcome> CloseAsync(long handoverId, string? note, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (outcome, conversationId) = await db.WriteAsync(async () =>
        {
            var handover = await db.Handovers.VisibleTo(db, scope).SingleOrDefaultAsync(h => h.Id == handoverId, cancellationToken);
            if (handover is null)
                return (CloseOutcome.NoSuchHandover, 0L);
            if (handover.State == HandoverState.Closed)
                return (CloseOutcome.ClosedBefore, 0L);
            var wasTaken = handover.State == HandoverState.Taken;
            handover.State = HandoverState.Closed;
            handover.StaffId ??= scope.StaffId;
            handover.ClosedAt = clock.GetUtcNow();
            handover.Note = note is { Length: > LongestNote } ? note[..LongestNote] : note;
            var conversation = await db.Conversations.SingleAsync(c => c.Id == handover.ConversationId, cancellationToken);
            var result = new AnswerResult
            {
                Kind = AnswerKind.Handover,
                Text = wasTaken ? Says.HandedBack : Says.HandedBackUnanswered,
                Suggestions = wasTaken ? Says.HelpfulOrNot : [],
            };
            var activity = Turn.ToActivity(result, Shown.AsText) with { From = ConversationTurns.Bot, Conversation = new() { Id = conversation.ChannelConversationId } };
            var written = await log.AppendAsync(db, conversation.Id, Speaker.Bot, activity, $"handed-back/{handover.Id}", scope.StaffId, cancellationToken);
            if (written is not null)
                written.SentAt = outgoing.MustSend(conversation.Channel) ? null : clock.GetUtcNow();
            if (wasTaken)
                conversation.State = (ConversationState.Parse(conversation.State) with
                {
                    Waiting = new(WaitingFor.WasStaffHelpful, result.Suggestions, [], clock.GetUtcNow()),
                }).ToJson();
            await db.SaveChangesAsync(cancellationToken);
            return (CloseOutcome.Closed, conversation.Id);
        }, cancellationToken);
        await TellAsync(outcome == CloseOutcome.Closed, conversationId);
        return outcome;
    }

    private async Task TellAsync(bool written, long conversationId)
    {
        if (!written)
            return;
        feed.Publish(conversationId);
        await outgoing.StartAsync(conversationId);
    }

    private static async Task<ChannelAccount> SpeakerAsync(OutreachDb db, Conversation conversation, Handover? handover, CancellationToken cancellationToken)
    {
        var communityId = handover?.CommunityId
            ?? await db.Contacts.Where(c => c.Id == conversation.ContactId).Select(c => c.CommunityId).SingleOrDefaultAsync(cancellationToken);
        var office = await db.Communities.Where(c => c.Id == communityId).Select(c => c.Area.Name).SingleOrDefaultAsync(cancellationToken);
        return new() { Id = "staff", Name = $"【{office}工作人员】", Role = "bot" };
    }
}

public static class HandoverVisibility
{
    /// <summary>The one filter of owners who asked for a person: those of the scope's communities; without a known community they belong to the root of the tree.</summary>
    public static IQueryable<Handover> VisibleTo(this IQueryable<Handover> handovers, OutreachDb db, StaffScope scope) =>
        scope.SeesPersonalData
            ? handovers.Where(h => (h.CommunityId == null && scope.AreaDepth == 0)
                || db.Set<Community>().Any(c => c.Id == h.CommunityId && c.Area.Path.StartsWith(scope.AreaPath)))
            : handovers.Where(h => false);
}
