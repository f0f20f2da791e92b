using System.Diagnostics;
using System.Globalization;
using Outreach.Doubles;

namespace Outreach.Benchmarks;

/// <summary>
/// Turns per second through Direct Line: real HTTP, a process of its own, the shipped knowledge base, every turn committed to SQLite.
/// Beside it, in the same run and over the same way, an event that no bot answers: the floor that everything but the bot sets.
/// </summary>
internal static class Turns
{
    private const int People = 16;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    private static readonly string[] Questions =
    [
        "业委会怎么成立", "开业主大会要来多少人才算数", "没交回选票能算同意吗", "物业停水催费合法不", "换物业得多少人同意", "电梯广告的钱归谁",
        "委员能领工资吗", "租户能不能投票", "维修资金怎么用", "筹备组谁当组长", "备案要多久", "地面车位归谁",
    ];

    public static async Task RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("outreach-turns-");
        try
        {
            using var process = Start(folder.FullName);
            await process.ListeningAsync(CancellationToken.None);
            var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => Person.OpenAsync(process.Address)));
            _ = await MeasureAsync(people, TimeSpan.FromSeconds(4), Question);   // warm

            await output.WriteLineAsync($"{"what",-34}{"turns/s",10}{"p50 ms",10}{"p99 ms",10}");
            for (var round = 1; round <= 3; round++)
            {
                await PrintAsync(output, $"event without a bot, round {round}", await MeasureAsync(people, Length, Event));
                await PrintAsync(output, $"answered question, round {round}", await MeasureAsync(people, Length, Question));
            }
            await output.WriteLineAsync($"after the load: {await ProcessMemory.DescribeAsync(process)}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static object Question(int turn) => new { type = "message", text = Questions[turn % Questions.Length], from = new { id = "me" } };

    private static object Event(int turn) => new { type = "event", name = "benchmark/none", value = turn, from = new { id = "me" } };

    private static OutreachProcess Start(string folder) => OutreachProcess.Start(folder,
        ("Channels:WebChat:Limits:MessagesPerConversation", "1000000"), ("Channels:WebChat:Limits:MessagesPerPerson", "1000000"),
        ("Channels:WebChat:Limits:CallsPerAddress", "10000000"), ("Channels:WebChat:Limits:MessagesPerAddress", "10000000"), ("Logging:LogLevel:Default", "Warning"));

    private static async Task<(double PerSecond, double P50, double P99)> MeasureAsync(Person[] people, TimeSpan length, Func<int, object> make)
    {
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(people.Select(async person =>
        {
            var own = new List<double>();
            for (var turn = 0; watch.Elapsed < length; turn++)
            {
                var before = Stopwatch.GetTimestamp();
                await person.SendAsync(make(turn));
                own.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
            return own;
        }));
        var elapsed = watch.Elapsed;
        var all = times.SelectMany(t => t).Order().ToArray();
        return (all.Length / elapsed.TotalSeconds, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }

    private static Task PrintAsync(TextWriter output, string what, (double PerSecond, double P50, double P99) figures) =>
        output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what,-34}{figures.PerSecond,10:0}{figures.P50,10:0.0}{figures.P99,10:0.0}"));
}
