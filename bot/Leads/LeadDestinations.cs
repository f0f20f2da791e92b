using Microsoft.Extensions.Options;
using Outreach.Communities;

namespace Outreach.Leads;

/// <summary>The configured destinations and which areas each of them covers.</summary>
public sealed class LeadDestinations(IOptions<LeadOptions> options, IEnumerable<ILeadDestination> kinds, CommunityDirectory directory)
{
    /// <summary>Names of the destinations that receive leads of this community, in the order of their names.</summary>
    public IReadOnlyList<string> Covering(DirectoryCommunity community)
    {
        var path = '/' + PathName(community);
        return [.. options.Value.Destinations
            .Where(pair => pair.Value.Areas.Length == 0 || pair.Value.Areas.Any(area => Covers(area, path)))
            .Select(pair => pair.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>Names of the destinations that want the numbers of the week.</summary>
    public IReadOnlyList<string> ForSummaries { get; } = [.. options.Value.Destinations.Where(pair => pair.Value.WeeklySummary).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Null when the configuration no longer holds it.</summary>
    public (DestinationOptions Options, ILeadDestination Kind)? Find(string name) =>
        options.Value.Destinations.GetValueOrDefault(name) is { } destination
            ? (destination, kinds.First(k => string.Equals(k.Type, destination.Type, StringComparison.OrdinalIgnoreCase)))
            : null;

    /// <summary>Names of areas in the settings that the tree does not hold: those destinations receive nothing for them. None while there is no tree yet.</summary>
    public IEnumerable<(string Destination, string Area)> UnknownAreas()
    {
        var known = directory.Current.Areas.Select(area => '/' + PathName(area.Id) + '/').ToList();
        return known.Count == 0 ? [] : options.Value.Destinations.SelectMany(pair => pair.Value.Areas
            .Where(area => !known.Any(path => Covers(area, path.TrimEnd('/'))))
            .Select(area => (pair.Key, area)));
    }

    /// <summary>Such as 三门峡市/湖滨区/示范街道/春晖社区.</summary>
    public string PathName(DirectoryCommunity community) => PathName(community.AreaId);

    private string PathName(long areaId) => string.Join('/', directory.Current.Up(areaId).Reverse().Select(area => area.Name));

    // 湖滨区 covers /三门峡市/湖滨区/示范街道; a name is matched whole.
    private static bool Covers(string area, string path) => (path + '/').Contains('/' + area.Trim('/', ' ') + '/', StringComparison.Ordinal);
}
