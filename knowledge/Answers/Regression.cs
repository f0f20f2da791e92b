using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

/// <summary>How one wording of the library is answered.</summary>
/// <param name="ArticleId">The article that it belongs to: the expected answer.</param>
/// <param name="Text">The question or one of the variants.</param>
/// <param name="Given">Id of the article given; "?" for a choice among several, "-" for a refusal.</param>
public readonly record struct Outcome(string ArticleId, string Text, string Given)
{
    public const string Choice = "?";
    public const string Refused = "-";

    public bool IsRight => Given == ArticleId;
}

/// <param name="Before">Null: the wording is new.</param>
/// <param name="After">Null: the wording is gone.</param>
public sealed record ChangedOutcome(string ArticleId, string Text, string? Before, string? After)
{
    /// <summary>It was answered as it should be, and is not any more.</summary>
    public bool IsWorse => Before == ArticleId && After is not null && After != ArticleId;
}

/// <summary>Every wording of the library, asked: what a change of one article does to the answers of all.</summary>
public static class Regression
{
    public static IReadOnlyList<Outcome> Run(KnowledgeBase knowledge, Answerer answerer, CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>();
        foreach (var article in knowledge.Articles)
            foreach (var text in article.Variants.Prepend(article.Question).Distinct(StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                outcomes.Add(new(article.Id, text, GivenBy(answerer.Ask(new(text, article.LocalFor is null ? null : string.Join('/', article.Regions))))));
            }

        return outcomes;
    }

    /// <summary>What differs; the worse ones first.</summary>
    public static IReadOnlyList<ChangedOutcome> Compare(IReadOnlyList<Outcome> before, IReadOnlyList<Outcome> after)
    {
        var known = before.ToDictionary(outcome => (outcome.ArticleId, outcome.Text), outcome => outcome.Given);
        var changed = new List<ChangedOutcome>();
        foreach (var outcome in after)
        {
            var hadBefore = known.Remove((outcome.ArticleId, outcome.Text), out var given);
            if (given != outcome.Given)
                changed.Add(new(outcome.ArticleId, outcome.Text, hadBefore ? given : null, outcome.Given));
        }

        changed.AddRange(known.Select(gone => new ChangedOutcome(gone.Key.ArticleId, gone.Key.Text, gone.Value, null)));
        return [.. changed.OrderByDescending(change => change.IsWorse).ThenBy(change => change.Before is null || change.After is null)];
    }

    private static string GivenBy(Reply reply) => reply switch
    {
        Answer answer => answer.Article.Id,
        Clarification => Outcome.Choice,
        _ => Outcome.Refused,
    };
}
