using System.Collections.Concurrent;

namespace Outreach.Channels;

internal enum NonceVerdict
{
    New,
    /// <summary>The same message once more: a redelivery.</summary>
    Redelivered,
    /// <summary>A nonce seen with another message: somebody replays a signature.</summary>
    Replayed,
}

/// <summary>Nonces of signed callbacks, for as long as their signatures are fresh. Of this process.</summary>
internal sealed class SeenNonces(TimeProvider clock)
{
    /// <summary>How far a callback's time may lie from ours.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private const int SweepAt = 50_000;

    private readonly ConcurrentDictionary<(string Account, string Nonce), (string MessageKey, DateTimeOffset Until)> _seen = new();

    /// <param name="timestamp">Seconds since 1970, as it came.</param>
    public bool IsFresh(string? timestamp) =>
        long.TryParse(timestamp, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
        && seconds < 253_402_300_799 && (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Window;

    /// <param name="messageKey">Tells the message from every other.</param>
    public NonceVerdict Check(string account, string nonce, string messageKey)
    {
        var now = clock.GetUtcNow();
        if (_seen.Count >= SweepAt)
            foreach (var (key, value) in _seen)
                if (value.Until < now)
                    _seen.TryRemove(key, out _);
        var kept = _seen.AddOrUpdate((account, nonce), (messageKey, now + (2 * Window)), (_, old) => old.Until < now ? (messageKey, now + (2 * Window)) : old);
        return kept.MessageKey != messageKey ? NonceVerdict.Replayed : kept.Until == now + (2 * Window) ? NonceVerdict.New : NonceVerdict.Redelivered;
    }
}
