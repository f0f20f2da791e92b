using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Outreach.Doubles;

/// <summary>A real Redis from Debian's package on a free loopback port, which keeps nothing on disk and ends with the process that started it.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly Process _process;

    private RedisServer(int port)
    {
        Connection = $"127.0.0.1:{port}";
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"redis-server --bind 127.0.0.1 --port {port} --save '' --appendonly no --dir /tmp > /dev/null 2>&1 & cat > /dev/null; kill $!"]) { RedirectStandardInput = true })!;
    }

    /// <summary>For <c>Cluster:Redis</c>.</summary>
    public string Connection { get; }

    /// <exception cref="InvalidOperationException">The package is missing, or the server does not start.</exception>
    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var server = new RedisServer(port);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return server;
            }
            catch (SocketException) when (attempt < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
            catch (SocketException)
            {
                server.Dispose();
                throw new InvalidOperationException("Redis does not answer; is it installed? apt-get install redis-server");
            }
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
