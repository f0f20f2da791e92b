using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Outreach.Operations;

/// <summary>The reverse proxies in front of us (<c>Proxy</c>).</summary>
public sealed class ProxyOptions
{
    /// <summary>Addresses or networks (<c>10.0.0.5</c>, <c>10.0.0.0/24</c>) whose X-Forwarded-For, -Proto and -Host are believed; none by default.</summary>
    public string[] Trusted { get; init; } = [];
}

/// <summary>Believes X-Forwarded headers only where the configuration says so: rate limits and links rest on them.</summary>
public static class TrustedProxies
{
    public static IServiceCollection AddTrustedProxies(this IServiceCollection services)
    {
        services.AddOptions<ProxyOptions>().BindConfiguration("Proxy")
            .Validate(o => o.Trusted.All(text => Parse(text) is not null),
                "Proxy:Trusted must hold addresses or networks of reverse proxies, such as 10.0.0.5 or 10.0.0.0/24.")
            .ValidateOnStart();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxyOptions>>((forwarded, proxy) =>
        {
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in proxy.Value.Trusted.Select(Parse).OfType<IPNetwork>())
                forwarded.KnownIPNetworks.Add(network);
            forwarded.ForwardLimit = null;      // the list says where it ends
            forwarded.ForwardedHeaders = proxy.Value.Trusted.Length == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        });
        return services;
    }

    private static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : null;
}
