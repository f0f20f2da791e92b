using System.Diagnostics;
using System.Globalization;

namespace Outreach.Benchmarks;

/// <summary>A published package as a server in a process of its own: a script of <c>tests/peers</c> under Node.</summary>
internal sealed class PeerServer : IDisposable
{
    private readonly Process _process;

    private PeerServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <exception cref="InvalidOperationException">The script ended without a port: a package is missing.</exception>
    public static async Task<PeerServer> StartAsync(string script, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("node", ["--no-deprecation", script, .. arguments]) { WorkingDirectory = Folder(), RedirectStandardOutput = true })!;
        return int.TryParse(await process.StandardOutput.ReadLineAsync(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new(process, new Uri($"http://127.0.0.1:{port}"))
            : throw new InvalidOperationException($"{script} did not start: run 'npm ci --ignore-scripts' in {Folder()}.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Outreach.sln")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "peers");
    }
}
