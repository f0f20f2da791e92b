using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Communities;

/// <summary>How far a community has come; the steps of each stage are in <c>law-facts</c>' timeline.</summary>
public enum CommunityStage
{
    None, GatheringInterest, Applied, PreparatoryGroup, FirstMeeting, Elected, Filed, TermOver, ManagementCommittee,
}

/// <summary>One residential community (小区) of the directory.</summary>
public sealed class Community
{
    public long Id { get; init; }
    public required long AreaId { get; set; }
    /// <summary>Stable key of imports and of the address <c>/c/{key}</c>: letters, digits and hyphens.</summary>
    public required string Key { get; init; }
    public required string Name { get; set; }
    public int? Households { get; set; }
    /// <summary>Exclusive floor area of the whole community in 0.01 m².</summary>
    public long? FloorArea { get; set; }
    public DateOnly? DeliveredOn { get; set; }
    public string? PropertyCompany { get; set; }
    public CommunityStage Stage { get; set; }
    public DateOnly? StageSince { get; set; }
    public DateOnly? TermEndsOn { get; set; }
    public bool IsDemo { get; init; }
    public Guid Version { get; set; }
    public Area Area { get; init; } = null!;
}

/// <summary>Another or a former name of a community, as people write it; compared by <see cref="CommunityNames.Key"/>.</summary>
public sealed class CommunityAlias
{
    public long Id { get; init; }
    public required long CommunityId { get; init; }
    public required string Name { get; init; }
    /// <summary>What it was called before; owners still find it by it.</summary>
    public bool IsFormer { get; init; }
}

internal sealed class CommunityTable : IEntityTypeConfiguration<Community>
{
    public void Configure(EntityTypeBuilder<Community> community)
    {
        community.ToTable("Communities");
        community.Property(c => c.Key).HasMaxLength(64);
        community.Property(c => c.Name).HasMaxLength(64);
        community.HasIndex(c => c.Key).IsUnique();
        community.HasIndex(c => new { c.AreaId, c.Name }).IsUnique();
        community.Property(c => c.Version).IsConcurrencyToken();
        community.HasOne(c => c.Area).WithMany().HasForeignKey(c => c.AreaId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class CommunityAliasTable : IEntityTypeConfiguration<CommunityAlias>
{
    public void Configure(EntityTypeBuilder<CommunityAlias> alias)
    {
        alias.ToTable("CommunityAliases");
        alias.Property(a => a.Name).HasMaxLength(64);
        alias.HasIndex(a => new { a.CommunityId, a.Name }).IsUnique();
        alias.HasOne<Community>().WithMany().HasForeignKey(a => a.CommunityId).OnDelete(DeleteBehavior.Cascade);
    }
}
