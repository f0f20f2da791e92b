using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Outreach.Doubles;

namespace Outreach.Benchmarks;

/// <summary>
/// Turns per second through Direct Line: real HTTP, a process of its own, the shipped knowledge base, every turn committed to SQLite.
/// Beside it, in the same run and over the same way, an event that no bot answers: the floor that everything but the bot sets.
/// Then how long a start takes and what the process holds at rest.
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
            await StartsAsync(folder.FullName, output);
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
            await MemoryAsync(process, "after the load", output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static object Question(int turn) => new { type = "message", text = Questions[turn % Questions.Length], from = new { id = "me" } };

    private static object Event(int turn) => new { type = "event", name = "benchmark/none", value = turn, from = new { id = "me" } };

    private static async Task StartsAsync(string folder, TextWriter output)
    {
        foreach (var what in new[] { "first start, empty database", "start", "start" })
        {
            var watch = Stopwatch.StartNew();
            using var process = Start(folder);
            await process.ListeningAsync(CancellationToken.None);
            var listening = watch.Elapsed;
            var person = await Person.OpenAsync(process.Address);
            await person.SendAsync(Question(0));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what}: listens after {listening.TotalSeconds:0.00} s, first answer after {watch.Elapsed.TotalSeconds:0.00} s"));
            using var settle = new PeriodicTimer(TimeSpan.FromSeconds(10), TimeProvider.System);
            await settle.WaitForNextTickAsync();
            await MemoryAsync(process, "at rest", output);
        }
    }

    private static async Task MemoryAsync(OutreachProcess process, string when, TextWriter output)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{process.Process.Id}/status");
        int Megabytes(string key) => int.Parse(status.Single(line => line.StartsWith(key + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        await output.WriteLineAsync($"{when}: VmRSS {Megabytes("VmRSS")} MB, RssAnon {Megabytes("RssAnon")} MB");
    }

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

    private sealed class Person(HttpClient http, string conversation)
    {
        public static async Task<Person> OpenAsync(Uri address)
        {
            var http = new HttpClient { BaseAddress = address };
            using var generated = await http.PostAsync("/v3/directline/tokens/generate", null);
            var token = JsonNode.Parse(await generated.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)token["token"]!);
            using var started = await http.PostAsJsonAsync("/v3/directline/conversations", new { user = new { } });
            started.EnsureSuccessStatusCode();
            return new(http, (string)token["conversationId"]!);
        }

        public async Task SendAsync(object activity)
        {
            using var sent = await http.PostAsJsonAsync($"/v3/directline/conversations/{conversation}/activities", activity);
            sent.EnsureSuccessStatusCode();
        }
    }
}
