using System.Security.Cryptography;
using System.Text;

namespace Outreach.Knowledge.Statutes;

/// <summary>One version of a statute's text, or as much of it as was loaded.</summary>
/// <param name="SourceId">Id in sources.yaml.</param>
/// <param name="Articles">By number, each number once.</param>
public sealed record StatuteText(string SourceId, string Title, IReadOnlyList<StatuteArticle> Articles)
{
    private readonly Dictionary<ArticleNumber, StatuteArticle> _byNumber = Articles.ToDictionary(article => article.Number);

    public StatuteArticle? Find(ArticleNumber number) => _byNumber.GetValueOrDefault(number);

    /// <summary>SHA-256 of all that is served, in lower-case hex: the same text from another kind of file has the same.</summary>
    public string ContentHash()
    {
        var all = new StringBuilder(SourceId);
        foreach (var article in Articles)
            all.Append('\u001e').Append(article.Number.Digits).Append('\u001f').AppendJoin('\u001f', article.Headings).Append('\u001f').Append(article.Note)
                .Append('\u001f').AppendJoin('\u001f', article.Paragraphs);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }
}
