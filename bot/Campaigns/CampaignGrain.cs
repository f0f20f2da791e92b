namespace Outreach.Campaigns;

/// <summary>Carries one campaign on: start, snapshot, batches, end. Key: the campaign's id. The rows say how far it is; memory says nothing.</summary>
[Alias("Outreach.ICampaignGrain")]
public interface ICampaignGrain : IGrainWithIntegerKey
{
    /// <summary>Works for some seconds and returns; what is left is found again at the next tick.</summary>
    [Alias("CarryOnAsync")]
    Task CarryOnAsync();
}

internal sealed class CampaignGrain(CampaignRun run, IGrainFactory grains) : Grain, ICampaignGrain
{
    public Task CarryOnAsync() => run.CarryOnAsync(this.GetPrimaryKeyLong(), (account, id) => grains.GetGrain<IChannelSenderGrain>(account).SendAsync(id));
}
