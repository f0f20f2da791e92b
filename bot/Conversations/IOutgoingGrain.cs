using Orleans.Concurrency;

namespace Outreach.Conversations;

/// <summary>Calls the channel for one conversation's unsent messages, one after the other. Key: the conversation's row id.</summary>
[Alias("Outreach.IOutgoingGrain")]
public interface IOutgoingGrain : IGrainWithIntegerKey
{
    /// <summary>Starts and does not wait: what is not sent stays a due row.</summary>
    [OneWay, Alias("SendAsync")]
    Task SendAsync();
}

internal sealed class OutgoingGrain(OutgoingMessages messages) : Grain, IOutgoingGrain
{
    public Task SendAsync() => messages.SendAsync(this.GetPrimaryKeyLong(), CancellationToken.None);
}
