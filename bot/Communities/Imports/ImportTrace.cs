namespace Outreach.Communities;

/// <summary>What an import changed, with what was there before: enough to take it back, and to see what has changed since.</summary>
public sealed class ImportTrace
{
    public List<long> CreatedAreas { get; init; } = [];
    public List<CreatedCommunity> Created { get; init; } = [];
    public List<FormerCommunity> Changed { get; init; } = [];
    public List<long> Aliases { get; init; } = [];
    public List<FormerOffice> Offices { get; init; } = [];
}

/// <param name="Version">As the import left it: another one since means that somebody has edited it.</param>
public sealed record CreatedCommunity(long Id, Guid Version);

public sealed record FormerCommunity(
    long Id, Guid Version, long AreaId, string Name, int? Households, long? FloorArea, DateOnly? DeliveredOn, string? PropertyCompany, CommunityStage Stage, DateOnly? StageSince, DateOnly? TermEndsOn);

public sealed record FormerOffice(long AreaId, OfficeValues Before, OfficeValues After);

public sealed record OfficeValues(string? Phone, string? Address, string? Hours, DateOnly? VerifiedOn)
{
    internal static OfficeValues Of(Area area) => new(area.OfficePhone, area.OfficeAddress, area.OfficeHours, area.VerifiedOn);
}
