using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>What the dialogue is about when a message names an article without its statute.</summary>
/// <param name="Cited">What the current topic's answer cites.</param>
/// <param name="Shown">The place that was shown last; null: none lately.</param>
public sealed record StatuteContext(IReadOnlyList<Citation> Cited, StatutePlace? Shown)
{
    public static StatuteContext Nothing { get; } = new([], null);
}

/// <summary>The statutes whose words are at hand, beside the sources that the knowledge base knows. Immutable; safe for many threads.</summary>
public sealed class StatuteShelf
{
    private const int MostChoices = 3;
    private const int BeyondDoubt = 99;     // of the larger numbers only one statute is likely, so 278条 needs no further word
    private readonly KnowledgeBase _knowledge;
    private readonly Dictionary<string, StatuteText> _bySource;
    private readonly StatuteNames _names;
    private readonly Lazy<StatuteIndex> _index;

    /// <param name="texts">One a source; of two the first counts.</param>
    public StatuteShelf(IEnumerable<StatuteText> texts, KnowledgeBase knowledge)
    {
        _knowledge = knowledge;
        Texts = [.. texts.DistinctBy(text => text.SourceId)];
        _bySource = Texts.ToDictionary(text => text.SourceId, StringComparer.Ordinal);
        _names = new(knowledge.Sources);
        _index = new(() => new(Texts.Where(text => knowledge.Sources.Find(text.SourceId) is { Status: SourceStatus.InForce or SourceStatus.InForceTextUnchecked }), knowledge));
    }

    public IReadOnlyList<StatuteText> Texts { get; }

    public StatuteText? Of(string sourceId) => _bySource.GetValueOrDefault(sourceId);

    /// <summary>The article at a place; null when it is not at hand.</summary>
    public StatuteQuoted? At(StatutePlace place) =>
        Of(place.Source) is { } text && text.Find(place.Number) is { } article ? new(place, text, article) : null;

    /// <summary>Whether a message can ask for the words of a statute at all, so that the texts need not be read for others.</summary>
    public static bool MayAsk(string message) =>
        message.AsSpan().ContainsAny("条條款项項典例０１２３４５６７８９0123456789".AsSpan()) || message.Contains("原文", StringComparison.Ordinal) || message.Contains("全文", StringComparison.Ordinal);

    /// <summary>What a message that asks for the words of a statute comes to; null when it asks for something else, or nobody can tell what it means.</summary>
    public StatuteReply? Read(string message, StatuteContext context)
    {
        if (StatuteRequest.Read(message, _names) is not { } request)
            return null;
        if (request.Number is not { } number)
            return WithoutNumber(request, context);
        if (request.Named.Count > 0)
            return In(request.Named, number, request);
        if (context.Cited.FirstOrDefault(citation => citation.Number == number.Digits) is { } cited && _knowledge.Sources.Find(cited.Source) is { } citedSource)
            return In([citedSource], number, request);
        if (context.Shown is { } shown && _knowledge.Sources.Find(shown.Source) is { } shownSource)
            return In([shownSource], number, request);
        return request.AsksForWords || number.Main > BeyondDoubt ? Anywhere(number, request) : null;
    }

    /// <summary>The article that is nearest to a question which no curated answer fits; null when none is near enough.</summary>
    public StatuteQuoted? Nearest(string question) => Texts.Count == 0 ? null : _index.Value.Find(question);

    /// <summary>Curated articles that rest on this article of a statute, those that rest on nothing else first.</summary>
    public IEnumerable<Article> Explained(StatutePlace place) => _knowledge.Articles
        .Where(article => article.LocalFor is null && article.Citations.Any(citation => citation.Source == place.Source && citation.Number == place.Number.Digits))
        .OrderBy(article => article.Citations.Count).ThenByDescending(article => place.Paragraph is null || article.Citations.Any(citation => citation.Paragraph == place.Paragraph))
        .ThenByDescending(article => article.Variants.Count);

    internal StatuteIndex Index => _index.Value;

    private StatuteReply? WithoutNumber(StatuteRequest request, StatuteContext context)
    {
        if (request.Named.Count > 0)
            return request.Paragraph is null && request.Item is null && request.Step == StatuteStep.None && request.Named.FirstOrDefault(source => Of(source.Id) is not null) is { } source
                ? new StatuteWhichArticle(source)
                : null;
        if (context.Shown is not { } shown || Of(shown.Source) is not { } text)
            return null;
        if (request.Step == StatuteStep.None)
            return At(shown with { Paragraph = request.Paragraph, Item = request.Item, Page = 1 }) is { } part ? request.AsksForMeaning ? new StatuteMeaning(part) : part : null;
        var next = request.Step == StatuteStep.Next ? shown.Number.Main + 1 : shown.Number.Main - 1;
        return next < 1 || _knowledge.Sources.Find(text.SourceId) is not { } shownSource ? null : In([shownSource], new(next), request);
    }

    private StatuteReply In(IReadOnlyList<Source> sources, ArticleNumber number, StatuteRequest request)
    {
        var source = sources.FirstOrDefault(candidate => Of(candidate.Id)?.Find(number) is not null) ?? sources[0];
        var place = new StatutePlace(source.Id, number, request.Paragraph, request.Item);
        if (At(place) is { } quoted)
            return request.AsksForMeaning ? new StatuteMeaning(quoted) : quoted;
        return source.Total is { } total && number.Main > total ? new StatuteEndsBefore(source, number, total) : new StatuteNotLoaded(source, place);
    }

    private StatuteReply? Anywhere(ArticleNumber number, StatuteRequest request)
    {
        var places = Texts.Where(text => text.Find(number) is not null)
            .Select(text => (Place: new StatutePlace(text.SourceId, number, request.Paragraph, request.Item), Source: _knowledge.Sources.Find(text.SourceId)))
            .Where(pair => pair.Source is not null).ToList();
        if (places.Exists(pair => pair.Source!.Status != SourceStatus.Repealed))
            places.RemoveAll(pair => pair.Source!.Status == SourceStatus.Repealed);
        if (places.Count == 1)
            return At(places[0].Place);
        if (places.Count > 1)
            return new StatuteWhich([.. places.Select(pair => pair.Place)
                .OrderByDescending(place => _knowledge.Articles.Count(article => article.Citations.Any(c => c.Source == place.Source && c.Number == number.Digits)))
                .ThenByDescending(place => _knowledge.Articles.Count(article => article.Citations.Any(c => c.Source == place.Source)))
                .Take(MostChoices)]);

        var known = _knowledge.Sources.All.Where(source => source.Status != SourceStatus.Repealed && source.Total is not null).OrderByDescending(source => source.Total).ToList();
        if (known.Count == 0)
            return null;
        if (number.Main > known[0].Total)
            return new StatuteEndsBefore(known[0], number, known[0].Total!.Value);
        var possible = known.Where(source => source.Total >= number.Main).ToList();
        return possible.Count == 1 ? new StatuteNotLoaded(possible[0], new(possible[0].Id, number, request.Paragraph, request.Item)) : null;
    }
}
