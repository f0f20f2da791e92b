using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Outreach.Storage;

public enum DatabaseUse
{
    /// <summary>The one server of this file: takes the lock, migrates.</summary>
    Server,
    /// <summary>A command beside a running server: no lock; stops when a migration is pending.</summary>
    Beside,
}

/// <summary>
/// Brings the database into the state that this program needs, before anything else runs. A start that was killed at any point does not block the next:
/// the operating system frees the file lock, and a left-over row of EF's own migration lock is cleared under it.
/// </summary>
public sealed class DatabaseStart(StorageFiles files, IServiceProvider services, TimeProvider clock) : IDisposable
{
    private FileStream? _lock;

    /// <exception cref="StartException">The file is in use, the keys are missing or foreign, or a migration is pending beside a server.</exception>
    public async Task PrepareAsync(DatabaseUse use, CancellationToken cancellationToken)
    {
        if ("１".Normalize(System.Text.NormalizationForm.FormKC) != "1")
            throw new StartException("Unicode normalisation does not work on this machine: install libicu (Debian: apt-get install libicu72).");
        Directory.CreateDirectory(files.DatabaseFolder);
        if (use == DatabaseUse.Server)
            TakeLock();
        if (!HoldsEncryptedRows())
            files.CreateKeys();
        else if (!File.Exists(files.HashKeyPath))
            throw new StartException($"{files.DatabasePath} holds encrypted data, but its keys are not in {files.KeysFolder}. "
                + "Restore that folder from the backup of the keys (Storage:KeysPath names it); without them the data cannot be read.");

        if (use == DatabaseUse.Server)
            WriteAhead();
        await using var db = await services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(cancellationToken);
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            if (use == DatabaseUse.Beside)
                throw new StartException("The database needs a migration: start the server once, then run this command again.");
            ClearMigrationLock();
            await db.Database.MigrateAsync(cancellationToken);
        }
        await CheckCanaryAsync(db, cancellationToken);
    }

    public void Dispose() => _lock?.Dispose();

    private void TakeLock()
    {
        try
        {
            _lock = new FileStream(files.DatabasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartException($"Another Outreach server uses {files.DatabasePath}. Stop it first, or choose another file with Storage:Path.");
        }
    }

    // These three look at the file without EF: a start waits for them, and a model is not needed.
    private bool HoldsEncryptedRows()
    {
        if (!File.Exists(files.DatabasePath))
            return false;
        using var connection = Open();
        return HasTable(connection, "Installation") && Scalar(connection, "SELECT count(*) FROM \"Installation\"") != 0;
    }

    /// <summary>Readers do not wait for a writer, and a commit costs one flush instead of four. The file remembers it; a file that EF finds already there is never told.</summary>
    private void WriteAhead()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        if (command.ExecuteScalar() is not "wal")
            throw new StartException($"{files.DatabasePath} cannot keep a write-ahead log: it must lie on a local disk, not on a network share.");
    }

    private void ClearMigrationLock()
    {
        using var connection = Open();
        if (HasTable(connection, "__EFMigrationsLock"))
            _ = Scalar(connection, "DELETE FROM \"__EFMigrationsLock\"; SELECT 0");
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(files.Connection) { Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static bool HasTable(SqliteConnection connection, string name) =>
        Scalar(connection, $"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{name}'") != 0;

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names of our own tables, nothing from outside
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    private async Task CheckCanaryAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        try
        {
            if (await Installation.FindAsync(db, cancellationToken) is not null)
                return;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            throw new StartException($"The keys in {files.KeysFolder} do not open {files.DatabasePath}. Restore the keys that belong to it (Storage:KeysPath).");
        }
        db.Add(new Installation { InstanceId = Guid.NewGuid().ToString("N"), CreatedAt = clock.GetUtcNow(), Canary = "outreach" });
        await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>The program cannot start; the message is one clear line for the operator.</summary>
public sealed class StartException(string message) : Exception(message);
