using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>A word that staff put on a lead, such as 懂财务.</summary>
public sealed class LeadTag
{
    public const int MaxCharacters = 12;

    public long Id { get; init; }
    public required long LeadId { get; init; }
    public required string Text { get; init; }
}

/// <summary>A keyed hash of two neighbouring characters of a note: notes are encrypted, and are searched by these.</summary>
public sealed class LeadTerm
{
    public long Id { get; init; }
    public required long LeadId { get; init; }
    public required string Term { get; init; }
}

public enum LeadBatchKind { Assigned, Contacted, NextContact }

/// <summary>One step on many leads, so that it can be taken back.</summary>
public sealed class LeadBatch
{
    public long Id { get; init; }
    public required string StaffId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required LeadBatchKind Kind { get; init; }
    /// <summary>Whom the leads were given to; null: to nobody, or the step was another.</summary>
    public string? AssigneeId { get; init; }
    /// <summary>When the owners are to be contacted; null: the step was another.</summary>
    public DateTimeOffset? NextContactAt { get; init; }
    /// <summary>How each lead stood before, a line a lead: number, state, ticks of the next contact, assignee, as in <c>17=New|639001|id</c>.</summary>
    public required string Before { get; set; }
    public DateTimeOffset? UndoneAt { get; set; }
}

/// <summary>Two sign-ups of one person made one, after staff confirmed it by calling.</summary>
public sealed class LeadMerge
{
    public long Id { get; init; }
    public required long KeptId { get; init; }
    public required long MergedId { get; init; }
    public required string StaffId { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>Where the merged lead stood, to put it back there.</summary>
    public required LeadState Was { get; init; }
    public DateTimeOffset? NextContactWas { get; init; }
    public DateTimeOffset? UndoneAt { get; set; }
}

/// <summary>Who gets the new leads of an area.</summary>
public sealed class LeadRoute
{
    public long Id { get; init; }
    public required long AreaId { get; init; }
    public required string StaffId { get; set; }
}

internal sealed class LeadTagTable : IEntityTypeConfiguration<LeadTag>
{
    public void Configure(EntityTypeBuilder<LeadTag> tag)
    {
        tag.ToTable("LeadTags");
        tag.Property(t => t.Text).HasMaxLength(LeadTag.MaxCharacters);
        tag.HasIndex(t => new { t.LeadId, t.Text }).IsUnique();
        tag.HasIndex(t => t.Text);
        tag.HasOne<Lead>().WithMany().HasForeignKey(t => t.LeadId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class LeadTermTable : IEntityTypeConfiguration<LeadTerm>
{
    public void Configure(EntityTypeBuilder<LeadTerm> term)
    {
        term.ToTable("LeadTerms");
        term.Property(t => t.Term).HasMaxLength(24);
        term.HasIndex(t => new { t.Term, t.LeadId }).IsUnique();
        term.HasOne<Lead>().WithMany().HasForeignKey(t => t.LeadId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class LeadBatchTable : IEntityTypeConfiguration<LeadBatch>
{
    public void Configure(EntityTypeBuilder<LeadBatch> batch) => batch.ToTable("LeadBatches");
}

internal sealed class LeadMergeTable : IEntityTypeConfiguration<LeadMerge>
{
    public void Configure(EntityTypeBuilder<LeadMerge> merge)
    {
        merge.ToTable("LeadMerges");
        merge.HasIndex(m => m.KeptId);
        merge.HasIndex(m => m.MergedId).IsUnique().HasFilter("\"UndoneAt\" IS NULL");
        merge.HasOne<Lead>().WithMany().HasForeignKey(m => m.KeptId).OnDelete(DeleteBehavior.Cascade);
        merge.HasOne<Lead>().WithMany().HasForeignKey(m => m.MergedId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class LeadRouteTable : IEntityTypeConfiguration<LeadRoute>
{
    public void Configure(EntityTypeBuilder<LeadRoute> route)
    {
        route.ToTable("LeadRoutes");
        route.HasIndex(r => r.AreaId).IsUnique();
        route.HasOne<Communities.Area>().WithMany().HasForeignKey(r => r.AreaId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class LeadTagSets
{
    extension(OutreachDb db)
    {
        public DbSet<LeadTag> LeadTags => db.Set<LeadTag>();
        public DbSet<LeadTerm> LeadTerms => db.Set<LeadTerm>();
        public DbSet<LeadBatch> LeadBatches => db.Set<LeadBatch>();
        public DbSet<LeadMerge> LeadMerges => db.Set<LeadMerge>();
        public DbSet<LeadRoute> LeadRoutes => db.Set<LeadRoute>();
    }
}
