using System.Diagnostics;
using CsCheck;
using Outreach.Tests.Channels;

namespace Outreach.Benchmarks;

/// <summary>Every reader of what strangers send, under mutated inputs for a while.</summary>
internal static class Fuzz
{
    /// <param name="seconds">For each reader.</param>
    /// <returns>How many readers failed.</returns>
    public static int Run(int seconds, TextWriter output)
    {
        var failed = 0;
        foreach (var target in ParserFuzz.Targets)
        {
            var (count, started) = (0L, Stopwatch.GetTimestamp());
            string? problem = null;
            try
            {
                ParserFuzz.Near(target).Sample(bytes =>
                {
                    count++;
                    target.Check(bytes);
                }, time: seconds, threads: 1, print: Convert.ToBase64String);
            }
            catch (CsCheckException e)
            {
                (problem, failed) = (e.ToString(), failed + 1);
            }
            output.WriteLine($"{target.Name,-20} {count,12:N0} inputs in {Stopwatch.GetElapsedTime(started).TotalSeconds,6:F0} s  {problem ?? "nothing found"}");
        }
        return failed;
    }
}
