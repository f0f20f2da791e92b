using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticAssets;

namespace Outreach.Channels.WebChat.Pages;

/// <summary>The addresses of the files in <c>wwwroot</c> with their fingerprints, which browsers keep for a year; read from the endpoints of <c>MapStaticAssets</c>.</summary>
public sealed class PageAssets(EndpointDataSource endpoints)
{
    private readonly Lazy<FrozenDictionary<string, string>> _routes = new(() => endpoints.Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>())
        .OfType<StaticAssetDescriptor>()
        .Where(asset => asset.Selectors.Count == 0)
        .Select(asset => (Label: asset.Properties.FirstOrDefault(property => property.Name == "label")?.Value, asset.Route))
        .Where(asset => asset.Label is not null)
        .DistinctBy(asset => asset.Label)
        .ToFrozenDictionary(asset => asset.Label!, asset => "/" + asset.Route, StringComparer.Ordinal));

    /// <summary>The address of a file; without a fingerprint where the build made none.</summary>
    public string Of(string name) => _routes.Value.GetValueOrDefault(name, "/" + name);
}
