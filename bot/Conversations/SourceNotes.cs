using System.Globalization;
using Outreach.Activities;
using Outreach.Knowledge.Articles;

namespace Outreach.Conversations;

/// <summary>What an opened source says: full title and article, in force since, checked when and by whom, and what is not certain. Pure.</summary>
internal static class SourceNotes
{
    public const string Contested = "△ 做法不一";
    public const string Unverified = "〔未核对〕河南的具体规定请向街道办事处核实";
    public const string TextUnchecked = "〔未核对〕文本未与官方文本核对";
    public const string NameOnly = "〔未核对〕只核到名称，内容请向街道办事处核实";

    /// <summary>One claim a citation; where several of the answer's articles cite one place, the earliest check counts.</summary>
    public static IReadOnlyList<CitationClaim> Of(IReadOnlyList<Article> articles, SourceCatalog sources) =>
        [.. articles.SelectMany(article => article.Citations.Select(citation => (Citation: citation, Article: article)))
            .GroupBy(pair => pair.Citation.Canonical, StringComparer.Ordinal)
            .Select(group => Claim(group.First().Citation, [.. group.Select(pair => pair.Article)], sources))];

    private static CitationClaim Claim(Citation citation, IReadOnlyList<Article> citing, SourceCatalog sources)
    {
        var source = sources.Find(citation.Source);
        var notes = new List<string>
        {
            source?.Effective is { } effective ? $"{Day(effective)}起施行" : "施行日期未核对",
        };
        if (citing.MinBy(article => article.VerifiedOn) is { VerifiedOn: var on, VerifiedBy: var by } && on != default)
            notes.Add($"核对日期：{Day(on)}{(by.Length > 0 ? $"，{by}" : "")}");
        if (citing.Any(article => article.Caution == Caution.Contested))
            notes.Add(Contested);
        if (citing.Any(article => article.Caution == Caution.Unverified))
            notes.Add(Unverified);
        if (source?.Status == SourceStatus.InForceTextUnchecked)
            notes.Add(TextUnchecked);
        if (source?.Status == SourceStatus.NameOnly)
            notes.Add(NameOnly);
        return new(sources.Display(citation), string.Join('\n', notes), sources.FullTitle(citation));
    }

    private static string Day(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日");
}
