using System.CommandLine;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary>The commands of the program. Without one it is the server. Standard output carries results only; wrong usage exits 2 with one clear line.</summary>
public static class Commands
{
    private const int WrongUsage = 2;

    /// <summary>Whether the arguments name a command (or ask for help) rather than settings of the server.</summary>
    public static bool AreMeant(string[] args) => args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version");

    /// <summary>The first argument that is neither a setting of the server (<c>--Key:Name value</c>, <c>--urls value</c>, <c>--any=value</c>) nor the value of one; null: all are.</summary>
    public static string? Unknown(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                return args[i];
            if (args[i].Contains('=', StringComparison.Ordinal))
                continue;
            if (!args[i].Contains(':', StringComparison.Ordinal) && !Settings.Contains(args[i][2..]))
                return args[i];
            i++;
        }
        return null;
    }

    private static readonly HashSet<string> Settings = new(["urls", "environment", "contentRoot", "applicationName", "PublicUrl", "TimeZone"], StringComparer.OrdinalIgnoreCase);

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Outreach: answers owners' questions on homeowners' committees, takes sign-ups, sends notices. Without a command it starts the server; settings follow as --Key:Name value.")
        {
            AskCommand.Create(),
            CheckKnowledgeCommand.Create(),
            ImportCommunitiesCommand.Create(),
            ImportStatuteCommand.Create(),
            BackupCommands.CreateBackup(),
            BackupCommands.CreateRestore(), BackupCommands.CreateHold(),
            StaffLinkCommand.Create(),
            SeedDemoCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{parsed.Errors[0].Message} Try --help.");
            return WrongUsage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OptionsValidationException e)
        {
            foreach (var problem in e.Failures)
                await Console.Error.WriteLineAsync(problem);
            return 1;
        }
    }
}
