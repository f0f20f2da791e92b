using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Conversations;

public enum FeedbackVerdict { Helpful, Wrong }

/// <summary>How the knowledge desk settled a question.</summary>
public enum Settlement { Variant, NewArticle, NotOurs, Answered }

/// <summary>有帮助 / 没答对 under one answer, with the redacted question.</summary>
public sealed class AnswerFeedback
{
    public long Id { get; init; }
    public required long MessageId { get; init; }
    public string? ArticleId { get; init; }
    public required FeedbackVerdict Verdict { get; set; }
    public required string Question { get; init; }
    public long? CommunityId { get; init; }
    /// <summary>Null: nobody of the knowledge desk has settled it.</summary>
    public Settlement? Settled { get; set; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>A question without an answer, redacted: the knowledge desk's queue.</summary>
public sealed class UnansweredQuestion
{
    public const string OutOfScope = "out-of-scope";
    public const string NoAnswer = "no-answer";
    public const string NoneOfThese = "none-of-these";

    public long Id { get; init; }
    public required string Question { get; init; }
    /// <summary>One of the three above.</summary>
    public required string Reason { get; init; }
    public long? CommunityId { get; init; }
    /// <summary>Null: nobody of the knowledge desk has settled it.</summary>
    public Settlement? Settled { get; set; }
    public required DateTimeOffset At { get; init; }
}

internal sealed class AnswerFeedbackTable : IEntityTypeConfiguration<AnswerFeedback>
{
    public void Configure(EntityTypeBuilder<AnswerFeedback> feedback)
    {
        feedback.ToTable("AnswerFeedbacks");
        feedback.Property(f => f.Question).HasMaxLength(2000);
        feedback.Property(f => f.ArticleId).HasMaxLength(128);
        feedback.HasIndex(f => f.MessageId).IsUnique();
        feedback.HasIndex(f => f.At);
    }
}

internal sealed class UnansweredQuestionTable : IEntityTypeConfiguration<UnansweredQuestion>
{
    public void Configure(EntityTypeBuilder<UnansweredQuestion> question)
    {
        question.ToTable("UnansweredQuestions");
        question.Property(q => q.Question).HasMaxLength(2000);
        question.Property(q => q.Reason).HasMaxLength(32);
        question.HasIndex(q => q.At);
    }
}
