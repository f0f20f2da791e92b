namespace Outreach.Conversations;

/// <summary>
/// One conversation: its turns run one at a time. Key: <c>channel/account/channel's conversation id</c> (<see cref="KeyOf"/>).
/// </summary>
[Alias("Outreach.IConversationGrain")]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Runs one turn: the inbound row with its dedupe key, the state, what the turn caused (a lead, an opt-out) and the outgoing rows are one commit.
    /// A key seen before runs nothing and returns the first turn's receipt.
    /// </summary>
    [Alias("ReceiveAsync")]
    Task<TurnReceipt> ReceiveAsync(InboundActivity inbound);

    /// <summary>Does what is due without a message: wipes a draft that was not agreed to, reminds of an unfinished form.</summary>
    [Alias("WakeAsync")]
    Task WakeAsync(long conversationId);

    static string KeyOf(string channel, string account, string channelConversationId) => $"{channel}/{account}/{channelConversationId}";
}

/// <param name="Reference">A <see cref="Activities.ConversationReference"/> as JSON.</param>
/// <param name="Activity">The verified <see cref="Activities.Activity"/> as JSON, exactly as it is to be stored.</param>
/// <param name="InboundKey">What the channel names the message by, hashed to at most 64 characters; null: cannot be told apart, never a duplicate.</param>
[GenerateSerializer, Immutable, Alias("Outreach.InboundActivity")]
public sealed record InboundActivity([property: Id(0)] string Reference, [property: Id(1)] string Activity, [property: Id(2)] string? InboundKey)
{
    /// <summary>
    /// How many of the first answers the caller carries in its own response to the vendor, and until when that waits: what is there in time counts as sent with the commit.
    /// What the caller does not carry after all it gives back (<see cref="OutgoingMessages.GiveBackAsync"/>).
    /// </summary>
    [Id(3)]
    public int Carries { get; init; }

    /// <inheritdoc cref="Carries"/>
    [Id(4)]
    public DateTimeOffset CarriesUntil { get; init; } = DateTimeOffset.MaxValue;
}

public enum TurnOutcome { Answered, Duplicate, Failed }

/// <param name="Sequence">Number of the inbound message in its conversation.</param>
/// <param name="Replies">Numbers of the outgoing messages of this turn, in order.</param>
[GenerateSerializer, Immutable, Alias("Outreach.TurnReceipt")]
public sealed record TurnReceipt(
    [property: Id(0)] TurnOutcome Outcome, [property: Id(1)] long ConversationId, [property: Id(2)] int Sequence, [property: Id(3)] IReadOnlyList<int> Replies)
{
    /// <summary>The answers that the caller carries (<see cref="InboundActivity.Carries"/>), each an <see cref="Activities.Activity"/> as JSON.</summary>
    [Id(4)]
    public IReadOnlyList<string> Carried { get; init; } = [];

    /// <summary>Something in this conversation waits for its channel to be called.</summary>
    [Id(5)]
    public bool HasUnsent { get; init; }
}
