using System.Diagnostics;
using System.Globalization;
using Outreach.Doubles;
using Outreach.Tests.Campaigns;

namespace Outreach.Benchmarks;

/// <summary>
/// One notice, killed (SIGKILL) and started again at points drawn from the log of a run without kills: every call to a vendor in its three stages, and every commit.
/// The vendors' ledgers then say whether everybody has it once.
/// </summary>
internal static class Crashes
{
    private const int Seed = 20261126;

    /// <returns>Whether everything was right and every point was hit.</returns>
    public static async Task<bool> RunAsync(int recipients, int points, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        IReadOnlyList<CallStage?> log;
        await using (var quiet = await KilledCampaign.CreateAsync(recipients / 3, KilledCampaign.All))
        {
            var outcome = await quiet.RunAsync([], CancellationToken.None);
            log = outcome.Log;
            await output.WriteLineAsync($"without kills: {outcome.Rows} recipients, {log.Count(entry => entry == CallStage.Asked)} calls, {log.Count(entry => entry is null)} commits seen, {outcome.Wrong.Count} wrong");
            if (outcome.Wrong.Count > 0)
                return false;
        }
        var draws = new Draws(log, new Random(Seed));
        var (hit, isRight) = (0, true);
        // What a kill leaves uncertain is sent to nobody: a notice may end before its last points. Those are drawn anew for another one.
        for (var notice = 1; hit < points && isRight; notice++)
        {
            await using var campaign = await KilledCampaign.CreateAsync(recipients / 3, KilledCampaign.All);
            draws.Begin(points - hit);
            var outcome = await campaign.RunAsync(points - hit, draws.Next, CancellationToken.None);
            hit += outcome.Kills;
            isRight = outcome.Wrong.Count == 0 && outcome.Rows == recipients / 3 * 3 && outcome.Sent + outcome.Unknown == outcome.Rows && outcome.Kills > 0;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"notice {notice}: {outcome.Kills} kills, {outcome.Rows} recipients, {outcome.Sent} sent once, {outcome.Unknown} unknown, {outcome.Wrong.Count} wrong"));
            foreach (var line in outcome.Wrong.Take(20))
                await output.WriteLineAsync(line);
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{hit} kills of {points} drawn, {watch.Elapsed.TotalMinutes:0.0} minutes"));
        return isRight && hit == points;
    }

    /// <summary>
    /// Entries of the log, as many of each kind, in their order. A history with kills has fewer calls than the log: each point lies as far into what is left after the one
    /// before as it does in the log.
    /// </summary>
    private sealed class Draws(IReadOnlyList<CallStage?> log, Random random)
    {
        private static readonly CallStage?[] Kinds = [CallStage.Asked, CallStage.Taken, CallStage.Answered, null];
        private readonly Queue<int> _entries = new();
        private int _last;

        public void Begin(int count)
        {
            _entries.Clear();
            _last = 0;
            var places = Kinds.Select(kind => Enumerable.Range(0, log.Count).Where(n => log[n] == kind).ToArray()).ToArray();
            foreach (var entry in Enumerable.Range(0, count).Select(n => random.GetItems(places[n % Kinds.Length], 1)[0]).Order())
                _entries.Enqueue(entry);
        }

        public KillPoint? Next(KilledProgress progress)
        {
            if (!_entries.TryDequeue(out var entry))
                return null;
            var kind = log[entry];
            var share = (double)(entry - _last) / Math.Max(log.Count - _last, 1);
            _last = entry;
            var ahead = share * progress.Left * log.Count(other => other == kind);
            return new(kind, 1 + (int)ahead + (kind is null ? progress.Commits : progress.Calls));
        }
    }
}
