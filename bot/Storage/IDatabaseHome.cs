namespace Outreach.Storage;

/// <summary>What a start must know of the place where the database lies before a model is there: a file, or a server.</summary>
internal interface IDatabaseHome : IDisposable
{
    /// <summary>For the operator's eyes: the file, or server and database. Never a password.</summary>
    string Name { get; }

    /// <summary>Keeps other servers away that must not be beside this one, until this is disposed or the process ends.</summary>
    /// <exception cref="StartException">Another server is there, or the place cannot be reached.</exception>
    void TakeLock();

    /// <summary>The database is migrated and filled: other nodes may begin. Until then one at a time prepares it.</summary>
    void Release();

    /// <summary>Whether rows are there that need the keys of this installation.</summary>
    bool HoldsEncryptedRows();

    /// <summary>Whether this migration was applied. EF's own answer reads every type of the program and builds a model for one table: a quarter of a start.</summary>
    bool HasMigration(string id);

    /// <summary>Before a migration, under the lock: what a killed one left behind does not block it.</summary>
    void ClearMigrationLock();
}
