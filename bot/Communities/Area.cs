using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Communities;

public enum AreaLevel { Province, City, District, Subdistrict, Neighbourhood }

/// <summary>One office in the tree 省 › 市 › 县区 › 街道/乡镇 › 社区. A community (小区) hangs under a Neighbourhood.</summary>
public sealed class Area
{
    public long Id { get; init; }
    public long? ParentId { get; init; }
    public required AreaLevel Level { get; init; }
    public required string Name { get; set; }
    /// <summary>Ids from the root down to this one, such as <c>/1/4/9/</c>: a subtree is a prefix.</summary>
    public required string Path { get; set; }
    public string? OfficePhone { get; set; }
    public string? OfficeAddress { get; set; }
    /// <summary>As people write them, such as 周一至周五 8:30–12:00、14:30–18:00.</summary>
    public string? OfficeHours { get; set; }
    public DateOnly? VerifiedOn { get; set; }
    public bool IsDemo { get; init; }
}

internal sealed class AreaTable : IEntityTypeConfiguration<Area>
{
    public void Configure(EntityTypeBuilder<Area> area)
    {
        area.ToTable("Areas");
        area.Property(a => a.Name).HasMaxLength(64);
        area.Property(a => a.Path).HasMaxLength(128);
        area.HasIndex(a => a.Path);
        area.HasIndex(a => new { a.ParentId, a.Name }).IsUnique();
        area.HasOne<Area>().WithMany().HasForeignKey(a => a.ParentId).OnDelete(DeleteBehavior.Restrict);
    }
}

public static class CommunitySets
{
    extension(OutreachDb db)
    {
        public DbSet<Area> Areas => db.Set<Area>();
        public DbSet<Community> Communities => db.Set<Community>();
        public DbSet<CommunityAlias> CommunityAliases => db.Set<CommunityAlias>();
        public DbSet<DirectoryVersion> DirectoryVersions => db.Set<DirectoryVersion>();
    }
}
