namespace Outreach.Knowledge.Articles;

/// <summary>An article that a new version of a source concerns.</summary>
/// <param name="Citations">Its citations of that source, or of one that it takes the place of.</param>
/// <param name="VerifiedSince">True when it was verified on or after the day of that version.</param>
public sealed record TouchedArticle(Article Article, IReadOnlyList<Citation> Citations, bool VerifiedSince);
