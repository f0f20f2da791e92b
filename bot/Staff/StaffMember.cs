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
        token.Property(t => t.Value).IsPersonal();     // the secret of the second factor
        token.HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
    }
}

public static class StaffSets
{
    extension(OutreachDb db)
    {
        public DbSet<StaffMember> Staff => db.Set<StaffMember>();
        public DbSet<StaffLink> StaffLinks => db.Set<StaffLink>();
        public DbSet<StaffSession> StaffSessions => db.Set<StaffSession>();
    }
}
