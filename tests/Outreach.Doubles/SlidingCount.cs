namespace Outreach.Doubles;

/// <summary>At most so many in any window of a length. Not thread-safe: its owner locks.</summary>
internal sealed class SlidingCount(int most, TimeSpan window)
{
    private readonly Queue<DateTimeOffset> _times = new();

    /// <summary>Counts <paramref name="count"/> more, all or none; false: too many.</summary>
    public bool TryTake(DateTimeOffset now, int count = 1)
    {
        while (_times.TryPeek(out var oldest) && oldest <= now - window)
            _times.Dequeue();
        if (_times.Count + count > most)
            return false;
        for (var i = 0; i < count; i++)
            _times.Enqueue(now);
        return true;
    }
}
