namespace Outreach.Activities;

/// <summary>Where a conversation can be reached again (Bot Framework proactive messages). Trusted only as stored by us from a verified inbound activity.</summary>
public sealed record ConversationReference
{
    public required string ChannelId { get; init; }
    /// <summary>The channel account (such as one of several official accounts); <c>default</c> where there is one.</summary>
    public required string Account { get; init; }
    public required string ConversationId { get; init; }
    public required string UserId { get; init; }
    public string? ServiceUrl { get; init; }
    public string? TenantId { get; init; }
    public string? BotId { get; init; }
    public string? Locale { get; init; }
}
