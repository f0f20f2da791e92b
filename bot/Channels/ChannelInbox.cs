using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Outreach.Activities;
using Outreach.Conversations;

namespace Outreach.Channels;

/// <summary>Hands a verified activity to its conversation's grain; one way in for every channel that is called back by its vendor.</summary>
internal sealed partial class ChannelInbox(IGrainFactory grains, OutgoingMessages outgoing, ILogger<ChannelInbox> logger)
{
    /// <summary>Runs the turn. The answers wait as rows: start their sending with <see cref="AnswerAsync"/>; those that the response to the vendor carries are in <see cref="CarriedAsync"/>.</summary>
    /// <param name="key">See <see cref="KeyOf"/>; null: cannot be told apart.</param>
    /// <returns>Null: the turn failed and nothing of it is stored.</returns>
    /// <param name="carries">How many of the first answers the response to the vendor carries.</param>
    /// <param name="until">When that response goes out at the latest; null: it waits for them.</param>
    public async Task<TurnReceipt?> ReceiveAsync(ConversationReference from, Activity activity, string? key, int carries = 0, DateTimeOffset? until = null)
    {
        var grain = grains.GetGrain<IConversationGrain>(IConversationGrain.KeyOf(from.ChannelId, from.Account, from.ConversationId));
        try
        {
            var receipt = await grain.ReceiveAsync(new(
                JsonSerializer.Serialize(from, ActivityJson.Default.ConversationReference), JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), key)
            { Carries = carries, CarriesUntil = until ?? DateTimeOffset.MaxValue });
            return receipt.Outcome == TurnOutcome.Failed ? null : receipt;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            NotRun(e, from.ChannelId);
            return null;
        }
    }

    /// <summary>Starts the sending of what the turn answered; a turn that was run before answers nothing anew.</summary>
    public Task AnswerAsync(TurnReceipt receipt) =>
        receipt is { Outcome: TurnOutcome.Answered, HasUnsent: true } ? outgoing.StartAsync(receipt.ConversationId) : Task.CompletedTask;

    /// <summary>The first answers of a turn, at most <paramref name="most"/>, for the response that carries them; a repeated call gets them again.</summary>
    public async Task<IReadOnlyList<Activity>> CarriedAsync(TurnReceipt receipt, int most) => receipt.Outcome == TurnOutcome.Duplicate
        ? await outgoing.TakeAsync(receipt with { Replies = [.. receipt.Replies.Take(most)] }, CancellationToken.None)
        : [.. receipt.Carried.Select(json => JsonSerializer.Deserialize(json, ActivityJson.Default.Activity)!)];

    /// <summary>The response went out without the answers it was to carry: they are sent like the others.</summary>
    public async Task AnswerLateAsync(TurnReceipt receipt)
    {
        await outgoing.GiveBackAsync(receipt, CancellationToken.None);
        await AnswerAsync(receipt with { HasUnsent = true });
    }

    /// <summary>The dedupe key of what the channel names a message by: 43 characters.</summary>
    public static string KeyOf(params ReadOnlySpan<string?> parts) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn of channel {Channel} could not be run; the vendor is asked to deliver it again")]
    private partial void NotRun(Exception exception, string channel);
}
