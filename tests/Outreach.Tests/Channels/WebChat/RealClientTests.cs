using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Outreach.Tests.Channels.WebChat;

/// <summary>The published Direct Line client (npm <c>botframework-directlinejs</c>) against a really listening server.</summary>
[Collection(WebChatApps.Name)]
public sealed class RealClientTests(DefaultApp shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("socket")]
    [InlineData("polling")]
    public async Task The_real_client_asks_twice_and_is_answered(string way)
    {
        var seen = await RunAsync(way, "业委会怎么成立", "谢谢");

        Assert.Contains("Online", seen["statuses"]!.AsArray().Select(status => (string?)status));
        var posted = seen["posted"]!.AsArray().Select(id => (string?)id).ToList();
        var received = seen["received"]!.AsArray().Select(activity => activity!).ToList();
        Assert.Equal(2, posted.Distinct().Count());
        Assert.Equal(received.Count, received.Select(activity => (string?)activity["id"]).Distinct().Count());
        for (var n = 0; n < 2; n++)
        {
            var echo = Assert.Single(received, activity => (string?)activity["id"] == posted[n]);
            Assert.Equal($"peer-{n}", (string?)echo["channelData"]!["clientActivityID"]);
            Assert.StartsWith("dl_", (string?)echo["from"]!["id"], StringComparison.Ordinal);
            Assert.Contains(received, activity => (string?)activity["replyToId"] == posted[n] && ((string?)activity["text"])?.Length > 0);
        }
        Assert.Contains(received, activity => activity["entities"]?[0]?["citation"] is JsonArray { Count: > 0 });
    }

    private async Task<JsonNode> RunAsync(string way, params string[] questions)
    {
        var folder = PeersFolder();
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules", "botframework-directlinejs")),
            $"The real client is missing: run 'npm ci --ignore-scripts' in {folder} (Node 20 or later); tests/run.sh does it.");
        var start = new ProcessStartInfo("node", ["directline.mjs", shared.App.Address.ToString(), way, .. questions])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Start(start);
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(Stop), node.StandardError.ReadToEndAsync(Stop));
        await node.WaitForExitAsync(Stop);
        Assert.True(node.ExitCode == 0, $"The client failed: {await errors}");
        return JsonNode.Parse(await output)!;
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

    private static string PeersFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Outreach.sln")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "peers");
    }
}
