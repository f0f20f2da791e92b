using Outreach.Communities;
using Outreach.Leads;

namespace Outreach.Conversations;

/// <summary>What a sign-up asks for.</summary>
internal enum SignUpField { None, Community, Wish, Name, Room, Phone }

/// <summary>The fields that one message gave; what was not said is null or None.</summary>
internal sealed record SignUpWords
{
    /// <summary>Communities of the directory that the text names or nearly names, in its order.</summary>
    public IReadOnlyList<CommunityMention> Communities { get; init; } = [];
    /// <summary>A name of a community that is not in the directory.</summary>
    public string? UnknownCommunity { get; init; }
    public Wishes Wishes { get; init; }
    public string? Name { get; init; }
    /// <summary>我叫, 我姓, 叫我: certainly a name, not only a word in the place of one.</summary>
    public bool NameIsSaid { get; init; }
    /// <summary>E.164.</summary>
    public string? Phone { get; init; }
    /// <summary>What is wrong with a number that was given, in words for the owner.</summary>
    public string? PhoneProblem { get; init; }
    public SpokenRoom? Room { get; init; }
    public LeadRole Role { get; init; }
    public bool IsMinor { get; init; }
    /// <summary>The values as they stood in the text, with what takes their place in the stored message.</summary>
    public IReadOnlyList<(string Value, string Placeholder)> Personal { get; init; } = [];

    public bool HasDetails => Name is not null || Phone is not null || Room is not null || PhoneProblem is not null;
    public bool HasAny => HasDetails || Communities.Count > 0 || UnknownCommunity is not null || Wishes != Wishes.None;
}
