using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Outreach.Doubles;

/// <summary>
/// A real PostgreSQL server from Debian's package, on a free loopback port, in a folder of its own. It ends with the process that started it,
/// also when that is killed: it then loses its standard input.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const int Patience = 60;      // seconds

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outreach-postgres-");
    private readonly Process _process;
    private readonly int _port;

    private PostgresServer(string programs, PostgresFlushes flushes)
    {
        // The server refuses to run as root.
        var user = Environment.UserName == "root" ? "runuser -u postgres -- " : "";
        if (user.Length > 0)
            Run($"chown postgres {_folder.FullName}");
        var data = Path.Combine(_folder.FullName, "data");
        Run($"{user}{programs}/initdb -D {data} -U outreach -A trust -E UTF8 --locale=C.UTF-8 --no-sync");
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        _process = Start($"{user}{programs}/postgres -D {data} -p {_port} -k {_folder.FullName} -c listen_addresses=127.0.0.1 -c max_connections=400 "
            + (flushes == PostgresFlushes.On ? "" : "-c fsync=off -c full_page_writes=off -c synchronous_commit=off ") + $"> {_folder.FullName}.log 2>&1 & cat > /dev/null; kill -INT $(head -1 {data}/postmaster.pid)");
        Run($"timeout {Patience} sh -c 'until {programs}/pg_isready -q -h 127.0.0.1 -p {_port}; do sleep 0.05; done' || {{ cat {_folder.FullName}.log >&2; exit 1; }}");
    }

    /// <exception cref="InvalidOperationException">The package is missing, or the server does not start.</exception>
    public static PostgresServer Start(PostgresFlushes flushes = PostgresFlushes.Off)
    {
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderBy(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0).LastOrDefault()
            : null;
        return programs is null ? throw new InvalidOperationException("PostgreSQL is missing: apt-get install postgresql") : new(Path.Combine(programs, "bin"), flushes);
    }

    /// <param name="database">Need not be there yet.</param>
    public string Connection(string database) => $"Host=127.0.0.1;Port={_port};Username=outreach;Database={database}";

    public void Create(string database) => Execute($"CREATE DATABASE \"{database}\"");

    /// <summary>The first holds what the second did, which nobody may be connected to.</summary>
    public void Copy(string database, string template) => Execute($"CREATE DATABASE \"{database}\" TEMPLATE \"{template}\"");

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(Connection("postgres") + ";Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names that a test chose
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Run($"rm -rf {_folder.FullName} {_folder.FullName}.log");
    }

    private static Process Start(string command) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static void Run(string command)
    {
        using var process = Start(command);
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command}: {said}");
    }
}

/// <summary>Whether a commit outlives a power cut: tests do without, measurements must not.</summary>
public enum PostgresFlushes { Off, On }
