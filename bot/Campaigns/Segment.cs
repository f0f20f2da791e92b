using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Campaigns;

/// <summary>An audience with a name, to be used again: the rule, not the people.</summary>
public sealed class Segment
{
    public long Id { get; init; }
    public required string Name { get; init; }
    /// <summary>The area of the rule, and of the staff who see it.</summary>
    public required long AreaId { get; init; }
    /// <summary><see cref="AudienceFilter"/> as JSON; null: everyone of the area.</summary>
    public string? Audience { get; init; }
    public required string StaffId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class SegmentTable : IEntityTypeConfiguration<Segment>
{
    public const int MaxName = 30;

    public void Configure(EntityTypeBuilder<Segment> segment)
    {
        segment.ToTable("Segments");
        segment.Property(s => s.Name).HasMaxLength(MaxName);
        segment.HasIndex(s => new { s.AreaId, s.Name }).IsUnique();
    }
}
