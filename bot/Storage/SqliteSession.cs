using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Outreach.Storage;

internal enum Flush
{
    /// <summary>What was committed outlives a power cut.</summary>
    EveryCommit,
    /// <summary>For a database that is deleted with the process that made it.</summary>
    Never,
}

/// <summary>Per connection: every commit reaches the disk, a busy file is waited for, foreign keys hold.</summary>
internal sealed class SqliteSession(Flush flush) : DbConnectionInterceptor
{
    private string Settings => $"PRAGMA synchronous={(flush == Flush.Never ? "OFF" : "FULL")}; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Settings;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Settings;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
