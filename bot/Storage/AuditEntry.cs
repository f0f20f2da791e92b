using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Storage;

public enum AuditKind { SignedIn, SignInFailed, SignedOut, SawPhone, SawLead, ChangedLead, RepliedToOwner, SentNotice, ChangedStaff, ChangedCommunity, ImportedCommunities, ErasedData, Exported, ImportedStatute, TestedChannel, ChangedKnowledge, PublishedKnowledge }

/// <summary>Who saw or did what: append only.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? StaffId { get; init; }
    public required AuditKind Kind { get; init; }
    /// <summary>Id of the row concerned.</summary>
    public long? SubjectId { get; init; }
    /// <summary>Reason or detail in Chinese, free of personal data.</summary>
    public string? Detail { get; init; }
}

internal sealed class AuditEntryTable : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry)
    {
        entry.ToTable("AuditEntries");
        entry.Property(e => e.Detail).HasMaxLength(256);
        entry.HasIndex(e => e.At);
    }
}

public static class AuditSets
{
    extension(OutreachDb db)
    {
        public DbSet<AuditEntry> AuditEntries => db.Set<AuditEntry>();
    }
}
