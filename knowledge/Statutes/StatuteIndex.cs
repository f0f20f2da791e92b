using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Knowledge.Statutes;

/// <summary>An article of a statute and how near it is to a question.</summary>
/// <param name="Coverage">Share of the question's weight that the article's words cover, 0 to 1.</param>
/// <param name="Lead">How much more than the next article of another number.</param>
/// <param name="Matches">Different pairs of characters that both have.</param>
internal readonly record struct StatuteHit(StatuteText Text, StatuteArticle Article, float Coverage, float Lead, int Matches);

/// <summary>
/// The second index: articles of statutes by the pairs of characters in them. It answers nothing; it is asked only when no curated article fits,
/// and stays silent unless the question is said in the statute's own words. Immutable; safe for many threads.
/// </summary>
internal sealed class StatuteIndex
{
    // Chosen on the evaluation set: asked every question of the scope it would speak to 4 % and be right in most of them, and to none of the others.
    private const float EnoughCoverage = .4f;
    private const float EnoughLead = .05f;
    private const int EnoughMatches = 3;

    // Words that ask rather than say what about: pairs with one of them weigh nothing.
    private const string Asking = "的了吗呢吧啊呀么怎什哪谁几多少咋啥我你您他她它们咱俺这那是不没有在要能可以会该让被把给就都也还又和跟与或想说问请行中算得到去来上下里后前个一点事样";

    private readonly Vocabulary _vocabulary = new();
    private readonly RewriteTable _rewrites;
    private readonly (StatuteText Text, StatuteArticle Article)[] _articles;
    private readonly float[] _weights;
    private readonly float _unknownWeight;
    private readonly Postings _postings;

    public StatuteIndex(IEnumerable<StatuteText> texts, KnowledgeBase knowledge)
    {
        _rewrites = new(knowledge.Rewrites, () => []);
        _articles = [.. texts.SelectMany(text => text.Articles.Select(article => (text, article)))];
        var terms = _articles.Select(pair => Terms.Learn(Normaliser.Normalise(pair.Article.Text), _vocabulary).Known.Distinct().ToArray()).ToArray();
        var frequency = new int[_vocabulary.Count];
        foreach (var term in terms.SelectMany(known => known))
            frequency[term]++;
        _weights = [.. frequency.Select((count, term) => _vocabulary.IsSingle(term) ? 0 : Weight(count))];
        _unknownWeight = Weight(0);
        _postings = new(_vocabulary.Count, [.. terms.SelectMany((known, article) => known.Where(term => _weights[term] > 0).Select(term => new Posting(term, article, _weights[term])))]);
    }

    /// <summary>The nearest article when it is near enough to be shown; else null.</summary>
    public StatuteQuoted? Find(string question) =>
        Best(question) is { } hit && hit.Coverage >= EnoughCoverage && hit.Lead >= EnoughLead && hit.Matches >= EnoughMatches
            ? new(new(hit.Text.SourceId, hit.Article.Number), hit.Text, hit.Article)
            : null;

    /// <summary>The nearest article whatever its nearness; null when no word is shared.</summary>
    public StatuteHit? Best(string question)
    {
        var normalised = Normaliser.Normalise(question);
        var best = Covering(Content(normalised));
        return _rewrites.Apply(normalised) is { } rewritten && Covering(Content(rewritten)) is { } other && (best is not { } first || other.Coverage > first.Coverage) ? other : best;
    }

    /// <summary>The question with its asking words as gaps, so that no pair crosses them.</summary>
    private static string Content(string normalised) => string.Create(normalised.Length, normalised, static (span, text) =>
    {
        for (var i = 0; i < text.Length; i++)
            span[i] = Asking.Contains(text[i], StringComparison.Ordinal) ? ' ' : text[i];
    });

    private StatuteHit? Covering(string content)
    {
        var terms = Terms.Of(content, _vocabulary);
        var sums = new float[_articles.Length];
        var counts = new int[_articles.Length];
        var mass = terms.UnknownOthers * _unknownWeight;
        foreach (var term in terms.Known.Distinct())
        {
            if (_weights[term] <= 0)
                continue;
            mass += _weights[term];
            _postings.Accumulate(term, 1, sums);
            foreach (var article in _postings.Documents(term))
                counts[article]++;
        }

        if (mass <= 0)
            return null;
        var (first, second) = (-1, -1);
        for (var article = 0; article < sums.Length; article++)
            if (sums[article] > 0 && (first < 0 || Order(article) > Order(first)))
                (first, second) = (article, first);
            else if (sums[article] > 0 && (second < 0 || Order(article) > Order(second)))
                second = article;
        return first < 0 ? null : new(_articles[first].Text, _articles[first].Article, sums[first] / mass, (sums[first] - (second < 0 ? 0 : sums[second])) / mass, counts[first]);

        // Of two that cover the same the shorter one says it more plainly.
        float Order(int article) => sums[article] - (_articles[article].Article.Text.Length * 1e-5f);
    }

    private float Weight(int articles) => MathF.Log(1 + ((_articles.Length - articles + .5f) / (articles + .5f)));
}
