using Outreach.Contacts;

namespace Outreach.Leads;

/// <summary>A complete sign-up, as the dialogue hands it over after the first consent.</summary>
public sealed record SignUp
{
    public required long ContactId { get; init; }
    public required long ConversationId { get; init; }
    /// <summary>Channel in which the consents were given.</summary>
    public required string Channel { get; init; }
    /// <summary>Null: not in the directory.</summary>
    public long? CommunityId { get; init; }
    /// <summary>The community as typed; cut at 64 characters.</summary>
    public required string CommunityTyped { get; init; }
    public required Wishes Wishes { get; init; }
    public LeadRole Role { get; init; }
    public string? Name { get; init; }
    /// <summary>E.164, such as +8613900000000.</summary>
    public string? Phone { get; init; }
    public string? Room { get; init; }
    /// <summary>The first consent; its answer is <see cref="ConsentAnswer.Given"/>.</summary>
    public required ConsentAnswered Collect { get; init; }
    /// <summary>The second consent; null: not asked (yet).</summary>
    public ConsentAnswered? PassOn { get; init; }
}

public enum SaveKind { Created, Updated }

public sealed record SavedLead(Lead Lead, SaveKind Kind);

/// <summary>What of a lead its owner may correct one by one.</summary>
public enum LeadField { Name, Phone, Room }
