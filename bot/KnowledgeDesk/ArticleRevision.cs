using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>Draft and InReview: not yet for owners. Published lies over the shipped article. The last two are history.</summary>
public enum RevisionState { Draft, InReview, Published, Replaced, Discarded }

/// <summary>One state of one article as staff wrote it. An article has at most one published and one open revision.</summary>
public sealed class ArticleRevision
{
    public long Id { get; init; }
    public required string ArticleId { get; init; }
    /// <summary>Grows by one a publication of this article; 0 until it is published.</summary>
    public int Number { get; set; }
    public required RevisionState State { get; set; }
    /// <summary>The article as the text of a file of <c>knowledge/articles</c>.</summary>
    public required string Text { get; set; }
    /// <summary>Hash of the shipped article that it was written over; null: there was none.</summary>
    public string? BaseHash { get; set; }
    /// <summary>The newest version date among the laws that the shipped article and this one cited when it was written.</summary>
    public DateOnly? Law { get; set; }
    /// <summary>Ids of all who wrote on it, each between bars: none of them may review it.</summary>
    public required string Editors { get; set; }
    public string? ReviewedBy { get; set; }
    /// <summary>Why it was returned, or which older one it brings back; for people.</summary>
    public string? Remark { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }
    /// <summary>What <see cref="CheckResult"/> holds for: the text and the knowledge that served then; null: not asked through yet.</summary>
    public string? CheckedFor { get; set; }
    /// <summary>A <see cref="CheckSummary"/> as JSON.</summary>
    public string? CheckResult { get; set; }
    public required Guid Version { get; set; }

    public bool IsOpen => State is RevisionState.Draft or RevisionState.InReview;

    public bool IsEditedBy(string staffId) => Editors.Contains($"|{staffId}|", StringComparison.Ordinal);
}

/// <summary>The one row that changes with every publication, so that every node reads the articles again.</summary>
public sealed class KnowledgeVersion
{
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;
    public required Guid Version { get; set; }
}

internal sealed class ArticleRevisionTable : IEntityTypeConfiguration<ArticleRevision>
{
    public void Configure(EntityTypeBuilder<ArticleRevision> revision)
    {
        revision.ToTable("ArticleRevisions");
        revision.Property(r => r.ArticleId).HasMaxLength(128);
        revision.Property(r => r.BaseHash).HasMaxLength(64);
        revision.Property(r => r.Editors).HasMaxLength(1024);
        revision.Property(r => r.ReviewedBy).HasMaxLength(64);
        revision.Property(r => r.Remark).HasMaxLength(512);
        revision.Property(r => r.CheckedFor).HasMaxLength(160);
        revision.Property(r => r.Version).IsConcurrencyToken();
        revision.HasIndex(r => r.ArticleId, "IX_ArticleRevisions_Published").IsUnique().HasFilter("\"State\" = 'Published'");
        revision.HasIndex(r => r.ArticleId, "IX_ArticleRevisions_Open").IsUnique().HasFilter("\"State\" IN ('Draft', 'InReview')");
        revision.HasIndex(r => new { r.ArticleId, r.Id });
        revision.HasIndex(r => r.State);
    }
}

internal sealed class KnowledgeVersionTable : IEntityTypeConfiguration<KnowledgeVersion>
{
    public void Configure(EntityTypeBuilder<KnowledgeVersion> version)
    {
        version.ToTable("KnowledgeVersion");
        version.Property(v => v.Id).ValueGeneratedNever();
    }
}

public static class KnowledgeDeskSets
{
    extension(OutreachDb db)
    {
        public DbSet<ArticleRevision> ArticleRevisions => db.Set<ArticleRevision>();
        public DbSet<KnowledgeVersion> KnowledgeVersions => db.Set<KnowledgeVersion>();
        public DbSet<ScopeLesson> ScopeLessons => db.Set<ScopeLesson>();
    }
}
