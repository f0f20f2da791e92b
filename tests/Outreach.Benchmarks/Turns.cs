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
            _ = await Load.AsFastAsItGoesAsync(People, TimeSpan.FromSeconds(4), Ask);   // warm

            await LoadFigures.HeadAsync(output);
            for (var round = 1; round <= 3; round++)
            {
                await (await Load.AsFastAsItGoesAsync(People, Length, Tell)).WriteAsync(output, $"event without a bot, round {round}");
                await (await Load.AsFastAsItGoesAsync(People, Length, Ask)).WriteAsync(output, $"answered question, round {round}");
            }
            await output.WriteLineAsync($"after the load: {await ProcessMemory.DescribeAsync(process)}");

            Task Ask(int person, int turn) => people[person].SendAsync(Question(turn));
            Task Tell(int person, int turn) => people[person].SendAsync(Event(turn));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static string Text(int turn) => Questions[turn % Questions.Length];

    internal static object Question(int turn) => new { type = "message", text = Text(turn), from = new { id = "me" } };

    private static object Event(int turn) => new { type = "event", name = "benchmark/none", value = turn, from = new { id = "me" } };

    /// <summary>Without the limits of the web chat, which a load test would meet at once.</summary>
    internal static OutreachProcess Start(string folder, params (string Key, string Value)[] settings) => OutreachProcess.Start(folder,
    [
        .. settings, ("Channels:WebChat:Limits:MessagesPerConversation", "1000000"), ("Channels:WebChat:Limits:MessagesPerPerson", "1000000"),
        ("Channels:WebChat:Limits:CallsPerAddress", "10000000"), ("Channels:WebChat:Limits:MessagesPerAddress", "10000000"), ("Logging:LogLevel:Default", "Warning"),
    ]);
}
