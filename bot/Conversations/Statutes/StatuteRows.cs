using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>One version of an official text that staff loaded. Versions that were replaced stay: what owners were shown can be looked up, and comes back when it is loaded again.</summary>
public sealed class StatuteTextRow
{
    public long Id { get; init; }
    /// <summary>Id of the source in sources.yaml.</summary>
    public required string SourceId { get; init; }
    public required string Title { get; init; }
    /// <summary>Hash of all that is served.</summary>
    public required string ContentHash { get; init; }
    public required DateTimeOffset ImportedAt { get; set; }
    /// <summary>When another version took its place; null: this one is served.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }
    public List<StatuteArticleRow> Articles { get; init; } = [];
}

/// <summary>One article of such a text, word for word.</summary>
public sealed class StatuteArticleRow
{
    public long Id { get; init; }
    public long TextId { get; init; }
    public required int Number { get; init; }
    /// <summary>1 for 之一; 0 where there is none.</summary>
    public required int Sub { get; init; }
    /// <summary>编, 章, 节 above it, a line each; "" where there is none.</summary>
    public required string Headings { get; init; }
    public string? Note { get; init; }
    /// <summary>Its 款 with an empty line between them; 项 are single lines.</summary>
    public required string Text { get; init; }
}

internal sealed class StatuteTextTable : IEntityTypeConfiguration<StatuteTextRow>
{
    public void Configure(EntityTypeBuilder<StatuteTextRow> text)
    {
        text.ToTable("StatuteTexts");
        text.Property(t => t.SourceId).HasMaxLength(64);
        text.Property(t => t.Title).HasMaxLength(256);
        text.Property(t => t.ContentHash).HasMaxLength(64);
        text.HasIndex(t => t.SourceId).IsUnique().HasFilter("\"ReplacedAt\" IS NULL");
        text.HasIndex(t => new { t.SourceId, t.ContentHash }).IsUnique();
        text.HasMany(t => t.Articles).WithOne().HasForeignKey(a => a.TextId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class StatuteArticleTable : IEntityTypeConfiguration<StatuteArticleRow>
{
    public void Configure(EntityTypeBuilder<StatuteArticleRow> article)
    {
        article.ToTable("StatuteArticles");
        article.HasIndex(a => new { a.TextId, a.Number, a.Sub }).IsUnique();
    }
}

public static class StatuteSets
{
    extension(OutreachDb db)
    {
        public DbSet<StatuteTextRow> StatuteTexts => db.Set<StatuteTextRow>();
        public DbSet<StatuteArticleRow> StatuteArticles => db.Set<StatuteArticleRow>();
    }
}
