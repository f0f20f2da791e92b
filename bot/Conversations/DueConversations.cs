using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>
/// What conversations owe without a message: drafts without consent are wiped after half an hour, an unfinished form is reminded of once,
/// and the second consent is asked for when staff have found the community of a sign-up.
/// </summary>
internal sealed class DueConversations(
    IDbContextFactory<OutreachDb> databases, IGrainFactory grains, CommunityDirectory directory, ConsentTexts consents, ConversationLog log, MessageFeed feed,
    OutgoingMessages outgoing, TimeProvider clock) : IDueWork
{
    private const int AtOnce = 200;

    public string Name => "conversations";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var due = await db.Conversations.AsNoTracking().Where(c => c.DueAt != null && c.DueAt <= now).OrderBy(c => c.DueAt).Take(AtOnce)
            .Select(c => new { c.Id, c.Channel, c.Account, c.ChannelConversationId }).ToListAsync(cancellationToken);
        foreach (var conversation in due)
            await grains.GetGrain<IConversationGrain>(IConversationGrain.KeyOf(conversation.Channel, conversation.Account, conversation.ChannelConversationId)).WakeAsync(conversation.Id);
        await AskPassOnAsync(db, cancellationToken);
    }

    private async Task AskPassOnAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var attached = await db.Leads.AsNoTracking()
            .Where(l => l.PassOn == PassOnState.NotAsked && l.OpenKey != null && l.CommunityId != null
                && db.Set<LeadEvent>().Any(e => e.LeadId == l.Id && e.Kind == LeadEventKind.CommunityAttached)
                && !db.Set<Message>().Any(m => m.ConversationId == l.ConversationId && m.OutgoingKey == "ask-pass-on/" + l.Id))
            .OrderBy(l => l.Id).Take(AtOnce).ToListAsync(cancellationToken);
        foreach (var lead in attached)
            if (directory.Find(lead.CommunityId!.Value) is { } community && directory.ReceiverOf(community) is { } receiver)
                await AskPassOnAsync(lead, community, receiver, cancellationToken);
    }

    private async Task AskPassOnAsync(Lead lead, DirectoryCommunity community, Receiver receiver, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (leadId, conversationId) = (lead.Id.ToString(CultureInfo.InvariantCulture), lead.ConversationId);
        var found = $"您登记的小区核对好了，是{community.Where}的{community.Name}。";
        var result = new AnswerResult
        {
            Kind = AnswerKind.Form,
            Text = $"{found}\n{consents.PassOn(receiver).Text}",
            Suggestions = [SignUpSays.PassOnYes, SignUpSays.PassOnNo],
        };
        var written = await db.WriteAsync(async () =>
        {
            var conversation = await db.Conversations.SingleAsync(c => c.Id == conversationId, cancellationToken);
            var activity = Turn.ToActivity(result, new() { Before = found, Cards = [FormCards.PassOn(lead, receiver)] }) with { From = ConversationTurns.Bot, Conversation = new() { Id = conversation.ChannelConversationId } };
            var message = await log.AppendAsync(db, conversationId, Speaker.Bot, activity, $"ask-pass-on/{leadId}", staffId: null, cancellationToken);
            if (message is null)
                return false;
            message.SentAt = outgoing.MustSend(conversation.Channel) ? null : clock.GetUtcNow();
            conversation.State = (ConversationState.Parse(conversation.State) with
            {
                Waiting = new(WaitingFor.LatePassOn, result.Suggestions, [leadId], clock.GetUtcNow()),
            }).ToJson();
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        if (!written)
            return;
        feed.Publish(conversationId);
        await outgoing.StartAsync(conversationId);
    }
}
