using Microsoft.EntityFrameworkCore;

namespace Outreach.Storage;

public enum DatabaseUse
{
    /// <summary>The one server of this database, or a node of its cluster: takes the lock, migrates.</summary>
    Server,
    /// <summary>A command beside a running server: no lock; stops when a migration is pending.</summary>
    Beside,
}

/// <summary>
/// Brings the database into the state that this program needs, before anything else runs. A start that was killed at any point does not block the next:
/// the lock ends with its process, and a left-over row of EF's own migration lock is cleared under it.
/// </summary>
internal sealed class DatabaseStart(StorageFiles files, IDatabaseHome home, IServiceProvider services, TimeProvider clock)
{
    /// <exception cref="StartException">The file is in use, the keys are missing or foreign, or a migration is pending beside a server.</exception>
    public async Task PrepareAsync(DatabaseUse use, CancellationToken cancellationToken)
    {
        if ("１".Normalize(System.Text.NormalizationForm.FormKC) != "1")
            throw new StartException("Unicode normalisation does not work on this machine: install libicu (Debian: apt-get install libicu72).");
        Directory.CreateDirectory(files.DatabaseFolder);
        if (use == DatabaseUse.Server)
            home.TakeLock();
        if (!home.HoldsEncryptedRows())
            files.CreateKeys();
        else if (!File.Exists(files.HashKeyPath))
            throw new StartException($"{home.Name} holds encrypted data, but its keys are not in {files.KeysFolder}. "
                + "Restore that folder from the backup of the keys (Storage:KeysPath names it); without them the data cannot be read.");

        await using var db = await services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(cancellationToken);
        if (!home.HasMigration(db.NewestMigration))
        {
            if (use == DatabaseUse.Beside)
                throw new StartException("The database needs a migration: start the server once, then run this command again.");
            home.ClearMigrationLock();
            await db.Database.MigrateAsync(cancellationToken);
        }
        await CheckCanaryAsync(db, cancellationToken);
    }

    private async Task CheckCanaryAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        try
        {
            if (await Installation.FindAsync(db, cancellationToken) is not null)
                return;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            throw new StartException($"The keys in {files.KeysFolder} do not open {home.Name}. Restore the keys that belong to it (Storage:KeysPath).");
        }
        db.Add(new Installation { InstanceId = Guid.NewGuid().ToString("N"), CreatedAt = clock.GetUtcNow(), Canary = "outreach" });
        await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>The program cannot start; the message is one clear line for the operator.</summary>
public sealed class StartException(string message) : Exception(message);
