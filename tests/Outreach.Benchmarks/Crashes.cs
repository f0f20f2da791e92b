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

    /// <returns>Whether everything was right.</returns>
    public static async Task<bool> RunAsync(int recipients, int points, TextWriter output)
    {
        int calls, commits;
        await using (var quiet = await KilledCampaign.CreateAsync(recipients / 3, KilledCampaign.All))
        {
            var log = await quiet.RunAsync([], CancellationToken.None);
            (calls, commits) = (log.Calls, log.Commits);
            await output.WriteLineAsync($"without kills: {log.Rows} recipients, {calls} calls, {commits} commits seen, {log.Wrong.Count} wrong");
        }
        var random = new Random(Seed);
        CallStage?[] kinds = [CallStage.Asked, CallStage.Taken, CallStage.Answered, null];
        var kills = Enumerable.Range(0, points).Select(n => kinds[n % kinds.Length])
            .Select(stage => (Stage: stage, At: random.NextDouble())).OrderBy(draw => draw.At)
            .Select(draw => new KillPoint(draw.Stage, 1 + (int)(draw.At * ((draw.Stage is null ? commits : calls) - 1))));
        await using var campaign = await KilledCampaign.CreateAsync(recipients / 3, KilledCampaign.All);
        var outcome = await campaign.RunAsync(kills, CancellationToken.None);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{outcome.Kills} kills of {points} drawn: {outcome.Rows} recipients, {outcome.Sent} sent once, {outcome.Unknown} unknown, {outcome.Wrong.Count} wrong"));
        foreach (var line in outcome.Wrong.Take(20))
            await output.WriteLineAsync(line);
        return outcome.Wrong.Count == 0 && outcome.Rows == recipients / 3 * 3;
    }
}
