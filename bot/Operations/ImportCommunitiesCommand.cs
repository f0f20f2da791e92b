using System.CommandLine;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary><c>import-communities</c>: the directory of communities from a CSV file, also beside a running server, which sees the change within seconds.</summary>
internal static class ImportCommunitiesCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = $".xlsx, or CSV in UTF-8 or GB18030, with a heading line. Columns that must be there: {string.Join(' ', CommunityCsv.Required)}; further ones: {string.Join(' ', CommunityCsv.Optional)}. "
                + "Example: Communities/demo/communities.csv beside the program.",
        };
        var removeDemo = new Option<bool>("--remove-demo") { Description = "The first real import removes the demo communities and everything signed up there; say so here instead of being asked." };
        var command = new Command("import-communities", "Import communities and the areas above them. A line is taken whole or not at all; the same file twice changes nothing. Exit 1: lines were refused.") { file, removeDemo };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(file).FullName, parsed.GetValue(removeDemo) ? DemoChoice.Remove : DemoChoice.Ask, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, DemoChoice choice, CancellationToken cancellationToken)
    {
        await using var app = OutreachHost.CreateBuilder([]).Build();
        await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Beside, cancellationToken);
        var audit = app.Services.GetRequiredService<AuditLog>();
        return await app.Services.GetRequiredService<ImportCommand>().RunAsync(path, choice, Console.Out, Console.Error, Console.IsInputRedirected ? null : Ask,
            db => audit.Add(db, AuditKind.ImportedCommunities, staffId: null, detail: "在服务器上用命令导入小区"), cancellationToken);
    }

    private static bool Ask(string question)
    {
        Console.Error.Write(question + " [是/否] ");
        return Console.ReadLine()?.Trim() is "是" or "y" or "Y" or "yes";
    }
}
