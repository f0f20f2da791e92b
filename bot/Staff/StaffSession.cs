using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Staff;

/// <summary>
/// One sign-in on one device. The cookie names it and every request asks for it, so that ending the row ends the session on every node.
/// No address of the device is kept.
/// </summary>
public sealed class StaffSession
{
    public required Guid Id { get; init; }
    public required string StaffId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>The last click, to the minute.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }
    /// <summary>Kind of device and browser for people, such as 安卓手机 · 微信.</summary>
    public required string Browser { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class StaffSessionTable : IEntityTypeConfiguration<StaffSession>
{
    public void Configure(EntityTypeBuilder<StaffSession> session)
    {
        session.ToTable("StaffSessions");
        session.Property(s => s.Id).ValueGeneratedNever();
        session.Property(s => s.Browser).HasMaxLength(64);
        session.HasOne<StaffMember>().WithMany().HasForeignKey(s => s.StaffId).OnDelete(DeleteBehavior.Cascade);
        session.HasIndex(s => new { s.StaffId, s.LastSeenAt });
    }
}
