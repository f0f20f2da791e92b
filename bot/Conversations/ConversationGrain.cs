namespace Outreach.Conversations;

internal sealed class ConversationGrain(ConversationTurns turns) : Grain, IConversationGrain
{
    private readonly TurnMemory _memory = new();

    public async Task<TurnReceipt> ReceiveAsync(InboundActivity inbound) => (await turns.RunAsync(inbound, _memory, CancellationToken.None)).Receipt;

    public Task WakeAsync(long conversationId)
    {
        _memory.Forget();
        return turns.WakeAsync(conversationId, CancellationToken.None);
    }
}
