using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Communities;

namespace Outreach.Staff;

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
