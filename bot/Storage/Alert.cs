using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Storage;

public enum AlertKind { ForwardLate, NoDestination, ChannelPaused, CampaignPaused, ConfigurationProblem, KnowledgeProblem, Restored, LeadsLate, LegalDate }

/// <summary>Something a person must look at. One open alert per kind and subject.</summary>
public sealed class Alert
{
    public long Id { get; init; }
    public required AlertKind Kind { get; init; }
    /// <summary>What it is about, such as <c>lead/17</c>; no personal data.</summary>
    public required string Subject { get; init; }
    public long? AreaId { get; init; }
    public required DateTimeOffset RaisedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; set; }
    /// <summary>One sentence in Chinese: what is wrong, what to do.</summary>
    public required string Text { get; init; }
}

internal sealed class AlertTable : IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<Alert> alert)
    {
        alert.ToTable("Alerts");
        alert.Property(a => a.Subject).HasMaxLength(96);
        alert.Property(a => a.Text).HasMaxLength(256);
        alert.HasIndex(a => new { a.Kind, a.Subject }).IsUnique().HasFilter("\"ResolvedAt\" IS NULL");
    }
}

public static class AlertSets
{
    extension(OutreachDb db)
    {
        public DbSet<Alert> Alerts => db.Set<Alert>();
    }
}
