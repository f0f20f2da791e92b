using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Outreach.Storage;

/// <summary>
/// Says for next to nothing whether anything was written to the database, by whichever process: who only looks for what somebody wrote need not look before. On PostgreSQL
/// the whole server's log is asked, so that it may say yes too often, never too seldom.
/// </summary>
internal sealed class DatabaseChanges(StorageFiles files, IDbContextFactory<OutreachDb> databases) : IDisposable
{
    private readonly Lock _one = new();
    private SqliteConnection? _connection;
    private SqliteCommand? _version;

    /// <summary>Another number than before: something was written in between. Take it before the look that it stands for.</summary>
    public async ValueTask<long> StampAsync(CancellationToken cancellationToken)
    {
        if (files.Provider == StorageProvider.Sqlite)
            return StampOfFile();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Database.SqlQuery<long>($"""SELECT CAST(pg_current_wal_insert_lsn() - '0/0' AS bigint) AS "Value" """).SingleAsync(cancellationToken);
    }

    public void Dispose()
    {
        lock (_one)
        {
            _version?.Dispose();
            _connection?.Dispose();
            _connection = null;
        }
    }

    /// <summary>SQLite counts for a connection what the others commit: this one stays open, and never writes.</summary>
    private long StampOfFile()
    {
        lock (_one)
        {
            if (_connection is null)
            {
                _connection = new SqliteConnection(new SqliteConnectionStringBuilder(files.Connection) { Pooling = false }.ToString());
                _connection.Open();
                _version = _connection.CreateCommand();
                _version.CommandText = "PRAGMA data_version";
            }
            return (long)_version!.ExecuteScalar()!;
        }
    }
}

/// <summary>Looks for what somebody wrote to the database: after something was written, and seldom whatever happens. A look that failed is made again at the next step.</summary>
internal abstract class DatabaseLook(DatabaseChanges changes, TimeSpan period, TimeProvider clock, ILogger logger) : PeriodicLook(period, clock, logger)
{
    private long? _stamp;
    private long _changedAt;
    private long _lookedAt;
    private bool _hasLooked;

    /// <summary>How long after something was written every step is a look.</summary>
    protected virtual TimeSpan Awake => TimeSpan.Zero;

    /// <summary>How long no look is made at most.</summary>
    protected virtual TimeSpan AtRest => TimeSpan.FromMinutes(1);

    protected abstract Task LookAtAsync(CancellationToken stoppingToken);

    protected sealed override async Task LookAsync(CancellationToken stoppingToken)
    {
        var stamp = await changes.StampAsync(stoppingToken);
        if (stamp != _stamp)
            (_stamp, _changedAt, _hasLooked) = (stamp, Clock.GetTimestamp(), false);
        else if (_hasLooked && Clock.GetElapsedTime(_changedAt) >= Awake && Clock.GetElapsedTime(_lookedAt) < AtRest)
            return;
        await LookAtAsync(stoppingToken);
        (_lookedAt, _hasLooked) = (Clock.GetTimestamp(), true);
    }
}
