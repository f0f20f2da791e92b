using System.Diagnostics.Metrics;

namespace Outreach.Channels;

/// <summary>Callbacks of vendors: taken and refused. Labels: channel, and a reason from a closed set.</summary>
internal sealed class ChannelMeter
{
    private readonly Counter<long> _received;
    private readonly Counter<long> _refused;

    public ChannelMeter(IMeterFactory meters)
    {
        var meter = meters.Create("Outreach.Channels");
        _received = meter.CreateCounter<long>("outreach.callbacks", description: "Verified callbacks by channel");
        _refused = meter.CreateCounter<long>("outreach.callbacks_refused", description: "Refused callbacks by channel and reason");
    }

    public void Received(string channel) => _received.Add(1, new KeyValuePair<string, object?>("channel", channel));

    public void Refused(string channel, string reason) =>
        _refused.Add(1, new KeyValuePair<string, object?>("channel", channel), new KeyValuePair<string, object?>("reason", reason));
}
