namespace Outreach.Campaigns;

/// <summary>Sends for one channel account and keeps its quota. Key such as <c>wechat/gh_abc</c>.</summary>
[Alias("Outreach.IChannelSenderGrain")]
public interface IChannelSenderGrain : IGrainWithStringKey
{
    /// <summary>Claims and sends one batch of a campaign. Returns how many rows it moved; 0: nothing to do now (empty, paused, quiet hours, no quota).</summary>
    [Alias("SendAsync")]
    Task<int> SendAsync(long campaignId);
}

internal sealed class ChannelSenderGrain(AccountSender sender) : Grain, IChannelSenderGrain
{
    public Task<int> SendAsync(long campaignId) => sender.SendAsync(this.GetPrimaryKeyString(), campaignId);
}
