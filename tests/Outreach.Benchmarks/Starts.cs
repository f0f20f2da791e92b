using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Outreach.Doubles;

namespace Outreach.Benchmarks;

/// <summary>
/// What a newcomer and a driver wait for, on real processes: from the start of the server to the first answered question, memory at rest after some questions,
/// one <c>ask</c>, and a batch of a thousand questions that stand alone (the evaluation questions, over and over).
/// </summary>
internal static class Starts
{
    private const int BatchLines = 1000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("outreach-starts-");
        try
        {
            await output.WriteLineAsync($"{Environment.ProcessorCount} cores, {LoadAverage()} processes waiting for them before the first measurement");
            foreach (var what in new[] { "first start, empty database", "second start", "third start" })
                await ServerAsync(what, folder.FullName, output);
            await AskAsync(folder.FullName, output);
            await BatchAsync(folder.FullName, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ServerAsync(string what, string folder, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        using var process = OutreachProcess.Start(folder, ("Logging:LogLevel:Default", "Warning"));
        await process.ListeningAsync(CancellationToken.None);
        var listening = watch.Elapsed;
        var person = await Person.OpenAsync(process.Address);
        await person.SendAsync(Turns.Question(0));
        var answered = watch.Elapsed;
        var processor = process.Process.TotalProcessorTime;
        for (var turn = 1; turn <= 5; turn++)
            await person.SendAsync(Turns.Question(turn));
        using var settle = new PeriodicTimer(Rest, TimeProvider.System);
        await settle.WaitForNextTickAsync();
        var memory = await ProcessMemory.DescribeAsync(process);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{what}: listens after {listening.TotalSeconds:0.00} s, first answer after {answered.TotalSeconds:0.00} s ({processor.TotalSeconds:0.00} s of processor time); at rest {memory}"));
    }

    private static async Task AskAsync(string folder, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        using var ask = OutreachProcess.Run(folder, ["ask", "业委会怎么成立"]);
        _ = await ask.ReadLineAsync(CancellationToken.None);
        var answered = watch.Elapsed;
        _ = await ask.ExitCodeAsync(CancellationToken.None);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ask: answered after {answered.TotalSeconds:0.00} s, ended after {watch.Elapsed.TotalSeconds:0.00} s"));
    }

    private static async Task BatchAsync(string folder, TextWriter output)
    {
        var texts = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Knowledge", "evaluation.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!).ToArray();
        var watch = Stopwatch.StartNew();
        using var ask = OutreachProcess.Run(folder, ["ask", "--batch"]);
        var writing = WriteAsync();
        for (var i = 0; i < BatchLines; i++)
            _ = await ask.ReadLineAsync(CancellationToken.None);
        await writing;
        _ = await ask.ExitCodeAsync(CancellationToken.None);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ask --batch: {BatchLines} questions in {watch.Elapsed.TotalSeconds:0.0} s"));

        async Task WriteAsync()
        {
            for (var i = 0; i < BatchLines; i++)
                await ask.WriteLineAsync(JsonSerializer.Serialize(new { id = i, text = texts[i % texts.Length] }), CancellationToken.None);
            ask.Process.StandardInput.Close();
        }
    }

    private static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "an unknown number of";
}
