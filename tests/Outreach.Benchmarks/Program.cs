using Outreach.Benchmarks;
using Outreach.Benchmarks.Knowledge;

switch (args.FirstOrDefault())
{
    case "knowledge":
        MeasureKnowledge.Run(args.ElementAtOrDefault(1) ?? AppContext.BaseDirectory, Console.Out, args.ElementAtOrDefault(2));
        return 0;
    case "statutes" when args.Length > 1:
        MeasureStatutes.Run(args[1], Console.Out, args.ElementAtOrDefault(2));
        return 0;
    case "fit-ranker":
        FitRanker.Run(args.ElementAtOrDefault(1) ?? "knowledge", Console.Out);
        return 0;
    case "characters":
        BuildCharacters.Run(Console.In, Console.Out);
        return 0;
    case "turns":
        await Turns.RunAsync(Console.Out);
        return 0;
    case "channels":
        await ChannelLoads.RunAsync(int.TryParse(args.ElementAtOrDefault(1), out var rounds) ? rounds : 3, Console.Out);
        return 0;
    case "campaign":
        using (var server = args.Contains("postgres") ? Outreach.Doubles.PostgresServer.Start(Outreach.Doubles.PostgresFlushes.On) : null)
            await CampaignLoads.RunAsync(
                [.. args.Skip(1).Where(arg => arg != "postgres").Select(count => int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)).DefaultIfEmpty(10_000)], server, Console.Out);
        return 0;
    case "crash":
        return await Crashes.RunAsync(int.TryParse(args.ElementAtOrDefault(1), out var recipients) ? recipients : 2000, int.TryParse(args.ElementAtOrDefault(2), out var points) ? points : 20, Console.Out) ? 0 : 1;
    case "pages":
        using (var postgres = args.Contains("postgres") ? Outreach.Doubles.PostgresServer.Start() : null)
            await Pages.RunAsync(
                new(325, int.TryParse(args.ElementAtOrDefault(1), out var leads) ? leads : 100_000, int.TryParse(args.ElementAtOrDefault(2), out var messages) ? messages : 1_000_000), postgres,
                args.FirstOrDefault(a => a.StartsWith("kept=", StringComparison.Ordinal)) is { } kept ? new(kept["kept=".Length..], args.FirstOrDefault(a => a.StartsWith("Host=", StringComparison.Ordinal))) : null,
                Console.Out);
        return 0;
    case "start":
        await Starts.RunAsync(Console.Out);
        return 0;
    case "fuzz":
        return Fuzz.Run(int.TryParse(args.ElementAtOrDefault(1), out var seconds) ? seconds : 600, Console.Out) == 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: start | pages [LEADS [MESSAGES]] [postgres | Host=…] [kept=FOLDER] | turns | channels [ROUNDS] | campaign [postgres] [BULK-RECIPIENTS …] | crash [RECIPIENTS [POINTS]] | fuzz [SECONDS] | knowledge [FOLDER] | statutes FOLDER | fit-ranker [FOLDER] | characters < Unihan files");
        return 2;
}
