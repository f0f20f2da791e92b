using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>How often the bot answered in one way on one day: numbers only, they outlive the conversations.</summary>
public sealed class AnswerCount
{
    /// <summary>Confidence in steps of a fifth: 0 to 4; this one: the answer has none.</summary>
    public const int NoConfidence = -1;

    public long Id { get; init; }
    public required DateOnly Day { get; init; }
    /// <summary>0: not known.</summary>
    public required long CommunityId { get; init; }
    public required string Channel { get; init; }
    public required AnswerKind Kind { get; init; }
    /// <summary>"": none.</summary>
    public required string ArticleId { get; init; }
    public required int Confidence { get; init; }
    public required int Answers { get; set; }
}

/// <summary>Up to which message the answers are counted. One row.</summary>
public sealed class AnswerCountMark
{
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;
    public required long MessageId { get; set; }
}

internal sealed class AnswerCountTable : IEntityTypeConfiguration<AnswerCount>
{
    public void Configure(EntityTypeBuilder<AnswerCount> count)
    {
        count.ToTable("AnswerCounts");
        count.Property(c => c.Channel).HasMaxLength(32);
        count.Property(c => c.ArticleId).HasMaxLength(128);
        count.HasIndex(c => new { c.Day, c.CommunityId, c.Channel, c.Kind, c.ArticleId, c.Confidence }).IsUnique();
    }
}

internal sealed class AnswerCountMarkTable : IEntityTypeConfiguration<AnswerCountMark>
{
    public void Configure(EntityTypeBuilder<AnswerCountMark> mark)
    {
        mark.ToTable("AnswerCountMark");
        mark.Property(m => m.Id).ValueGeneratedNever();
    }
}

public static class AnswerCountSets
{
    extension(OutreachDb db)
    {
        public DbSet<AnswerCount> AnswerCounts => db.Set<AnswerCount>();
        public DbSet<AnswerCountMark> AnswerCountMarks => db.Set<AnswerCountMark>();
    }
}
