using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Knowledge.Statutes;

/// <summary>Which article moves on from the one that was shown.</summary>
internal enum StatuteStep { None, Next, Previous }

/// <summary>A message that asks for the words of a statute and for nothing else. Whoever asks what follows from an article asks the curated answers.</summary>
/// <param name="Named">The sources of that name, those in force first; empty: none was named.</param>
/// <param name="AsksForWords">It says 原文, 怎么写的 or the like: it can mean nothing else.</param>
/// <param name="AsksForMeaning">It says 什么意思 or the like: an explanation is wanted, not the words.</param>
internal sealed partial record StatuteRequest(
    IReadOnlyList<Source> Named, ArticleNumber? Number, int? Paragraph, int? Item, StatuteStep Step, bool AsksForWords, bool AsksForMeaning)
{
    private const char NamePlace = '\u0001';
    private const int LongestRequest = 60;

    /// <summary>Null when the message is no such request.</summary>
    public static StatuteRequest? Read(string message, StatuteNames names)
    {
        if (message.Length > LongestRequest * 2)
            return null;
        var text = Normaliser.Normalise(Circles().Replace(message, circle => $"第{"①②③④⑤⑥⑦⑧⑨⑩".IndexOf(circle.Value[0], StringComparison.Ordinal) + 1}款"))
            .Replace(" ", "", StringComparison.Ordinal);
        if (text.Length is 0 or > LongestRequest)
            return null;

        IReadOnlyList<Source> named = [];
        if (names.FindIn(text) is { } name)
        {
            named = name.Sources;
            text = string.Concat(text.AsSpan(0, name.Start), NamePlace.ToString(), text.AsSpan(name.Start + name.Length));
        }

        var step = StatuteStep.None;
        ArticleNumber? number = null;
        int? paragraph = null, item = null;
        if (NextOne().Match(text) is { Success: true } next)
        {
            step = next.Value[0] is '下' or '后' ? StatuteStep.Next : StatuteStep.Previous;
            text = text.Remove(next.Index, next.Length);
        }
        else if (Place().Match(text) is { Success: true } place)
        {
            number = ArticleNumber.Read(place.Groups["main"].Value, place.Groups["sub"].Value);
            (paragraph, item) = (Numeral(place.Groups["paragraph"]), Numeral(place.Groups["item"]));
            if (number is null)
                return null;
            text = text.Remove(place.Index, place.Length);
        }
        else if (PartAlone().Match(text) is { Success: true } part)
        {
            (paragraph, item) = (Numeral(part.Groups["paragraph"]), Numeral(part.Groups["item"]));
            text = text.Remove(part.Index, part.Length);
        }

        text = text.Replace(NamePlace.ToString(), "", StringComparison.Ordinal);
        if (!Filler().IsMatch(text))
            return null;
        var (asks, meaning) = (Words().IsMatch(text), Meaning().IsMatch(text));
        return number is null && paragraph is null && item is null && step == StatuteStep.None && (named.Count == 0 || !asks)
            ? null
            : new(named, number, paragraph, item, step, asks, meaning);
    }

    private static int? Numeral(Group group) => group.Success ? ChineseNumeral.Read(group.Value) : null;

    [GeneratedRegex("[①-⑩]")]
    private static partial Regex Circles();

    /// <summary>第二百七十八条之一第二款第五项; behind a name the 条 may be missing: 民法典278.</summary>
    [GeneratedRegex(@"(?:第?(?<main>[0-9]{1,4}|[零〇一二三四五六七八九十百千两]{1,9})条|(?<=\u0001)[的第]*(?<main>[0-9]{1,4})(?![0-9年月日号万元]))(?:之(?<sub>[一二三四五六七八九十]{1,2}))?[的里中]?(?:第?(?<paragraph>[0-9]{1,2}|[一二三四五六七八九十]{1,3})款)?的?(?:第?(?<item>[0-9]{1,2}|[一二三四五六七八九十]{1,3})项)?")]
    private static partial Regex Place();

    [GeneratedRegex(@"第(?<paragraph>[0-9]{1,2}|[一二三四五六七八九十]{1,3})款(?:的?第?(?<item>[0-9]{1,2}|[一二三四五六七八九十]{1,3})项)?|第(?<item>[0-9]{1,2}|[一二三四五六七八九十]{1,3})项")]
    private static partial Regex PartAlone();

    [GeneratedRegex("[上下前后]一条")]
    private static partial Regex NextOne();

    [GeneratedRegex("原文|条文|全文|原话|法条|怎么写|怎么规定|怎么说|写的什么|说的什么|规定的什么|规定了什么|写了什么|什么内容|内容是|是怎么")]
    private static partial Regex Words();

    [GeneratedRegex("意思|理解|解释|解读|白话|通俗|没看懂|看不懂")]
    private static partial Regex Meaning();

    /// <summary>All that may stand around the place without asking anything else.</summary>
    [GeneratedRegex(@"^(?:原文|条文|全文|原话|法条|内容|具体|完整|法律|规定|怎么|什么|写|说|讲|的|了|是|请|麻烦|帮忙|帮|给|我们|我|你|您|想要|想|要|能不能|能|可以|可不可以|把|将|看一下|看一看|看看|看下|看|查一下|查查|查下|查|找一下|找|发一下|发来|发|念一下|念|读|列出来|列|出|来|贴|打|调|告诉|知道|有没有|有|关于|一下|一遍|下|里面|里|中|上面|上|那么|那|这|个|呢|吗|吧|啊|呀|哦|嘛|行不行|行吗|好吗|谢谢|谢|根据|按照|依据|和|全部|全|都|条|第|再|还|国家|中国|最新|现行|版本|版|意思|理解|解释|解读|大白话|白话|通俗|点|没看懂|看不懂|用)*$")]
    private static partial Regex Filler();
}

/// <summary>The names that people give to sources. Immutable.</summary>
internal sealed class StatuteNames
{
    private const int ShortestName = 3;
    private readonly (string Name, Source[] Sources)[] _names;

    public StatuteNames(SourceCatalog sources)
    {
        _names = [.. sources.All
            .SelectMany(source => NamesOf(source).Select(name => (Name: Normaliser.Normalise(name).Replace(" ", "", StringComparison.Ordinal), Source: source)))
            .Where(pair => pair.Name.Length >= ShortestName)
            .GroupBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Select(pair => pair.Source).Distinct().OrderBy(source => source.Status == SourceStatus.Repealed).ToArray()))
            .OrderByDescending(pair => pair.Key.Length).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
    }

    /// <summary>The longest name in a text; null when there is none. A year before or behind it chooses among versions.</summary>
    /// <param name="text">Normalised, without spaces.</param>
    public (IReadOnlyList<Source> Sources, int Start, int Length)? FindIn(string text)
    {
        foreach (var (name, sources) in _names)
        {
            var at = text.IndexOf(name, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var (start, end) = (at, at + name.Length);
            if (sources.Length > 1 && YearAround(text, ref start, ref end) is { } year && sources.Where(source => source.VersionDate?.Year == year).ToArray() is { Length: > 0 } ofYear)
                return (ofYear, start, end - start);
            return (sources, at, name.Length);
        }

        return null;
    }

    private static int? YearAround(string text, ref int start, ref int end)
    {
        string[] tails = ["年修正", "年修订", "年文本", "年版", "年的", "年", "版"];
        foreach (var tail in tails)
            if (start >= 4 + tail.Length && text.AsSpan(start - tail.Length, tail.Length).SequenceEqual(tail) && Year(text.AsSpan(start - tail.Length - 4, 4)) is { } before)
            {
                start -= 4 + tail.Length;
                return before;
            }

        foreach (var tail in tails)
            if (end + 4 + tail.Length <= text.Length && Year(text.AsSpan(end, 4)) is { } behind && text.AsSpan(end + 4).StartsWith(tail))
            {
                end += 4 + tail.Length;
                return behind;
            }

        return null;

        static int? Year(ReadOnlySpan<char> digits) => int.TryParse(digits, out var year) && year is > 1949 and < 2200 ? year : null;
    }

    private static IEnumerable<string> NamesOf(Source source)
    {
        yield return source.Id;
        yield return WithoutBracket(source.Id);
        yield return source.ShortTitle;
        yield return WithoutBracket(source.ShortTitle);
        yield return source.Title;
        yield return WithoutBracket(source.Title);
        if (source.Title.StartsWith("中华人民共和国", StringComparison.Ordinal))
            yield return WithoutBracket(source.Title["中华人民共和国".Length..]);
        foreach (var alias in source.Aliases)
            yield return alias;
    }

    private static string WithoutBracket(string name) =>
        name.EndsWith('）') && name.LastIndexOf('（') is > 0 and var at && name.AsSpan(at).ContainsAnyInRange('0', '9') ? name[..at] : name;
}
