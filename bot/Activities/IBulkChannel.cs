namespace Outreach.Activities;

/// <summary>
/// A channel whose vendor takes one message for many people in one call (WeChat's mass send, WeCom's 1,000 members, a work notice). Campaigns hand it the notices of
/// equal words in batches instead of calling <see cref="IChannel.SendAsync"/> once for each.
/// </summary>
public interface IBulkChannel : IChannel
{
    /// <summary>Most addresses of one <see cref="SendManyAsync"/>, such as 1,000. What the vendor wants in smaller portions, the channel divides itself.</summary>
    int MaxRecipients { get; }

    /// <summary>
    /// Whether the vendor knows a batch by its key alone: the same key is delivered once for days, even with other words or fewer addresses than the first time
    /// (WeChat's <c>clientmsgid</c>). Then a batch whose answer was lost in a crash is handed over again under its key; otherwise its rows end as unknown.
    /// </summary>
    bool RemembersBatches { get; }

    /// <summary>
    /// Sends one message to many. All addresses are of one account; there is at least one and at most <see cref="MaxRecipients"/>, each once. A vendor that takes no
    /// message for a single person is the channel's affair (it may fall back to <see cref="IChannel.SendAsync"/>).
    /// </summary>
    /// <param name="batchKey">At most 64 characters of <c>[0-9A-Za-z-]</c>; names the batch for good.</param>
    /// <returns>
    /// One result an address, in the order of <paramref name="to"/>. Who the vendor names as not reached has a result of their own (<see cref="SendClass.RecipientGone"/>);
    /// a refusal of the whole call stands at every address. <see cref="SendResult.MessageId"/> is the vendor's id of the batch, by which a later report finds its rows.
    /// An answer that was lost is <see cref="SendClass.AmbiguousSent"/>, after the channel has tried again wherever the vendor tells repeats apart.
    /// Never throws for what the vendor answers; takes 20 s at most, so that the caller's time-out is never reached.
    /// </returns>
    Task<IReadOnlyList<SendResult>> SendManyAsync(IReadOnlyList<ConversationReference> to, Activity activity, string batchKey, CancellationToken cancellationToken);
}
