using System.IO.Compression;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary>Copies the database, and on request the keys, while the server runs; and puts both back.</summary>
internal sealed class Backup(StorageFiles files, IDbContextFactory<OutreachDb> databases, InstanceMark mark, TimeProvider clock)
{
    /// <summary>Writes a consistent copy of the database to <paramref name="file"/> and the keys to <paramref name="keys"/>. Refuses to overwrite.</summary>
    /// <exception cref="StartException">A target exists, or the database does not.</exception>
    public void Write(FileInfo file, FileInfo? keys)
    {
        RefuseServer("Make the backup with pg_dump, and keep a copy of the keys' folder with it");
        if (!File.Exists(files.DatabasePath))
            throw new StartException($"There is no database at {files.DatabasePath} (Storage:Path).");
        foreach (var target in new[] { file, keys })
            if (target is { Exists: true })
                throw new StartException($"{target.FullName} exists: a backup never overwrites. Choose another name.");
        file.Directory?.Create();
        using (var from = new SqliteConnection(files.Connection))
        using (var to = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file.FullName, Pooling = false }.ToString()))
        {
            from.Open();
            to.Open();
            from.BackupDatabase(to);
        }
        if (keys is null)
            return;
        keys.Directory?.Create();
        ZipFile.CreateFromDirectory(files.KeysFolder, keys.FullName);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(keys.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>
    /// Puts a backup in the place of the installation's (new or stopped) database. What the backup wanted to send may have gone out since:
    /// every campaign and every lead forward is held until a person lets it go.
    /// </summary>
    public void PutBack(FileInfo file, FileInfo? keys)
    {
        RefuseServer("Put it back with pg_restore, together with its keys' folder, and run the command 'hold' before the server starts: what the backup wanted to send may have gone out since");
        if (!file.Exists)
            throw new StartException($"There is no backup at {file.FullName}.");
        if (keys is { Exists: false })
            throw new StartException($"There is no backup of keys at {keys.FullName}.");
        using var mine = files.LockDatabase("Stop it before you restore.");
        if (keys is not null)
        {
            if (Directory.Exists(files.KeysFolder) && Directory.EnumerateFileSystemEntries(files.KeysFolder).Any())
                Directory.Move(files.KeysFolder, $"{files.KeysFolder}.before-{clock.GetUtcNow():yyyyMMddHHmmss}");
            files.CreateKeys();
            File.Delete(files.HashKeyPath);
            ZipFile.ExtractToDirectory(keys.FullName, files.KeysFolder);
        }
        else if (!File.Exists(files.HashKeyPath))
            throw new StartException($"{files.KeysFolder} holds no keys and --keys names none. Database and keys belong together: without them the data cannot be read.");
        SqliteConnection.ClearAllPools();
        if (File.Exists(files.DatabasePath))
            File.Move(files.DatabasePath, $"{files.DatabasePath}.before-{clock.GetUtcNow():yyyyMMddHHmmss}");
        foreach (var left in new[] { files.DatabasePath + "-wal", files.DatabasePath + "-shm" })
            File.Delete(left);
        file.CopyTo(files.DatabasePath);
    }

    /// <summary>At every start of the server: a database that was put back by any other way than <see cref="PutBack"/> is held all the same.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> HoldIfBehindAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await mark.IsBehindAsync(db, cancellationToken))
            return false;
        await HoldAsync(cancellationToken);
        return true;
    }

    /// <summary>After <see cref="PutBack"/>: a new instance id, and everything that sends is held.</summary>
    /// <returns>Campaigns and forwards that now wait for a person.</returns>
    public async Task<(int Campaigns, int Forwards)> HoldAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await mark.AdvanceAsync(db, async () =>
        {
            (await db.Set<Installation>().SingleAsync(cancellationToken)).InstanceId = Guid.NewGuid().ToString("N");
            var campaigns = await db.Campaigns.Where(c => c.State == CampaignState.Scheduled || c.State == CampaignState.Sending)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CampaignState.Paused)
                    .SetProperty(c => c.PauseReason, "数据从备份恢复。备份之后可能已经发过，核对后再继续。"), cancellationToken);
            var forwards = await db.LeadForwards.Where(f => f.State == ForwardState.Queued || f.State == ForwardState.Sending)
                .ExecuteUpdateAsync(set => set.SetProperty(f => f.State, ForwardState.Held), cancellationToken);
            if (campaigns + forwards > 0)
                db.Alerts.Add(new Alert
                {
                    Kind = AlertKind.Restored,
                    Subject = $"restore/{now:yyyyMMddHHmmss}",
                    RaisedAt = now,
                    Text = $"数据从备份恢复：{campaigns} 条通知、{forwards} 条线索转发停着，核对后放行。",
                });
            await db.SaveChangesAsync(cancellationToken);
            return (campaigns, forwards);
        }, cancellationToken);
    }

    private void RefuseServer(string instead)
    {
        if (files.Provider != StorageProvider.Sqlite)
            throw new StartException($"This command copies a SQLite file; the database of this installation is PostgreSQL. {instead} (Storage:KeysPath: {files.KeysFolder}).");
    }
}
