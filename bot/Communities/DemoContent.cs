using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>What one room keeps for the demo communities, and how it goes away with them. One per room that keeps any.</summary>
public interface IDemoContent
{
    /// <summary>How many rows a person would miss, in words such as 3 条登记; null: none.</summary>
    Task<string?> DescribeAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken);

    /// <summary>Removes them within the caller's transaction; or keeps an area that must not go (<see cref="DemoRows.Keep"/>).</summary>
    Task RemoveAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken);
}

/// <summary>The demo communities and areas that are about to go.</summary>
public sealed class DemoRows(IReadOnlyList<long> communityIds, IReadOnlyList<long> areaIds)
{
    private readonly HashSet<long> _kept = [];

    public IReadOnlyList<long> CommunityIds => communityIds;
    public IReadOnlyList<long> AreaIds => areaIds;

    /// <summary>Something that stays (an account) hangs on this area: it stays too, empty.</summary>
    public void Keep(long areaId) => _kept.Add(areaId);

    internal IReadOnlySet<long> Kept => _kept;
}
