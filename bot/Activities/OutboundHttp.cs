using System.Net;
using System.Net.Sockets;

namespace Outreach.Activities;

/// <summary>An address is one that we do not write to (SSRF): inside the network, or this machine.</summary>
public sealed class ForbiddenAddressException(string message) : IOException(message);

/// <summary>Which addresses a client may write to.</summary>
public enum Reach
{
    /// <summary>The public internet alone.</summary>
    Public,
    /// <summary>Addresses of the own network as well; loopback in Development only.</summary>
    PrivateToo,
}

/// <summary>
/// Clients for addresses that come from the configuration: no redirects, no proxy, 15 s, and every address that a name resolves to is checked at the moment of connecting,
/// so that a name that changes its mind reaches nothing inside.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    public static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(15);

    private readonly HttpClient _public;
    private readonly HttpClient _private;

    public OutboundHttp(IHostEnvironment environment)
    {
        _public = Client(IsPublic);
        _private = Client(environment.IsDevelopment() ? _ => true : address => !IPAddress.IsLoopback(Unmapped(address)));
    }

    public HttpClient For(Reach reach) => reach == Reach.PrivateToo ? _private : _public;

    public void Dispose()
    {
        _public.Dispose();
        _private.Dispose();
    }

    /// <summary>Whether an address lies in the public internet: not loopback, private, link-local, shared, reserved, multicast or a translation of one of those.</summary>
    internal static bool IsPublic(IPAddress given)
    {
        var address = Unmapped(given);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            var b = address.GetAddressBytes();
            return !(b[0] is 0 or 10 or 127 or >= 224
                || (b[0] == 100 && b[1] is >= 64 and <= 127)
                || (b[0] == 169 && b[1] == 254)
                || (b[0] == 172 && b[1] is >= 16 and <= 31)
                || (b[0] == 192 && b[1] == 168)
                || (b[0] == 192 && b[1] == 0 && b[2] is 0 or 2)
                || (b[0] == 198 && b[1] is 18 or 19)
                || (b[0] == 198 && b[1] == 51 && b[2] == 100)
                || (b[0] == 203 && b[1] == 0 && b[2] == 113));
        }
        var v6 = address.GetAddressBytes();
        return (v6[0] & 0xE0) == 0x20                                                            // 2000::/3, global unicast
            && !(v6[0] == 0x20 && v6[1] == 0x02)                                                 // 6to4 carries a v4 address
            && !(v6[0] == 0x20 && v6[1] == 0x01 && v6[2] == 0x00 && v6[3] == 0x00)               // Teredo likewise
            && !(v6[0] == 0x20 && v6[1] == 0x01 && v6[2] == 0x0D && v6[3] == 0xB8);              // documentation
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static HttpClient Client(Func<IPAddress, bool> mayReach) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = async (context, cancellationToken) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
            if (addresses.Length == 0 || !addresses.All(mayReach))
                throw new ForbiddenAddressException("The name leads to an address inside the network.");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        Timeout = TimeOut,
        MaxResponseContentBufferSize = 64 * 1024,
    };
}
