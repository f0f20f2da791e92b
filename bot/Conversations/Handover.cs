using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Conversations;

public enum HandoverState { Waiting, Taken, Closed }

public enum HelpGiven { Yes, No }

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
    /// <summary>What came of it, for colleagues; encrypted.</summary>
    public string? Note { get; set; }
    /// <summary>What the owner answered when asked whether it helped; null: nothing.</summary>
    public HelpGiven? Helped { get; set; }
}

internal sealed class HandoverTable : IEntityTypeConfiguration<Handover>
{
    public void Configure(EntityTypeBuilder<Handover> handover)
    {
        handover.ToTable("Handovers");
        handover.HasIndex(h => h.ConversationId).IsUnique().HasFilter("\"ClosedAt\" IS NULL");
        handover.Property(h => h.Note).IsPersonal();
        handover.HasIndex(h => new { h.State, h.RequestedAt });
        handover.HasIndex(h => h.ClosedAt);
        handover.HasOne<Conversation>().WithMany().HasForeignKey(h => h.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}
