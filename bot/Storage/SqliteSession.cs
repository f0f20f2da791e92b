using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Outreach.Storage;

internal enum Flush
{
    /// <summary>What was committed outlives a power cut, by <see cref="SharedFlush"/>.</summary>
    Shared,
    /// <summary>For a database that is deleted with the process that made it.</summary>
    Never,
}

/// <summary>Per connection: how commits reach the disk, a busy file is waited for, foreign keys hold. Told once to each: a pooled connection keeps it.</summary>
internal sealed class SqliteSession(Flush flush) : DbConnectionInterceptor
{
    private readonly ConditionalWeakTable<object, object> _told = [];

    private const int LongestLog = 32768;        // pages, 128 MB: from there a writer copies itself what the checkpoint beside the writers could not

    public Flush Flush => flush;

    private string Settings => $"PRAGMA synchronous={(flush == Flush.Never ? "OFF" : "NORMAL")}; PRAGMA wal_autocheckpoint={LongestLog}; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        var handle = ((SqliteConnection)connection).Handle!;
        if (_told.TryGetValue(handle, out _))
            return;
        using var command = connection.CreateCommand();
        command.CommandText = Settings;
        command.ExecuteNonQuery();
        _told.AddOrUpdate(handle, handle);
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);        // SQLite has no asynchronous calls
        return Task.CompletedTask;
    }
}
