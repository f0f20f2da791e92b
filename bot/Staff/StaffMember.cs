using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>One account of the console.</summary>
public sealed class StaffMember : IdentityUser
{
    public required string DisplayName { get; set; }
    public StaffRoles Roles { get; set; }
    /// <summary>Root of the subtree that this person sees; null: the whole tree, also while there is no area yet.</summary>
    public required long? AreaId { get; set; }
    public DateTimeOffset? DeactivatedAt { get; set; }
}

public enum StaffLinkPurpose { FirstAdministrator, Invite, Reset }

/// <summary>A one-time link, stored hashed. Redeemed once, before it expires.</summary>
public sealed class StaffLink
{
    public long Id { get; init; }
    public required string TokenHash { get; init; }
    public required StaffLinkPurpose Purpose { get; init; }
    /// <summary>The account to reset; null for a new one.</summary>
    public string? StaffId { get; init; }
    public StaffRoles Roles { get; init; }
    public long? AreaId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}

public enum AuditKind { SignedIn, SignInFailed, SignedOut, SawPhone, SawLead, ChangedLead, RepliedToOwner, SentNotice, ChangedStaff, ChangedCommunity, ImportedCommunities, ErasedData, Exported }

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

internal sealed class StaffMemberTable : IEntityTypeConfiguration<StaffMember>
{
    public void Configure(EntityTypeBuilder<StaffMember> staff)
    {
        staff.ToTable("Staff");
        staff.Property(s => s.DisplayName).HasMaxLength(64);
        staff.Property(s => s.Roles).HasMaxLength(96);
        staff.Property(s => s.UserName).HasMaxLength(64);
        staff.Property(s => s.NormalizedUserName).HasMaxLength(64);
        staff.HasIndex(s => s.NormalizedUserName).IsUnique();
        staff.Property(s => s.ConcurrencyStamp).IsConcurrencyToken();
        staff.HasOne<Area>().WithMany().HasForeignKey(s => s.AreaId).OnDelete(DeleteBehavior.Restrict);
        staff.HasMany<IdentityUserClaim<string>>().WithOne().HasForeignKey(c => c.UserId).IsRequired();
        staff.HasMany<IdentityUserLogin<string>>().WithOne().HasForeignKey(l => l.UserId).IsRequired();
        staff.HasMany<IdentityUserToken<string>>().WithOne().HasForeignKey(t => t.UserId).IsRequired();
    }
}

internal sealed class StaffIdentityTables : IEntityTypeConfiguration<IdentityUserClaim<string>>,
    IEntityTypeConfiguration<IdentityUserLogin<string>>, IEntityTypeConfiguration<IdentityUserToken<string>>
{
    public void Configure(EntityTypeBuilder<IdentityUserClaim<string>> claim) => claim.ToTable("StaffClaims");

    public void Configure(EntityTypeBuilder<IdentityUserLogin<string>> login)
    {
        login.ToTable("StaffLogins");
        login.HasKey(l => new { l.LoginProvider, l.ProviderKey });
    }

    public void Configure(EntityTypeBuilder<IdentityUserToken<string>> token)
    {
        token.ToTable("StaffTokens");
        token.HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
    }
}

internal sealed class StaffLinkTable : IEntityTypeConfiguration<StaffLink>
{
    public void Configure(EntityTypeBuilder<StaffLink> link)
    {
        link.ToTable("StaffLinks");
        link.Property(l => l.TokenHash).HasMaxLength(64);
        link.Property(l => l.Roles).HasMaxLength(96);
        link.HasIndex(l => l.TokenHash).IsUnique();
    }
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

public static class StaffSets
{
    extension(OutreachDb db)
    {
        public DbSet<StaffMember> Staff => db.Set<StaffMember>();
        public DbSet<StaffLink> StaffLinks => db.Set<StaffLink>();
        public DbSet<AuditEntry> AuditEntries => db.Set<AuditEntry>();
    }
}
