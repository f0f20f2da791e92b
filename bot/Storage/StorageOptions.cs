namespace Outreach.Storage;

public enum StorageProvider
{
    /// <summary>One file, one server.</summary>
    Sqlite,
    /// <summary>A database server, which several nodes may share.</summary>
    PostgreSql,
}

public sealed class StorageOptions
{
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;
    /// <summary>The database file; relative to the folder of <c>appsettings.json</c>. With PostgreSQL its folder still holds what can be made again (vectors of the articles).</summary>
    public string Path { get; init; } = "data/outreach.db";
    /// <summary>Needed for PostgreSQL; for SQLite instead of <see cref="Path"/>, where a whole connection string is needed.</summary>
    public string? ConnectionString { get; init; }
    /// <summary>Folder of the key ring and the hash key, the same for all nodes; default: <c>keys</c> beside the database's folder, never inside it.</summary>
    public string? KeysPath { get; init; }
}

/// <summary>The folder of the <c>appsettings.json</c> in force: the nearest at or above the program's own. Relative paths are relative to it.</summary>
public sealed record InstallationFolder(string Path)
{
    public static InstallationFolder Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "appsettings.json")))
                return new(folder.FullName);
        return new(AppContext.BaseDirectory);
    }

    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);
}
