using Npgsql;
using Outreach.Doubles;
using Outreach.Storage;

namespace Outreach.Tests;

/// <summary>
/// The database of a test: a SQLite file, or, where the environment says <c>OUTREACH_TEST_STORAGE=PostgreSql</c>, a database of one server that all tests of the process share.
/// Both are copies of one that was migrated once.
/// </summary>
internal static class TestDatabase
{
    public static bool OnPostgres { get; } = Environment.GetEnvironmentVariable("OUTREACH_TEST_STORAGE") == nameof(StorageProvider.PostgreSql);

    private static readonly Lazy<PostgresServer> Server = new(() =>
    {
        var server = PostgresServer.Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return server;
    });

    private static readonly SemaphoreSlim OneCopy = new(1);      // a template that is being copied is refused to others

    /// <summary>The settings of the database that belongs to a test's folder.</summary>
    public static Dictionary<string, string?> Settings(string folder)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Path"] = Path.Combine(folder, "data", "outreach.db"),
            ["Storage:KeysPath"] = Path.Combine(folder, "keys"),
        };
        if (OnPostgres)
        {
            settings["Storage:Provider"] = nameof(StorageProvider.PostgreSql);
            settings["Storage:ConnectionString"] = Connection(folder);
        }
        return settings;
    }

    public static void Create(string folder)
    {
        if (OnPostgres)
            Server.Value.Create(NameOf(folder));
    }

    /// <summary>Nobody is connected to the database any more; it can be copied.</summary>
    public static void Leave(string folder)
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();       // the last connection folds the log into the file
        if (OnPostgres)
            ClearPool(folder);
    }

    public static async Task CopyAsync(string template, string folder)
    {
        if (!OnPostgres)
            return;     // the file lies in the folder that is copied
        await OneCopy.WaitAsync();
        try
        {
            Server.Value.Copy(NameOf(folder), NameOf(template));
        }
        finally
        {
            OneCopy.Release();
        }
    }

    public static void Drop(string folder)
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (OnPostgres)
            ClearPool(folder);      // the database goes with its server: dropping one costs as much as most tests
    }

    private static string Connection(string folder) => Server.Value.Connection(NameOf(folder)) + ";Maximum Pool Size=20";

    private static string NameOf(string folder) => Path.GetFileName(folder.TrimEnd('/'));

    private static void ClearPool(string folder)
    {
        using var connection = new NpgsqlConnection(Outreach.Storage.StorageSetup.ForShortQueries(Connection(folder)));
        NpgsqlConnection.ClearPool(connection);
    }
}
