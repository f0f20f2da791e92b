namespace Outreach.Conversations;

/// <summary>
/// Turns run on the thread pool itself: on the grain's own scheduler each step of one would queue anew, the write place held all the while. The grain stays busy until
/// the turn has ended, so turns are serial all the same.
/// </summary>
internal sealed class ConversationGrain(ConversationTurns turns) : Grain, IConversationGrain
{
    public async Task<TurnReceipt> ReceiveAsync(InboundActivity inbound) => (await Task.Run(() => turns.RunAsync(inbound, CancellationToken.None))).Receipt;

    public Task WakeAsync(long conversationId) => Task.Run(() => turns.WakeAsync(conversationId, CancellationToken.None));
}
