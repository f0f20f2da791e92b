using Microsoft.Data.Sqlite;

namespace Outreach.Storage;

/// <summary>A file beside which a second file is locked: the operating system frees it when the process dies.</summary>
internal sealed class SqliteHome(StorageFiles files) : IDatabaseHome
{
    private FileStream? _lock;

    public string Name => files.DatabasePath;

    public void TakeLock()
    {
        _lock = files.LockDatabase("Stop it first, or choose another file with Storage:Path.");
        WriteAhead();
    }

    public void Release()
    {
        // Nobody else may use the file at all.
    }

    public bool HoldsEncryptedRows()
    {
        if (!File.Exists(files.DatabasePath))
            return false;
        using var connection = Open();
        return HasTable(connection, "Installation") && Scalar(connection, "SELECT count(*) FROM \"Installation\"") != 0;
    }

    public bool HasMigration(string id)
    {
        if (!File.Exists(files.DatabasePath))
            return false;
        using var connection = Open();
        return HasTable(connection, "__EFMigrationsHistory") && Scalar(connection, $"SELECT count(*) FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '{id}'") != 0;
    }

    public void ClearMigrationLock()
    {
        using var connection = Open();
        if (HasTable(connection, "__EFMigrationsLock"))
            _ = Scalar(connection, "DELETE FROM \"__EFMigrationsLock\"; SELECT 0");
    }

    public void Dispose() => _lock?.Dispose();

    /// <summary>Readers do not wait for a writer, and a commit costs one flush instead of four. The file remembers it; a file that EF finds already there is never told.</summary>
    private void WriteAhead()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        if (command.ExecuteScalar() is not "wal")
            throw new StartException($"{files.DatabasePath} cannot keep a write-ahead log: it must lie on a local disk, not on a network share.");
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
#pragma warning disable CA2100 // names of our own tables and migrations, nothing from outside
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
