using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>A place in a statute, down to 款 and 项, and the page of it that is to be shown. As text it is <c>民法典/278②(五)+2</c>.</summary>
/// <param name="Source">Id of the source.</param>
/// <param name="Paragraph">From 1; null: the whole article.</param>
/// <param name="Item">From 1; null: the whole paragraph.</param>
/// <param name="Page">From 1, where an article is too long for one message.</param>
public sealed partial record StatutePlace(string Source, ArticleNumber Number, int? Paragraph = null, int? Item = null, int Page = 1)
{
    private const string Circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

    /// <summary>第二百七十八条第一款第（五）项.</summary>
    public string Spoken => Number.Place + (Paragraph is { } paragraph ? $"第{ChineseNumeral.Write(paragraph)}款" : "") + (Item is { } item ? $"第（{ChineseNumeral.Write(item)}）项" : "");

    public static bool TryParse(string? text, [NotNullWhen(true)] out StatutePlace? place)
    {
        place = null;
        if (text is null || Pattern().Match(text) is not { Success: true } match || ArticleNumber.Read(match.Groups["main"].Value, match.Groups["sub"].Value) is not { } number)
            return false;
        place = new(match.Groups["source"].Value, number,
            match.Groups["paragraph"].Value is [var circle] ? Circled.IndexOf(circle, StringComparison.Ordinal) + 1 : null,
            match.Groups["item"].Value is { Length: > 0 } item ? ChineseNumeral.Read(item) : null,
            match.Groups["page"].Value is { Length: > 0 } page ? int.Parse(page, CultureInfo.InvariantCulture) : 1);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Source}/{Number.Digits}{(Paragraph is >= 1 and <= 20 and { } paragraph ? Circled[paragraph - 1].ToString() : "")}{(Item is { } item ? $"({ChineseNumeral.Write(item)})" : "")}{(Page > 1 ? $"+{Page}" : "")}");

    [GeneratedRegex(@"^(?<source>.+)/(?<main>[0-9]{1,4})(?:之(?<sub>[一二三四五六七八九十]{1,3}))?(?<paragraph>[①-⑳])?(?:\((?<item>[一二三四五六七八九十]{1,3})\))?(?:\+(?<page>[0-9]{1,2}))?$")]
    private static partial Regex Pattern();
}
