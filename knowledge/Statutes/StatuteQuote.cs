using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>The words of an article as an owner gets them: for reference, word for word, with what must be known of them, in pages that fit into a message.</summary>
/// <param name="Text">With the 依据 line.</param>
/// <param name="Next">The place of the next page; null: this is the last.</param>
public sealed partial record StatuteQuote(string Text, StatutePlace? Next)
{
    /// <summary>Bytes of one page: with what a channel adds it stays below 2,048, the narrowest limit of a channel.</summary>
    public const int PageBytes = 1500;

    /// <param name="bytes">Most of a page's text in UTF-8, from 300.</param>
    public static StatuteQuote Of(StatuteQuoted quoted, SourceCatalog sources, int bytes = PageBytes)
    {
        var (place, article) = (quoted.Place, quoted.Article);
        var source = sources.Find(place.Source);
        var title = source is null ? $"《{quoted.Text.Title}》" : sources.Title(source);
        var (body, missing) = Body(article, ref place);
        var ground = "依据：" + title + (place with { Item = null }).Spoken;
        var warning = Warning(source, place, body, article.Note, sources);

        var pages = Pages(body, bytes - Bytes(ground) - Bytes(warning) - Bytes(title) - 120);
        var page = Math.Clamp(place.Page, 1, pages.Count);
        var text = new StringBuilder(missing);
        text.Append(title).Append(place.Spoken).Append(page == 1 ? "原文，供参考" : "原文，接上");
        if (pages.Count > 1)
            text.Append(CultureInfo.InvariantCulture, $"（{page}/{pages.Count}）");
        text.Append("：\n");
        if (warning.Length > 0)
            text.Append(warning).Append('\n');
        text.Append(pages[page - 1]).Append('\n');
        if (page < pages.Count)
            text.Append("（还没完，回“接着看”）\n");
        return new(text.Append(ground).ToString(), page < pages.Count ? place with { Page = page + 1 } : null);
    }

    /// <summary>
    /// What an owner must know before reading: the text is no longer in force, a part of it gave way, its shares of votes are old, or it was never compared with
    /// the official one. "" when nothing.
    /// </summary>
    public static string Warning(Source? source, StatutePlace place, string body, string? note, SourceCatalog sources)
    {
        var lines = new List<string>();
        if (source is null)
            lines.Add("这份文件是否现行没有核对，以有关部门的答复为准。");
        else if (source.Status == SourceStatus.Repealed)
            lines.Add($"注意：这份文本已经失效{(sources.ReplacementOf(source) is { } now ? $"，由{Version(now, source, sources)}取代" : "")}，只能用来查旧规定。");

        if (source?.SupersededBy is { } by)
        {
            var parts = PartsOf(source, place);
            if (parts.Length > 0)
                lines.Add($"注意：{parts}已不再适用，现在看{sources.Display(by)}。");
            else if (Shares().IsMatch(body))
                lines.Add($"注意：里面的业主表决比例，现在看{sources.Display(by)}。");
        }

        if (source is { Status: SourceStatus.InForceTextUnchecked or SourceStatus.NameOnly })
            lines.Add("这份文本没有和官方文本核对过，办事前请向街道办事处核实。");
        if (note is not null)
            lines.Add($"这一条的条号没有核对过（{note}）。");
        return string.Join('\n', lines);
    }

    /// <summary>The text at the place; where it asks for a part that the article does not have, the whole of it, and what to say first.</summary>
    private static (string Body, string Missing) Body(StatuteArticle article, ref StatutePlace place)
    {
        if (place.Paragraph is null && place.Item is { } anywhere && article.ParagraphWithItem(anywhere) is { } holder)
            place = place with { Paragraph = holder };
        if (place.Paragraph is null && place.Item is null)
            return (article.Text, "");
        if (place.Paragraph is { } paragraph && paragraph >= 1 && paragraph <= article.Paragraphs.Count)
        {
            if (place.Item is not { } item)
                return (article.Paragraphs[paragraph - 1], "");
            if (article.Item(paragraph, item) is { } words)
                return (words, "");
            var (asked, rest) = (place, place with { Item = null });
            place = rest;
            return (article.Paragraphs[paragraph - 1], $"{asked.Number.Place}第{ChineseNumeral.Write(paragraph)}款没有第（{ChineseNumeral.Write(item)}）项。\n");
        }

        var missing = place.Paragraph is { } none ? $"{place.Number.Place}只有{article.Paragraphs.Count}款，没有第{ChineseNumeral.Write(Math.Clamp(none, 1, 9999))}款。\n" : $"{place.Number.Place}没有第（{ChineseNumeral.Write(Math.Clamp(place.Item!.Value, 1, 9999))}）项。\n";
        place = place with { Paragraph = null, Item = null };
        return (article.Text, missing);
    }

    private static string PartsOf(Source source, StatutePlace place)
    {
        var parts = new List<string>();
        foreach (var part in source.SupersededParts)
            if (SupersededPart().Match(part) is { Success: true } match && match.Groups["number"].Value == place.Number.Digits)
            {
                var paragraph = match.Groups["paragraph"].Value is [var circle] ? "①②③④⑤⑥⑦⑧⑨".IndexOf(circle, StringComparison.Ordinal) + 1 : (int?)null;
                if (place.Paragraph is { } shown && paragraph is { } barred && shown != barred)
                    continue;
                parts.Add((paragraph is { } p ? $"第{ChineseNumeral.Write(p)}款" : "") + (match.Groups["item"].Value is { Length: > 0 } item ? $"第（{item}）项" : "") + match.Groups["rest"].Value);
            }

        return parts.Count == 0 ? "" : parts.Exists(part => part.Length == 0) ? "这一条" : string.Join('、', parts);
    }

    private static string Version(Source now, Source old, SourceCatalog sources)
    {
        var sameLaw = old.Title.StartsWith(now.Title, StringComparison.Ordinal);
        return sameLaw && now.VersionDate is { } day ? string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日的文本") : sources.Title(now);
    }

    /// <summary>Whole 款 as long as they fit, then whole 项, then sentences.</summary>
    private static List<string> Pages(string body, int bytes)
    {
        var pages = new List<string>();
        var page = new StringBuilder();
        foreach (var piece in Pieces(body, Math.Max(bytes, 120)))
        {
            if (page.Length > 0 && Bytes(page.ToString()) + Bytes(piece) > bytes)
            {
                pages.Add(page.ToString().Trim('\n'));
                page.Clear();
            }

            page.Append(piece);
        }

        pages.Add(page.ToString().Trim('\n'));
        return pages;
    }

    private static IEnumerable<string> Pieces(string body, int bytes)
    {
        foreach (var line in body.Split('\n'))
        {
            if (Bytes(line) <= bytes)
            {
                yield return line + "\n";
                continue;
            }

            foreach (Match sentence in Sentences().Matches(line))
                foreach (var chunk in Chunks(sentence.Value, bytes))
                    yield return chunk;
            yield return "\n";
        }
    }

    private static IEnumerable<string> Chunks(string sentence, int bytes)
    {
        var most = bytes / 4;
        if (Bytes(sentence) <= bytes)
            most = sentence.Length;
        for (var at = 0; at < sentence.Length;)
        {
            var length = Math.Min(most, sentence.Length - at);
            if (at + length < sentence.Length && char.IsHighSurrogate(sentence[at + length - 1]))
                length--;
            yield return sentence.Substring(at, length);
            at += length;
        }
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    [GeneratedRegex(@"^(?<number>[0-9]+)(?<paragraph>[①-⑨])?(?:[(（](?<item>[一二三四五六七八九十]+)[)）])?(?<rest>但书)?$")]
    private static partial Regex SupersededPart();

    /// <summary>A share of owners, area or votes that something needs.</summary>
    [GeneratedRegex(@"(?=[\s\S]*(?:业主|投票权|总人数|总面积))(?:三分之二|四分之三|二分之一|过半数|半数以上|[一二三四五六七八九]分之[一二三四五六七八九])[^。]{0,60}(?:同意|参加|参与|表决|通过|决定|投票权)|(?:同意|参加|参与|表决|通过|决定)[^。]{0,60}(?:三分之二|四分之三|过半数|半数以上)")]
    private static partial Regex Shares();

    [GeneratedRegex(@"[^。；]+[。；]?|[。；]")]
    private static partial Regex Sentences();
}
