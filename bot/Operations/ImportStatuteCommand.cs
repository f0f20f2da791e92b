using System.CommandLine;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary><c>import-statute</c>: an official text whose articles are then shown word for word, also beside a running server, which sees it within seconds.</summary>
internal static class ImportStatuteCommand
{
    private const int WrongUsage = 2;

    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "The official text: .docx, or .md or .txt in UTF-8 or GB18030, its articles opened by 第…条." };
        var source = new Option<string?>("--source") { Description = "Id of the source in sources.yaml; without it the text's title tells." };
        var command = new Command("import-statute", "Load an official text, to be shown to owners article by article. The same text twice changes nothing; a new one takes the old one's place. Exit 1: refused.") { file, source };
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is not { } given)
                return;
            if (!given.Exists)
                result.AddError($"There is no file {given.FullName}.");
            else if (!StatuteFile.Extensions.Contains(given.Extension, StringComparer.OrdinalIgnoreCase))
                result.AddError($"import-statute reads {string.Join(", ", StatuteFile.Extensions)}; save {given.Name} as one of them.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(source), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, string? source, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = file.Length > StatuteFile.MaxBytes ? new byte[StatuteFile.MaxBytes + 1] : await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Cannot read {file.FullName}: {e.Message}");
            return WrongUsage;
        }

        await using var app = OutreachHost.CreateBuilder([]).Build();
        await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Beside, cancellationToken);
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var report = await app.Services.GetRequiredService<StatuteImport>().ImportAsync(bytes, file.Extension, source,
            (db, id) => db.AuditEntries.Add(new AuditEntry { At = clock.GetUtcNow(), Kind = AuditKind.ImportedStatute, Detail = $"在服务器上用命令导入法规原文：{id}" }), cancellationToken);
        var results = report.Outcome == StatuteImportOutcome.SourceUnknown ? Console.Error : Console.Out;
        foreach (var line in report.Lines)
            await results.WriteLineAsync(line);
        return report.Outcome switch
        {
            StatuteImportOutcome.Imported or StatuteImportOutcome.Replaced or StatuteImportOutcome.Unchanged => 0,
            StatuteImportOutcome.Refused => 1,
            StatuteImportOutcome.SourceUnknown => WrongUsage,
        };
    }
}
