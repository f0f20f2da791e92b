using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Conversations;

public enum HandoverState { Waiting, Taken, Closed }

/// <summary>An owner who asked for a person. While <see cref="HandoverState.Taken"/> the bot is silent in that conversation.</summary>
public sealed class Handover
{
    public long Id { get; init; }
    public required long ConversationId { get; init; }
    public long? CommunityId { get; set; }
    /// <summary>Someone may hurt themselves: shown first.</summary>
    public bool Urgent { get; set; }
    public HandoverState State { get; set; }
    public required DateTimeOffset RequestedAt { get; init; }
    public string? StaffId { get; set; }
    public DateTimeOffset? TakenAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }
}

internal sealed class HandoverTable : IEntityTypeConfiguration<Handover>
{
    public void Configure(EntityTypeBuilder<Handover> handover)
    {
        handover.ToTable("Handovers");
        handover.HasIndex(h => h.ConversationId).IsUnique().HasFilter("\"ClosedAt\" IS NULL");
        handover.HasIndex(h => new { h.State, h.RequestedAt });
        handover.HasOne<Conversation>().WithMany().HasForeignKey(h => h.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}
