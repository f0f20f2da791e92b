using Npgsql;

namespace Outreach.Storage;

/// <summary>
/// A database of a server. Its one server without a cluster holds an advisory lock alone; the nodes of a cluster share it, so that a node outside the cluster cannot work beside them.
/// </summary>
internal sealed class PostgresHome(StorageFiles files, IConfiguration configuration) : IDatabaseHome
{
    // Held by a session: the first for as long as the process lives, the second while it prepares the database.
    private const long Servers = 0x4F75747265616369;
    private const long Preparing = 0x4F7574726561636A;

    private NpgsqlConnection? _lock;

    public string Name { get; } = NameOf(files.Connection);

    public void TakeLock()
    {
        var shared = configuration["Cluster:Redis"] is not null;      // the options themselves belong to a room above
        _lock = Open(new NpgsqlConnectionStringBuilder(files.Connection) { Pooling = false, KeepAlive = 30 });
        if (!Ask(_lock, shared ? "SELECT pg_try_advisory_lock_shared($1)" : "SELECT pg_try_advisory_lock($1)", Servers))
            throw new StartException(shared
                ? $"An Outreach server without a cluster uses {Name}. Stop it first: the nodes of a cluster all need Cluster:Redis."
                : $"Another Outreach server uses {Name}. Stop it first, choose another database with Storage:ConnectionString, or make both nodes of one cluster (Cluster:Redis).");
        Ask(_lock, "SELECT pg_advisory_lock($1) IS NOT NULL", Preparing);
    }

    public void Release()
    {
        if (_lock is not null)
            Ask(_lock, "SELECT pg_advisory_unlock($1)", Preparing);
    }

    public bool HoldsEncryptedRows()
    {
        using var connection = Open(new NpgsqlConnectionStringBuilder(files.Connection) { Pooling = false });
        return Ask(connection, "SELECT to_regclass('\"Installation\"') IS NOT NULL") && Ask(connection, "SELECT EXISTS (SELECT 1 FROM \"Installation\")");
    }

    public bool HasMigration(string id)
    {
        using var connection = Open(new NpgsqlConnectionStringBuilder(files.Connection) { Pooling = false });
        return Ask(connection, "SELECT to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL")
            && Ask(connection, $"SELECT EXISTS (SELECT 1 FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '{id}')");
    }

    /// <summary>The server ends the lock with the session of who held it.</summary>
    public void ClearMigrationLock()
    {
    }

    public void Dispose() => _lock?.Dispose();

    private NpgsqlConnection Open(NpgsqlConnectionStringBuilder how)
    {
        var connection = new NpgsqlConnection(how.ToString());
        try
        {
            connection.Open();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            connection.Dispose();
            throw new StartException($"The database {Name} cannot be opened ({(e as PostgresException)?.MessageText ?? e.GetBaseException().Message}). Check Storage:ConnectionString and that the server runs.");
        }
        return connection;
    }

    private static bool Ask(NpgsqlConnection connection, string sql, long? number = null)
    {
        using var command = connection.CreateCommand();
        command.CommandTimeout = 300;       // another node may be filling the database
#pragma warning disable CA2100 // literals of this class, and names of our own migrations
        command.CommandText = sql;
#pragma warning restore CA2100
        if (number is { } value)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (bool)command.ExecuteScalar()!;
    }

    private static string NameOf(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        return $"{parts.Host}:{parts.Port}/{parts.Database}";
    }
}
