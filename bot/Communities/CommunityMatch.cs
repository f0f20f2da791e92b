namespace Outreach.Communities;

public enum MatchKind
{
    /// <summary>No community of that name.</summary>
    None,
    /// <summary>Exactly one community is meant: its name, an alias, or the beginning of one name only.</summary>
    One,
    /// <summary>Several communities have this very name: ask by street.</summary>
    SameName,
    /// <summary>Probably a typing error, or the beginning of several names: ask.</summary>
    Candidates,
}

/// <summary>What a typed name may mean; at most four communities, the likeliest first.</summary>
public sealed record CommunityMatch(MatchKind Kind, IReadOnlyList<DirectoryCommunity> Communities)
{
    public static CommunityMatch Nothing { get; } = new(MatchKind.None, []);

    /// <summary>The one that is meant, or null.</summary>
    public DirectoryCommunity? Community => Kind is MatchKind.One ? Communities[0] : null;
}

/// <summary>A name inside a longer text: the text's <see cref="Start"/> and <see cref="Length"/> in UTF-16 units.</summary>
public sealed record CommunityMention(CommunityMatch Match, int Start, int Length);

/// <summary>One community with the areas above it, as the directory keeps it in memory.</summary>
/// <param name="AreaPath">Path of the area under which it hangs.</param>
/// <param name="FloorArea">Exclusive floor area in 0.01 m².</param>
/// <param name="District">"" when the tree has none above it; likewise the other two.</param>
public sealed record DirectoryCommunity(
    long Id, string Key, string Name, long AreaId, string AreaPath, string District, string Street, string Neighbourhood,
    int? Households, CommunityStage Stage, DateOnly? StageSince, DateOnly? TermEndsOn, bool IsDemo, long? FloorArea = null)
{
    /// <summary>The legal steps with their days and deadlines.</summary>
    public StagePlan Plan { get; init; } = StagePlan.Make(new(Stage, StageSince, TermEndsOn, 1, new Dictionary<int, DateOnly>(), null, null));

    /// <summary>For telling namesakes apart, such as 湖滨区示范街道 of 锦绣花园.</summary>
    public string Where => District + Street;
}

public sealed record DirectoryArea(
    long Id, long? ParentId, AreaLevel Level, string Name, string Path, string? Phone, string? Address, string? Hours, DateOnly? VerifiedOn, bool IsDemo);

/// <summary>Whom an owner can call or visit.</summary>
/// <param name="AreaId">Null for the hotline.</param>
public sealed record Office(string Name, string Phone, string? Address, string? Hours, DateOnly? VerifiedOn, long? AreaId)
{
    /// <summary>Where no office above a community has a number: the city's hotline.</summary>
    public static Office Hotline { get; } = new("12345热线", "12345", null, null, null, null);
}

/// <summary>Who gets a sign-up when the owner agrees to pass it on (PIPL 23: named, with how to reach them).</summary>
/// <param name="Name">Such as 示范街道办事处和春晖社区.</param>
/// <param name="Contact">A phone number, or where to ask for it.</param>
public sealed record Receiver(string Name, string Contact, long AreaId);
