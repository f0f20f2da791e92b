namespace Outreach.Campaigns;

/// <summary>Messages that a channel account may still send in its current window. Pure.</summary>
public readonly record struct Quota(int Limit, TimeSpan Window, DateTimeOffset Start, int Used)
{
    /// <returns>What is left after taking, and how many of <paramref name="wanted"/> were granted.</returns>
    public (Quota Left, int Granted) Take(int wanted, DateTimeOffset now)
    {
        var current = now < Start + Window ? this : this with { Start = now, Used = 0 };
        var granted = Math.Clamp(current.Limit - current.Used, 0, wanted);
        return (current with { Used = current.Used + granted }, granted);
    }
}
