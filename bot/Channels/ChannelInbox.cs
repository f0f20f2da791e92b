using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Outreach.Activities;
using Outreach.Conversations;

namespace Outreach.Channels;

/// <summary>Hands a verified activity to its conversation's grain; one way in for every channel that is called back by its vendor.</summary>
internal sealed partial class ChannelInbox(IGrainFactory grains, OutgoingMessages outgoing, ILogger<ChannelInbox> logger)
{
    /// <summary>Runs the turn. The answers wait as rows: start their sending with <see cref="OutgoingMessages.StartAsync"/>, or carry them in the response (<see cref="OutgoingMessages.TakeAsync"/>).</summary>
    /// <param name="key">See <see cref="KeyOf"/>; null: cannot be told apart.</param>
    /// <returns>Null: the turn failed and nothing of it is stored.</returns>
    public async Task<TurnReceipt?> ReceiveAsync(ConversationReference from, Activity activity, string? key)
    {
        var grain = grains.GetGrain<IConversationGrain>(IConversationGrain.KeyOf(from.ChannelId, from.Account, from.ConversationId));
        try
        {
            var receipt = await grain.ReceiveAsync(new(
                JsonSerializer.Serialize(from, ActivityJson.Default.ConversationReference), JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), key));
            return receipt.Outcome == TurnOutcome.Failed ? null : receipt;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            NotRun(e, from.ChannelId);
            return null;
        }
    }

    /// <summary>Starts the sending of what the turn answered; a turn that was run before answers nothing anew.</summary>
    public Task AnswerAsync(TurnReceipt receipt) => receipt.Outcome == TurnOutcome.Answered ? outgoing.StartAsync(receipt.ConversationId) : Task.CompletedTask;

    /// <summary>The dedupe key of what the channel names a message by: 43 characters.</summary>
    public static string KeyOf(params ReadOnlySpan<string?> parts) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn of channel {Channel} could not be run; the vendor is asked to deliver it again")]
    private partial void NotRun(Exception exception, string channel);
}
