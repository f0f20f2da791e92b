namespace Outreach.Activities;

/// <summary>The channels that are on, by id; handed in by the composition root, so that Campaigns and Leads send without knowing Channels.</summary>
public sealed class ChannelSet(IEnumerable<IChannel> channels)
{
    private readonly Dictionary<string, IChannel> _byId = channels.ToDictionary(channel => channel.Id, StringComparer.Ordinal);

    public IChannel? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>What a channel's account can do; null: no such channel is on.</summary>
    public ChannelCapabilities? CapabilitiesOf(string channel, string account) => Find(channel)?.CapabilitiesOf(account);

    public IReadOnlyCollection<IChannel> All => _byId.Values;
}
