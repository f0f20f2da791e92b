using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Outreach.Channels.WebChat;

internal enum LimitedThing { Conversation, Person, AddressCalls, AddressMessages, AddressTokens }

/// <summary>Token buckets per conversation, person and client address, in this process. A bucket that is full again is forgotten.</summary>
internal sealed class RateLimits(IOptions<WebChatOptions> options, TimeProvider clock)
{
    private const int SweepAbove = 10_000;
    private readonly ConcurrentDictionary<(LimitedThing, string), Bucket> _buckets = new();

    /// <summary>Takes one from the bucket. Null: granted; else how long to wait.</summary>
    public TimeSpan? Take(LimitedThing thing, string key)
    {
        if (_buckets.Count > SweepAbove)
            Sweep();
        return _buckets.GetOrAdd((thing, key), _ => new()).Take(PerMinute(thing), clock.GetUtcNow());
    }

    private int PerMinute(LimitedThing thing) => thing switch
    {
        LimitedThing.Conversation => options.Value.Limits.MessagesPerConversation,
        LimitedThing.Person => options.Value.Limits.MessagesPerPerson,
        LimitedThing.AddressCalls => options.Value.Limits.CallsPerAddress,
        LimitedThing.AddressMessages => options.Value.Limits.MessagesPerAddress,
        LimitedThing.AddressTokens => options.Value.Limits.TokensPerAddress,
    };

    private void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, bucket) in _buckets)
            if (bucket.IsFull(now))
                _buckets.TryRemove(key, out _);
    }

    private sealed class Bucket
    {
        private readonly Lock _lock = new();
        private double _used;
        private DateTimeOffset _at;

        public TimeSpan? Take(int perMinute, DateTimeOffset now)
        {
            lock (_lock)
            {
                _used = Math.Max(0, _used - Math.Max(0, (now - _at).TotalMinutes) * perMinute);
                _at = now;
                if (_used + 1 > perMinute)
                    return TimeSpan.FromMinutes((_used + 1 - perMinute) / perMinute);
                _used++;
                return null;
            }
        }

        public bool IsFull(DateTimeOffset now)
        {
            lock (_lock)
                return now - _at > TimeSpan.FromMinutes(1);
        }
    }
}
