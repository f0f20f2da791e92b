using Microsoft.Data.Sqlite;

namespace Outreach.Storage;

/// <summary>
/// One flush of SQLite's write-ahead log for all who committed since the last one began. By itself SQLite flushes inside each commit, where every other writer waits for the disk;
/// with <c>synchronous=NORMAL</c> it writes the log in order and leaves the flush to us, behind the gate. Nobody hears that a write is done before it would outlive a power cut,
/// and what one writer saw of another lies before its own in the same log. Copying the log into the database (a checkpoint) happens here too, beside the writers:
/// left to SQLite, every eightieth turn would do it inside its commit.
/// </summary>
internal sealed partial class SharedFlush(StorageFiles files, SqliteSession session, TimeProvider clock, ILogger<SharedFlush> logger) : IAsyncDisposable
{
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new();
    private TaskCompletionSource? _next;        // of those who wait for a flush that has not begun
    private Task _flushing = Task.CompletedTask;
    private Task _checkpoint = Task.CompletedTask;
    private long _checkpointAt = clock.GetTimestamp();

    /// <summary>Ends when all that was committed before the call is on the disk.</summary>
    /// <exception cref="IOException">The disk refused; whether the last commits outlive a power cut is not known.</exception>
    public Task AfterCommitAsync()
    {
        if (session.Flush == Flush.Never)
            return Task.CompletedTask;
        lock (_sync)
        {
            if (_next is null)
            {
                _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_flushing.IsCompleted)
                    _flushing = Task.Run(FlushAll);
            }
            return _next.Task;
        }
    }

    private void FlushAll()
    {
        while (true)
        {
            TaskCompletionSource round;
            lock (_sync)
            {
                if (_next is null)
                {
                    _flushing = Task.CompletedTask;     // whoever comes next begins anew
                    return;
                }
                (round, _next) = (_next, null);
            }
            try
            {
                FlushLog();
                round.SetResult();
            }
#pragma warning disable CA1031 // told to those who wait
            catch (Exception e)
#pragma warning restore CA1031
            {
                round.SetException(e);
            }
            if (_checkpoint.IsCompleted && clock.GetElapsedTime(_checkpointAt) >= BetweenCheckpoints)
            {
                _checkpointAt = clock.GetTimestamp();
                _checkpoint = Task.Run(Checkpoint);
            }
        }
    }

    /// <summary>The log is opened anew each time: SQLite may remove and make it again. It takes its locks on other files, so that closing this one frees none.</summary>
    private void FlushLog()
    {
        try
        {
            using var log = File.OpenHandle(files.DatabasePath + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(log);
        }
        catch (FileNotFoundException)
        {
            // Its last page was copied into the database, and flushed there, when the last connection closed.
        }
    }

    private void Checkpoint()
    {
        try
        {
            using var connection = new SqliteConnection(files.Connection);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
            command.ExecuteNonQuery();
        }
#pragma warning disable CA1031 // nothing is lost by it: the log grows, and at some length a writer copies it
        catch (Exception e)
#pragma warning restore CA1031
        {
            NotCopied(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _flushing;
        await _checkpoint;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be copied into the database; the next second tries again")]
    private partial void NotCopied(Exception exception);
}
