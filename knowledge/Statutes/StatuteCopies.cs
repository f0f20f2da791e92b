using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>A passage that stands in a statute word for word.</summary>
/// <param name="Passage">The copied letters, without punctuation and spaces.</param>
public sealed record StatuteCopy(StatuteText Statute, StatuteArticle Article, string Passage);

/// <summary>Looks whether a text copies from the statutes at hand. Pure; the statutes are read through, nothing is kept.</summary>
public static class StatuteCopies
{
    /// <summary>More than this many characters in a row are a copy; punctuation and spaces do not count.</summary>
    public const int Longest = StatuteTexts.LongestQuote;

    /// <summary>The first copied passage; null when there is none.</summary>
    public static StatuteCopy? Find(string text, IEnumerable<StatuteText> statutes)
    {
        var own = new StatuteTexts([text]);        // the text is short and the statutes are long: its passages are looked for in them
        foreach (var statute in statutes)
            foreach (var article in statute.Articles)
                if (own.FindCopy(article.Text) is { } passage)
                    return new(statute, article, passage);
        return null;
    }
}
