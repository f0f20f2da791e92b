using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>Which source of sources.yaml a text is, by the title and the dates of its opening lines.</summary>
/// <param name="Source">Null: not known; then <paramref name="Close"/> names what it may be.</param>
/// <param name="Close">At most five sources, the likeliest first.</param>
/// <param name="Version">The latest day that the opening gives for the text; null: none.</param>
public sealed partial record StatuteFileMatch(Source? Source, IReadOnlyList<Source> Close, DateOnly? Version)
{
    private const int MostClose = 5;

    /// <param name="opening">The lines before the first article.</param>
    public static StatuteFileMatch Find(IReadOnlyList<string> opening, SourceCatalog sources)
    {
        var title = Letters(string.Concat(opening));
        var version = VersionOf(opening);
        var named = Named(title, sources);
        if (named.Count == 0)
            named = [.. opening.Select(line => Named(Letters(line), sources)).FirstOrDefault(found => found.Count > 0) ?? []];
        if (named.Count == 1)
            return new(named[0], named, version);
        if (named.Count > 1)
        {
            // Two versions of one law: the day decides, then the year behind the title.
            var ofDay = named.Where(source => version is not null && source.VersionDate == version).ToList();
            var ofYear = named.Where(source => YearBehindTitle(opening) is { } year && source.VersionDate?.Year == year).ToList();
            var chosen = ofYear.Count == 1 ? ofYear : ofDay;
            return new(chosen.Count == 1 ? chosen[0] : null, named, version);
        }

        return new(null, CloseTo(opening.Count == 0 ? "" : Letters(opening[0]), sources), version);
    }

    /// <summary>Sources whose names are most like a text, for "did you mean".</summary>
    public static IReadOnlyList<Source> CloseTo(string text, SourceCatalog sources)
    {
        var pairs = Pairs(Letters(text));
        return [.. sources.All
            .Select(source => (Source: source, Likeness: ((string[])[source.Id, source.Title, source.ShortTitle]).Max(name => Likeness(pairs, Pairs(Letters(name))))))
            .Where(found => found.Likeness > .2)
            .OrderByDescending(found => found.Likeness).Take(MostClose).Select(found => found.Source)];
    }

    private static List<Source> Named(string opening, SourceCatalog sources)
    {
        var found = sources.All.Select(source => (Source: source, Length: Names(source).Where(name => opening.StartsWith(name, StringComparison.Ordinal)).Select(name => name.Length).DefaultIfEmpty().Max()))
            .Where(pair => pair.Length > 0).ToList();
        var longest = found.Select(pair => pair.Length).DefaultIfEmpty().Max();
        return [.. found.Where(pair => pair.Length == longest).Select(pair => pair.Source)];
    }

    private static IEnumerable<string> Names(Source source) =>
        ((string[])[source.Title, source.ShortTitle]).Select(name => Letters(VersionInTitle().Replace(name, ""))).Distinct();

    private static DateOnly? VersionOf(IReadOnlyList<string> opening)
    {
        var text = string.Join('\n', opening);
        var stated = Stated().Match(text) is { Success: true } version ? version.Groups[1].Value : Bracket().Match(text) is { Success: true } bracket ? bracket.Value : "";
        DateOnly? latest = null;
        foreach (Match day in Day().Matches(stated))
            if (DateOnly.TryParseExact($"{day.Groups[1].Value}-{day.Groups[2].Value}-{day.Groups[3].Value}", "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                && (latest is null || date > latest))
                latest = date;
        return latest;
    }

    private static int? YearBehindTitle(IReadOnlyList<string> opening) =>
        opening.Count > 0 && YearBehind().Match(opening[0]) is { Success: true } year ? int.Parse(year.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    private static string Letters(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (var c in text)
            if (char.IsLetterOrDigit(c))
                letters.Append(c);
        return letters.ToString();
    }

    private static HashSet<string> Pairs(string text) => [.. Enumerable.Range(0, Math.Max(0, text.Length - 1)).Select(at => text.Substring(at, 2))];

    private static double Likeness(HashSet<string> one, HashSet<string> other) =>
        one.Count + other.Count == 0 ? 0 : 2.0 * one.Count(other.Contains) / (one.Count + other.Count);

    /// <summary>（2017年文本）: which version, not part of the name.</summary>
    [GeneratedRegex(@"（[^）]*[0-9]{4}[^）]*）$")]
    private static partial Regex VersionInTitle();

    [GeneratedRegex(@"版本[：:]([^｜|\n]+)")]
    private static partial Regex Stated();

    /// <summary>（2017年9月29日…通过 根据2021年7月30日…修正）, below the title.</summary>
    [GeneratedRegex(@"[（(][^（(）)]*?[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日[\s\S]*?[）)]")]
    private static partial Regex Bracket();

    [GeneratedRegex(@"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")]
    private static partial Regex Day();

    [GeneratedRegex(@"^[^（(]*[（(]([0-9]{4})年(?![0-9]{1,2}月)")]
    private static partial Regex YearBehind();
}
