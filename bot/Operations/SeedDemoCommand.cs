using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary><c>seed-demo</c>: made-up communities, owners, sign-ups and conversations in any number, for trying things out and for measurements.</summary>
internal static class SeedDemoCommand
{
    public static Command Create()
    {
        var communities = new Option<int>("--communities") { Description = "How many communities.", DefaultValueFactory = _ => 325 };
        var leads = new Option<int>("--leads") { Description = "How many sign-ups, each of an owner with a conversation.", DefaultValueFactory = _ => 1000 };
        var messages = new Option<int>("--messages") { Description = "How many messages in those conversations.", DefaultValueFactory = _ => 0 };
        foreach (var (option, least, most) in new[] { (communities, 1, 5000), (leads, 0, 1_000_000), (messages, 0, 10_000_000) })
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is var number && (number < least || number > most))
                    result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be between {least} and {most}."));
            });
        var command = new Command("seed-demo", "Fill the database with made-up communities, owners and sign-ups, each plainly labelled （演示）. Refused where a real community or sign-up stands. The server must not run.")
        {
            communities, leads, messages,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(new(parsed.GetValue(communities), parsed.GetValue(leads), parsed.GetValue(messages)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DemoSize size, CancellationToken cancellationToken)
    {
        await using var app = OutreachHost.CreateBuilder([]).Build();
        await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Beside, cancellationToken);
        var watch = Stopwatch.StartNew();
        if (await ActivatorUtilities.CreateInstance<SeedDemo>(app.Services).RunAsync(size, cancellationToken) is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal);
            return 1;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size.Communities} communities, {size.Leads} sign-ups, {size.Messages} messages in {watch.Elapsed.TotalSeconds:0.0} s"));
        return 0;
    }
}
