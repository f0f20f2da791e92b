using System.Globalization;

namespace Outreach.Knowledge.Articles;

/// <summary>The cited sources by id, and how a citation is written for people.</summary>
public sealed class SourceCatalog
{
    private const int MaxOnGroundLine = 3;
    private readonly Dictionary<string, Source> _byId = new(StringComparer.Ordinal);

    /// <param name="sources">Where an id comes twice the first one counts.</param>
    public SourceCatalog(IEnumerable<Source> sources)
    {
        All = [.. sources.Where(source => _byId.TryAdd(source.Id, source))];
    }

    public IReadOnlyList<Source> All { get; }

    public Source? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Why a citation may not stand under an answer, in Chinese; null: it may.</summary>
    public string? WhyNotCitable(Citation citation) => Find(citation.Source) switch
    {
        null => $"sources.yaml 里没有来源“{citation.Source}”",
        { Status: SourceStatus.Repealed } => $"“{citation.Source}”已失效，不能引",
        var source when source.IsSuperseded(citation) => $"“{citation}”已被新规定代替，不能引",
        { Status: SourceStatus.NameOnly } when citation.Number is not null => $"“{citation.Source}”只知道名称，不能引到条",
        { CitableParts: { Count: > 0 } parts } when citation.Number is not null && !parts.Contains(citation.Number) => $"“{citation.Source}”的第{citation.Number}条没有读到文本，不能引",
        _ => null,
    };

    /// <summary>The source that took the place of this one; null: none is known.</summary>
    public Source? ReplacementOf(Source source) => All.FirstOrDefault(other => other.Replaces.Contains(source.Id) || other.Replaces.Contains(source.ShortTitle));

    /// <summary>《民法典》: the short title of a source.</summary>
    public string Title(Source source) => Name(source.Id);

    /// <summary>《民法典》第二百七十八条第二款; the id stands for a title that is not known.</summary>
    public string Display(Citation citation) => Name(citation.Source) + Place(citation);

    /// <summary>《中华人民共和国民法典》第二百七十八条第二款; the id stands for a title that is not known.</summary>
    public string FullTitle(Citation citation) => Wrap(Find(citation.Source)?.Title ?? citation.Source) + Place(citation);

    /// <summary>依据：《民法典》第二百七十八条. At most three citations, in their order; "" when there are none.</summary>
    public string GroundLine(IEnumerable<Citation> citations)
    {
        var named = citations.Distinct().Take(MaxOnGroundLine).GroupBy(c => c.Source, StringComparer.Ordinal)
            .Select(group => Name(group.Key) + string.Join('、', group.Select(Place).Where(place => place.Length > 0)));
        var line = string.Join('；', named);
        return line.Length == 0 ? "" : "依据：" + line;
    }

    /// <summary>One source as a line of 依据是什么: full title, articles, who made it, since when, and what is not certain.</summary>
    public string Describe(string sourceId, IEnumerable<Citation> citations)
    {
        var source = Find(sourceId);
        var places = string.Join('、', citations.Select(Place).Where(place => place.Length > 0));
        if (source is null)
            return Name(sourceId) + places;

        var notes = new List<string>();
        if (source.Issuer.Length > 0)
            notes.Add(source.Issuer);
        if (source.Effective is { } effective)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{effective.Year}年{effective.Month}月{effective.Day}日起施行"));
        if (source.Status == SourceStatus.InForceTextUnchecked)
            notes.Add("文本未与官方核对");
        if (source.Status == SourceStatus.NameOnly)
            notes.Add("内容请向街道办事处核实");
        return Wrap(source.Title) + places + (notes.Count == 0 ? "" : $"（{string.Join("，", notes)}）");
    }

    private string Name(string id) => Wrap(Find(id)?.ShortTitle ?? id);

    private static string Wrap(string title) =>
        title.Contains('《', StringComparison.Ordinal) || title.EndsWith('号') || title.EndsWith("答复", StringComparison.Ordinal) ? title : $"《{title}》";

    private static string Place(Citation citation)
    {
        if (citation.Number is null || !int.TryParse(citation.Number, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 9999)
            return "";
        var place = $"第{ChineseNumeral.Write(number)}条";
        return citation.Paragraph is >= 1 and { } paragraph ? $"{place}第{ChineseNumeral.Write(paragraph)}款" : place;
    }
}
