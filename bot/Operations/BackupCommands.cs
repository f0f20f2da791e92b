using System.CommandLine;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary><c>backup</c> and <c>restore</c>.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup()
    {
        var file = new Argument<FileInfo>("file") { Description = "Where the copy of the database goes." };
        var keys = new Option<FileInfo?>("--keys") { Description = "Where the copy of the keys goes (a zip). Keep it apart from the database: together they open everything." };
        var command = new Command("backup", "Copy the database, also while the server runs.") { file, keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = OutreachHost.CreateBuilder([]).Build();
            await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Beside, cancellationToken);
            app.Services.GetRequiredService<Backup>().Write(parsed.GetRequiredValue(file), parsed.GetValue(keys));
            Console.WriteLine($"Database: {parsed.GetRequiredValue(file).FullName}");
            if (parsed.GetValue(keys) is { } zip)
                Console.WriteLine($"Keys: {zip.FullName}");
            else
                await Console.Error.WriteLineAsync("The keys are not in this backup. A restore needs both: run backup with --keys FILE too, and keep that file elsewhere.");
            return 0;
        });
        return command;
    }

    public static Command CreateHold()
    {
        var command = new Command("hold", "After a database was put back by other means than 'restore' (pg_restore, a snapshot of the disk): notices and lead forwards are held until a person lets them go. The server must be stopped.");
        command.SetAction(async (_, cancellationToken) =>
        {
            await using var app = OutreachHost.CreateBuilder([]).Build();
            await HoldAsync(app.Services, "Held", cancellationToken);
            return 0;
        });
        return command;
    }

    public static Command CreateRestore()
    {
        var file = new Argument<FileInfo>("file") { Description = "The copy of the database." };
        var keys = new Option<FileInfo?>("--keys") { Description = "The copy of the keys (a zip); without it the keys of Storage:KeysPath are used." };
        var command = new Command("restore", "Put a backup in the database's place. The server must be stopped; notices and lead forwards are held until a person lets them go.") { file, keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using (var app = OutreachHost.CreateBuilder([]).Build())
                app.Services.GetRequiredService<Backup>().PutBack(parsed.GetRequiredValue(file), parsed.GetValue(keys));
            await using var restored = OutreachHost.CreateBuilder([]).Build();
            await HoldAsync(restored.Services, "Restored. Held", cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task HoldAsync(IServiceProvider services, string done, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Server, cancellationToken);
        var (campaigns, forwards) = await services.GetRequiredService<Backup>().HoldAsync(cancellationToken);
        Console.WriteLine($"{done} until a person lets them go: {campaigns} notices, {forwards} lead forwards.");
    }
}
