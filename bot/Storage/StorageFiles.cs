using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Outreach.Storage;

/// <summary>Where the database and the keys lie, after resolving the options. Keys are never in the database's folder: a copy of that folder alone must be unreadable.</summary>
public sealed class StorageFiles
{
    public StorageFiles(IOptions<StorageOptions> options, InstallationFolder folder)
    {
        var chosen = options.Value;
        Provider = chosen.Provider;
        Connection = chosen.ConnectionString ?? new SqliteConnectionStringBuilder { DataSource = folder.Resolve(chosen.Path) }.ToString();
        DatabasePath = folder.Resolve(Provider == StorageProvider.Sqlite ? new SqliteConnectionStringBuilder(Connection).DataSource : chosen.Path);
        DatabaseFolder = Path.GetDirectoryName(DatabasePath)!;
        KeysFolder = chosen.KeysPath is { } keys ? folder.Resolve(keys) : Path.Combine(Path.GetDirectoryName(DatabaseFolder) ?? "/", "keys");
        if ((KeysFolder + Path.DirectorySeparatorChar).StartsWith(DatabaseFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new OptionsValidationException("Storage", typeof(StorageOptions),
                [$"Storage:KeysPath must not lie inside the database's folder {DatabaseFolder}: a copy of the data would carry its own keys. Choose a folder beside it."]);
    }

    public StorageProvider Provider { get; }
    public string Connection { get; }
    /// <summary>The file; with PostgreSQL there is none, only its folder.</summary>
    public string DatabasePath { get; }
    public string DatabaseFolder { get; }
    public string KeysFolder { get; }
    public string HashKeyPath => Path.Combine(KeysFolder, "hash.key");

    /// <summary>Keeps every other process away from the database's file, in a folder that is made where it is missing; the operating system ends it with the process.</summary>
    /// <exception cref="StartException">A server has it.</exception>
    /// <param name="instead">What the operator can do then.</param>
    public FileStream LockDatabase(string instead)
    {
        Directory.CreateDirectory(DatabaseFolder);
        try
        {
            return new FileStream(DatabasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartException($"Another Outreach server uses {DatabasePath}. {instead}");
        }
    }

    /// <summary>Creates the keys' folder (0700) and the hash key where they are missing. Only for an installation without encrypted rows.</summary>
    public void CreateKeys()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(KeysFolder);
        else
            Directory.CreateDirectory(KeysFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (File.Exists(HashKeyPath))
            return;
        var draft = HashKeyPath + "." + Guid.NewGuid().ToString("N");
        File.WriteAllText(draft, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(draft, HashKeyPath, overwrite: false);
    }

    /// <exception cref="InvalidOperationException">The key is missing or not 32 bytes of base64.</exception>
    public HashKey ReadHashKey()
    {
        if (!File.Exists(HashKeyPath))
            throw new InvalidOperationException($"{HashKeyPath} is missing. Restore the keys' folder (Storage:KeysPath) that belongs to {DatabasePath}.");
        var bytes = new byte[32];
        return Convert.TryFromBase64String(File.ReadAllText(HashKeyPath).Trim(), bytes, out var length) && length == 32
            ? new HashKey(bytes)
            : throw new InvalidOperationException($"{HashKeyPath} does not hold 32 bytes as base64. Restore it from the backup of the keys.");
    }
}
