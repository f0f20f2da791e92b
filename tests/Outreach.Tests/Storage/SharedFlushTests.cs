using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Outreach.Storage;

namespace Outreach.Tests.Storage;

public sealed class SharedFlushTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-flush-");
    private readonly FakeTimeProvider _clock = new();
    private readonly StorageFiles _files;

    public SharedFlushTests() =>
        _files = new(Options.Create(new StorageOptions { Path = Path.Combine(_folder.FullName, "data", "outreach.db") }), new InstallationFolder(_folder.FullName));

    [Fact]
    public async Task Everyone_who_committed_is_told_also_those_who_come_while_a_flush_runs()
    {
        Write(rows: 10);
        await using var flush = new SharedFlush(_files, new(Flush.Shared), _clock, NullLogger<SharedFlush>.Instance);
        for (var round = 1; round <= 3; round++)
        {
            var told = Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
            {
                for (var commit = 0; commit < 20; commit++)
                    await flush.AfterCommitAsync();
            })));
            var first = await Task.WhenAny(told, Task.Delay(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
            Assert.True(first == told, $"Round {round}: after {Patience.TotalSeconds:0} seconds somebody was still not told that the disk has what they committed.");
            await told;
        }
    }

    [Fact]
    public async Task What_the_disk_refuses_is_told_to_the_writer_and_the_next_flush_begins_anew()
    {
        Directory.CreateDirectory(_files.DatabasePath + "-wal");
        await using var flush = new SharedFlush(_files, new(Flush.Shared), _clock, NullLogger<SharedFlush>.Instance);
        await Assert.ThrowsAnyAsync<Exception>(flush.AfterCommitAsync);

        Directory.Delete(_files.DatabasePath + "-wal");
        await flush.AfterCommitAsync();
    }

    [Fact]
    public async Task The_log_is_copied_into_the_database_beside_the_writers()
    {
        Write(rows: 300);
        var before = new FileInfo(_files.DatabasePath).Length;
        await using (var flush = new SharedFlush(_files, new(Flush.Shared), _clock, NullLogger<SharedFlush>.Instance))
        {
            await flush.AfterCommitAsync();
            Assert.Equal(before, new FileInfo(_files.DatabasePath).Length);

            _clock.Advance(TimeSpan.FromSeconds(1));
            await flush.AfterCommitAsync();
        }
        Assert.True(new FileInfo(_files.DatabasePath).Length > before + 300_000);
    }

    /// <summary>Rows of a kilobyte, which stay in the log while a pooled connection is open.</summary>
    private void Write(int rows)
    {
        Directory.CreateDirectory(_files.DatabaseFolder);
        using var connection = new SqliteConnection(_files.Connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE "Rows" ("Text" TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO "Rows" SELECT hex(randomblob(512)) FROM n;
            """;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
