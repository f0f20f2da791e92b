using System.Diagnostics;
using System.Globalization;

namespace Outreach.Benchmarks;

/// <param name="PerSecond">Ended within the length.</param>
/// <param name="P50">Milliseconds, as is <paramref name="P99"/>.</param>
internal readonly record struct LoadFigures(double PerSecond, double P50, double P99)
{
    public static Task HeadAsync(TextWriter output) => output.WriteLineAsync($"{"what",-44}{"per s",10}{"p50 ms",10}{"p99 ms",10}");

    public Task WriteAsync(TextWriter output, string what) =>
        output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what,-44}{PerSecond,10:0}{P50,10:0.0}{P99,10:0.0}"));
}

/// <summary>Drives a server from this process.</summary>
internal static class Load
{
    /// <summary>As fast as it goes: each person sends the next as soon as the last is answered.</summary>
    /// <param name="send">Person and turn, both from 0.</param>
    public static async Task<LoadFigures> AsFastAsItGoesAsync(int people, TimeSpan length, Func<int, int, Task> send)
    {
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, people).Select(async person =>
        {
            var own = new List<double>();
            for (var turn = 0; watch.Elapsed < length; turn++)
                own.Add(await TimeAsync(send, person, turn));
            return own;
        }));
        return Figures(times.SelectMany(t => t), watch.Elapsed);
    }

    /// <summary>At a steady rate, whether or not the earlier ones are answered: a slow answer delays nobody's question, and counts from when it was due.</summary>
    public static async Task<LoadFigures> SteadilyAsync(int perSecond, TimeSpan length, Func<int, int, Task> send)
    {
        var watch = Stopwatch.StartNew();
        var running = new List<Task<double>>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        while (watch.Elapsed < length && await timer.WaitForNextTickAsync())
            while (running.Count < watch.Elapsed.TotalSeconds * perSecond)
                running.Add(SinceDueAsync(running.Count));
        return Figures(await Task.WhenAll(running), watch.Elapsed);

        async Task<double> SinceDueAsync(int number)
        {
            await send(number, 0);
            return watch.Elapsed.TotalMilliseconds - (number * 1000.0 / perSecond);
        }
    }

    private static async Task<double> TimeAsync(Func<int, int, Task> send, int person, int turn)
    {
        var before = Stopwatch.GetTimestamp();
        await send(person, turn);
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    private static LoadFigures Figures(IEnumerable<double> times, TimeSpan elapsed)
    {
        var all = times.Order().ToArray();
        return new(all.Length / elapsed.TotalSeconds, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }
}
