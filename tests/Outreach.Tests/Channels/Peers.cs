using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Outreach.Tests.Channels;

/// <summary>Runs the published clients in <c>tests/peers</c> with Node.</summary>
internal static class Peers
{
    /// <summary>What a script printed; fails with what it complained of.</summary>
    public static async Task<JsonNode> RunAsync(string script, string package, string? input, params string[] arguments)
    {
        var stop = TestContext.Current.CancellationToken;
        using var node = Start(script, package, arguments);
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(stop), node.StandardError.ReadToEndAsync(stop));
        await node.StandardInput.WriteAsync((input ?? "").AsMemory(), stop);
        node.StandardInput.Close();
        await node.WaitForExitAsync(stop);
        Assert.True(node.ExitCode == 0, $"{script} failed: {await errors}");
        return JsonNode.Parse(await output)!;
    }

    /// <summary>A script with its three streams in our hands.</summary>
    public static Process Start(string script, string package, params ReadOnlySpan<string> arguments)
    {
        var folder = Folder();
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules", package)),
            $"The package {package} is missing: run 'npm ci --ignore-scripts' in {folder} (Node 20 or later); tests/run.sh does it.");
        var start = new ProcessStartInfo("node", ["--no-deprecation", script, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        return Start(start);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("Node is missing: install Node 20 or later (Debian: apt-get install nodejs npm); tests/run.sh does it.");
        }
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Outreach.sln")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "peers");
    }
}
