using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Outreach.Tests.Channels;

/// <summary>Counts the refused callbacks of one channel while it lives, by reason.</summary>
internal sealed class RefusalCount : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public RefusalCount(string channel)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "outreach.callbacks_refused")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (labels["channel"] == channel)
                _counts.AddOrUpdate(labels["reason"]!, count, (_, before) => before + count);
        });
        _listener.Start();
    }

    public long this[string reason] => _counts.GetValueOrDefault(reason);

    public void Dispose() => _listener.Dispose();
}
