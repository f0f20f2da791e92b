using System.Net;
using Microsoft.Extensions.Options;
using Outreach.Storage;
using StackExchange.Redis;

namespace Outreach.Operations;

/// <summary>Section <c>Cluster</c>: several nodes that share one PostgreSQL database and one folder of keys. Without <see cref="Redis"/> this process is alone.</summary>
public sealed class ClusterSettings
{
    /// <summary>Where the nodes find one another, in the form of StackExchange.Redis, such as <c>redis:6379,password=…</c>.</summary>
    public string? Redis { get; init; }
    /// <summary>Nodes of one name are one cluster; several installations may share a Redis.</summary>
    public string Name { get; init; } = "outreach";
    /// <summary>Where the other nodes reach this one; without a cluster loopback only. Default: the first address of this machine.</summary>
    public string? AdvertisedAddress { get; init; }
    /// <summary>Default: a free port.</summary>
    public int? SiloPort { get; init; }
    /// <summary>Default: a free port in a cluster, none without.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>What is wrong with these settings, one line a problem.</summary>
    public IEnumerable<string> Problems(StorageProvider storage)
    {
        if (AdvertisedAddress is not null && !IPAddress.TryParse(AdvertisedAddress, out _))
            yield return $"Cluster:AdvertisedAddress must be the IP address at which the other nodes reach this one, such as 10.0.0.5; '{AdvertisedAddress}' is none.";
        foreach (var (key, port) in new[] { (nameof(SiloPort), SiloPort), (nameof(GatewayPort), GatewayPort) })
            if (port is < 1 or > 65535)
                yield return $"Cluster:{key} must be a port from 1 to 65535; leave it out for a free one.";
        if (Redis is null)
            yield break;
        if (storage != StorageProvider.PostgreSql)
            yield return "Cluster:Redis joins nodes that share a database server: set Storage:Provider to PostgreSql and Storage:ConnectionString, or leave Cluster:Redis out.";
        if (string.IsNullOrWhiteSpace(Name) || Name.Any(char.IsWhiteSpace))
            yield return "Cluster:Name must be a word, the same for all nodes of a cluster.";
        if (!IsRedis(Redis))
            yield return "Cluster:Redis must be host:port, with options of StackExchange.Redis behind commas, such as redis:6379.";
    }

    /// <exception cref="OptionsValidationException">The settings do not make a cluster.</exception>
    public static ClusterSettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Cluster").Get<ClusterSettings>() ?? new();
        var problems = settings.Problems(configuration.GetValue("Storage:Provider", StorageProvider.Sqlite)).ToList();
        return problems.Count == 0 ? settings : throw new OptionsValidationException("Cluster", typeof(ClusterSettings), problems);
    }

    private static bool IsRedis(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
