using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

/// <summary>An article and how well it fits, 0 to 1; the scores of a ranking add up to at most 1.</summary>
public readonly record struct Candidate(Article Article, double Score);

/// <summary>What the knowledge base makes of a question: <see cref="Answer"/>, <see cref="Clarification"/> or <see cref="Refusal"/>.</summary>
public abstract record Reply
{
    /// <summary>Calibrated probability, 0 to 1, that this reply is right.</summary>
    public double Confidence { get; init; }

    /// <summary>Id of the article that a follow-up would lean on: the one given, or the likeliest of those offered; else null.</summary>
    public virtual string? TopicId => null;

    /// <summary>The best articles that were considered, best first: why this answer.</summary>
    public IReadOnlyList<Candidate> Alternatives { get; init; } = [];
}
