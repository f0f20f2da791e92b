using System.Diagnostics;
using System.Text;

namespace Outreach.Tests.Channels;

/// <summary>A published server of <c>tests/peers</c> that prints its address and runs until it is disposed.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly Process _node;
    private readonly StringBuilder _errors = new();

    private PeerServer(Process node) => _node = node;

    public Uri Address { get; private set; } = null!;

    public string Errors { get { lock (_errors) return _errors.ToString(); } }

    public static async Task<PeerServer> StartAsync(string script, string package, params string[] arguments)
    {
        var node = Peers.Start(script, package, arguments);
        var server = new PeerServer(node);
        node.ErrorDataReceived += (_, line) => { lock (server._errors) server._errors.AppendLine(line.Data); };
        node.BeginErrorReadLine();
        server.Address = new(await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException($"{script} printed no address: {server.Errors}"));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }
}
