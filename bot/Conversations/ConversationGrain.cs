namespace Outreach.Conversations;

internal sealed class ConversationGrain(ConversationTurns turns) : Grain, IConversationGrain
{
    public async Task<TurnReceipt> ReceiveAsync(InboundActivity inbound) => (await turns.RunAsync(inbound, CancellationToken.None)).Receipt;

    public Task WakeAsync(long conversationId) => turns.WakeAsync(conversationId, CancellationToken.None);
}
