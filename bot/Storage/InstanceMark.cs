using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Outreach.Storage;

/// <summary>
/// A number in the database that grows whenever something is about to be sent, and a file beside the keys that remembers the last one. A database that knows less than the
/// file, or is another one, has been put back from a copy: what it wants to send may be out already.
/// </summary>
public sealed class InstanceMark(StorageFiles files)
{
    private readonly Lock _gate = new();

    /// <summary>Whether this database is older than the last that these keys have seen, or another.</summary>
    public async Task<bool> IsBehindAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        if (Read() is not { } last)
            return false;
        var now = (await Installation.FindAsync(db, cancellationToken))!;
        return now.InstanceId != last.InstanceId || now.Sequence < last.Sequence;
    }

    /// <summary>Counts on, in one commit with <paramref name="work"/>, and remembers it before it returns: from then on an older copy is known as one.</summary>
    public async Task<T> AdvanceAsync<T>(OutreachDb db, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var (result, id, sequence) = await db.WriteAsync(async () =>
        {
            var done = await work();
            await db.Set<Installation>().ExecuteUpdateAsync(set => set.SetProperty(i => i.Sequence, i => i.Sequence + 1), cancellationToken);
            var now = await db.Set<Installation>().Select(i => new { i.InstanceId, i.Sequence }).SingleAsync(cancellationToken);
            return (done, now.InstanceId, now.Sequence);
        }, cancellationToken);
        Remember(new(id, sequence));
        return result;
    }

    private string Path => System.IO.Path.Combine(files.KeysFolder, "last-instance");

    private void Remember(Mark mark)
    {
        lock (_gate)
        {
            if (Read() is { } last && last.InstanceId == mark.InstanceId && last.Sequence >= mark.Sequence)
                return;
            var draft = $"{Path}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{mark.InstanceId} {mark.Sequence}"));
            File.Move(draft, Path, overwrite: true);
        }
    }

    private Mark? Read() =>
        File.Exists(Path) && File.ReadAllText(Path).Split(' ') is [var id, var text] && long.TryParse(text, CultureInfo.InvariantCulture, out var sequence) ? new(id, sequence) : null;

    private sealed record Mark(string InstanceId, long Sequence);
}

/// <summary>Counts on once a minute, whatever is sent.</summary>
internal sealed class InstanceMarkWork(IDbContextFactory<OutreachDb> databases, InstanceMark mark, TimeProvider clock) : IDueWork
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private DateTimeOffset _next;

    public string Name => "instance-mark";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < _next)
            return;
        _next = clock.GetUtcNow() + Every;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await mark.AdvanceAsync(db, () => Task.FromResult(true), cancellationToken);
    }
}
