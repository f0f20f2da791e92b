using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

/// <summary>Not sure: two or three articles whose questions are offered to choose from.</summary>
public sealed record Clarification(IReadOnlyList<Article> Candidates) : Reply
{
    public override string? TopicId => Candidates[0].Id;
}
