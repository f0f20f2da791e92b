using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>
/// An empty database starts with made-up communities, each plainly labelled （演示）, unless <c>Demo:Load</c> is false.
/// Their file <c>Communities/demo/communities.csv</c> shows the format of an import.
/// </summary>
public sealed class DemoData(CommunityImport import, CommunityDirectory directory, IOptions<SiteOptions> site)
{
    /// <summary>Whether the demo stands in the directory: then every page and chat says 演示数据.</summary>
    public bool IsPresent => directory.Current.Communities.Any(c => c.IsDemo);

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (!site.Value.Demo.Load)
            return;
        await using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Communities", "demo", "communities.csv"));
        await import.LoadDemoAsync(file, cancellationToken);
    }
}
