using System.Security.Cryptography;
using System.Text;
using Outreach.Knowledge.Articles;

namespace Outreach.KnowledgeDesk;

/// <summary>What becomes of a published article under the files that came with this version of the program.</summary>
internal enum OverlayFate
{
    /// <summary>It lies over the article that it was written over.</summary>
    InForce,
    /// <summary>The shipped article is another one by now: the staff's text serves, and a person compares the two.</summary>
    ToMerge,
    /// <summary>The shipped article stands on a newer law, or this one on a law that may not be cited any more: owners get the shipped one.</summary>
    BackToReview,
}

/// <summary>How staff's articles lie over the shipped ones. Pure.</summary>
internal static class Overlay
{
    public static string? HashOf(Article? article) => article is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ArticleFile.Write(article))));

    /// <summary>The newest version date among the cited laws; null: none is known.</summary>
    public static DateOnly? NewestLaw(SourceCatalog sources, params ReadOnlySpan<Article?> articles)
    {
        DateOnly? newest = null;
        foreach (var article in articles)
            foreach (var citation in article?.Citations ?? [])
                if (sources.Find(citation.Source)?.VersionDate is { } date && (newest is null || date > newest))
                    newest = date;
        return newest;
    }

    public static OverlayFate FateOf(ArticleRevision revision, Article article, KnowledgeBase shipped)
    {
        if (article.Citations.Any(citation => shipped.Sources.WhyNotCitable(citation) is not null))
            return OverlayFate.BackToReview;
        var now = shipped.Find(article.Id);
        if (revision.BaseHash == HashOf(now))
            return OverlayFate.InForce;
        return NewestLaw(shipped.Sources, now) is { } law && (revision.Law is not { } known || law > known) ? OverlayFate.BackToReview : OverlayFate.ToMerge;
    }

    /// <summary>Null when the text is no article (a person changed the row by hand).</summary>
    public static Article? Read(ArticleRevision revision) => Read(revision.ArticleId, revision.Text);

    public static Article? Read(string articleId, string text) => ArticleFile.Parse(ArticleFile.PathOf(articleId), text, new List<Problem>())?.Article;
}
