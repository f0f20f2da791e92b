namespace Outreach.Knowledge.Search;

/// <summary>A question as the index sees it: features of every article, <see cref="SearchIndex.FeatureCount"/> numbers each.</summary>
/// <param name="Text">Normalised.</param>
/// <param name="Rewritten">With legal terms in the place of everyday wording; null when nothing was to rewrite.</param>
internal sealed record Look(string Text, string? Rewritten, float[] Features, QuestionMass Mass)
{
    public float this[int article, Feature feature] => Features[(article * SearchIndex.FeatureCount) + (int)feature];

    public ReadOnlySpan<float> Row(int article) => Features.AsSpan(article * SearchIndex.FeatureCount, SearchIndex.FeatureCount);

    /// <summary>Share of the features by which an article is the first of all.</summary>
    public float Agreement(int article)
    {
        Span<float> largest = stackalloc float[SearchIndex.FeatureCount];
        largest.Clear();
        for (var at = 0; at < Features.Length; at++)
            largest[at % SearchIndex.FeatureCount] = Math.Max(largest[at % SearchIndex.FeatureCount], Features[at]);
        var row = Row(article);
        var agreeing = 0;
        for (var feature = 0; feature < row.Length; feature++)
            agreeing += row[feature] > 0 && row[feature] >= largest[feature] ? 1 : 0;
        return agreeing / (float)row.Length;
    }

    /// <summary>How like its best variant an article is asked for, by spelling or (a little less) by sound.</summary>
    public float Likeness(int article) => Math.Max(this[article, Feature.BestVariant], this[article, Feature.Sound] * .9f);
}

/// <summary>For fitting: what is looked at as if it had never been written.</summary>
/// <param name="Article">-1: nothing is left out.</param>
internal readonly record struct LeaveOut(int Article, int Variant)
{
    public static LeaveOut Nothing => new(-1, -1);
}

/// <summary>Orders articles by a listwise logit over the features, and weighs how far the order can be trusted. Immutable.</summary>
internal sealed class Ranker(SearchIndex index, RewriteTable rewrites, ScopeGate gate, RankerModel model)
{
    private const float FewestLikeBySound = .3f;

    public Look Look(string normalised, LeaveOut leave)
    {
        var features = new float[index.Count * SearchIndex.FeatureCount];
        var mass = index.Score(normalised, features, leave.Article, leave.Variant);
        var rewritten = rewrites.Apply(normalised);
        if (rewritten is not null && index.Score(rewritten, features, leave.Article, leave.Variant) is var again && again.Known > mass.Known)
            mass = again;
        return new(normalised, rewritten, features, mass);
    }

    public float[] Logits(Look look)
    {
        var logits = new float[index.Count];
        for (var article = 0; article < logits.Length; article++)
            logits[article] = Dot(model.Ranker, look.Row(article));
        return logits;
    }

    /// <summary>The numbers of the best articles, best first; those at minus infinity are out of the running.</summary>
    public static List<int> Top(float[] logits, int count)
    {
        var top = new List<int>(count + 1);
        for (var article = 0; article < logits.Length; article++)
        {
            if (float.IsNegativeInfinity(logits[article]) || (top.Count == count && logits[article] <= logits[top[^1]]))
                continue;
            var at = top.Count;
            while (at > 0 && logits[top[at - 1]] < logits[article])
                at--;
            top.Insert(at, article);
            if (top.Count > count)
                top.RemoveAt(count);
        }

        return top;
    }

    /// <summary>Probabilities of some articles under all logits.</summary>
    public static float[] Probabilities(float[] logits, IReadOnlyList<int> articles)
    {
        var largest = logits[articles[0]];
        var total = 0f;
        foreach (var logit in logits)
            total += MathF.Exp(logit - largest);
        return [.. articles.Select(article => MathF.Exp(logits[article] - largest) / total)];
    }

    /// <summary>Probability that a question is not ours, and the out-of-scope group that it is most like (-1: none).</summary>
    public (float Probability, int Group) Scope(Look look, IReadOnlyList<int> top)
    {
        if (gate.Theirs.Count == 0)
            return (0, -1);

        // Typed in pinyin throughout: the gate knows no such terms, the likeness by sound must do.
        if (!look.Text.Any(CharacterTable.IsHan) && look.Rewritten?.Any(CharacterTable.IsHan) != true)
            return (look.Likeness(top[0]) >= FewestLikeBySound ? 0 : 1, -1);
        var (signals, group) = ScopeSignals(look, top, gate, ScopeLeave.Nothing);
        return (signals.Probability(model.Scope), group);
    }

    public static (ScopeSignals Signals, int Group) ScopeSignals(Look look, IReadOnlyList<int> top, ScopeGate gate, ScopeLeave leave)
    {
        var (ours, evidence) = (0f, 0f);
        foreach (var article in top)
            (ours, evidence) = (Math.Max(ours, look.Likeness(article)), Math.Max(evidence, look[article, Feature.Evidence]));
        var judged = gate.Judge(look.Text, leave);
        if (look.Rewritten is not null && gate.Judge(look.Rewritten, leave) is var other && other.LogOdds < judged.LogOdds)
            judged = judged with { LogOdds = other.LogOdds, Nearest = Math.Min(judged.Nearest, other.Nearest) };
        return (new(judged.LogOdds, ours, judged.Nearest, look.Mass.Known, evidence), judged.Group);
    }

    public float Confidence(Look look, IReadOnlyList<int> top, float[] probabilities, float scope) =>
        Signals(look, top, probabilities, scope).Probability(model.Confidence);

    public static ConfidenceSignals Signals(Look look, IReadOnlyList<int> top, float[] probabilities, float scope) => new(
        look[top[0], Feature.Evidence], probabilities[0] - (probabilities.Length > 1 ? probabilities[1] : 0), look.Likeness(top[0]),
        Lead(probabilities), look.Mass.Known, look.Agreement(top[0]), scope);

    private static float Lead(float[] probabilities) => probabilities.Length < 2 || probabilities[1] <= 0
        ? 1
        : Math.Min(1, MathF.Log(probabilities[0] / probabilities[1]) / ConfidenceSignals.LongestLead);

    private static float Dot(ReadOnlySpan<float> weights, ReadOnlySpan<float> values)
    {
        var sum = 0f;
        for (var i = 0; i < weights.Length; i++)
            sum += weights[i] * values[i];
        return sum;
    }
}
