using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Search;

/// <summary>What the scope gate sees of a question; weights in this order, the bias first.</summary>
/// <param name="LogOdds">Mean log-odds a term, out-of-scope against ours.</param>
/// <param name="Ours">Dice with the nearest of our variants.</param>
/// <param name="Theirs">Dice with the nearest out-of-scope question.</param>
/// <param name="Known">Share of the question that our vocabulary knows.</param>
/// <param name="Evidence">What its terms say for the article that they say most for.</param>
internal readonly record struct ScopeSignals(float LogOdds, float Ours, float Theirs, float Known, float Evidence)
{
    public const int Count = 5;

    public float Probability(ReadOnlySpan<float> weights) =>
        1 / (1 + MathF.Exp(-(weights[0] + (weights[1] * LogOdds) + (weights[2] * Ours) + (weights[3] * Theirs) + (weights[4] * Known) + (weights[5] * Evidence))));
}

/// <summary>Tells our questions from others: naive Bayes over character n-grams, and the nearest example on either side. Immutable.</summary>
internal sealed class ScopeGate
{
    private const float Smoothing = .3f;
    private const float SingleWeight = .35f;
    private readonly Vocabulary _vocabulary = new();
    private readonly float[] _logOdds;
    private readonly float _unknownLogOdds;
    private readonly int[] _oursCount;
    private readonly int[] _theirsCount;
    private readonly float _oursTotal;
    private readonly float _theirsTotal;
    private readonly float[] _weights;
    private readonly float[] _theirMass;
    private readonly Postings _byQuestion;
    private readonly (int Group, string Text)[] _theirs;

    public ScopeGate(IEnumerable<string> ours, IReadOnlyList<OutOfScopeGroup> groups)
    {
        Groups = groups;
        _theirs = [.. groups.SelectMany((group, g) => group.Questions.Select(question => (g, Normaliser.Normalise(question))).Where(pair => pair.Item2.Length > 0))];
        var oursTerms = ours.Select(text => Terms.Learn(text, _vocabulary).Known).ToArray();
        var theirTerms = _theirs.Select(pair => Terms.Learn(pair.Text, _vocabulary).Known).ToArray();
        _oursCount = Count(oursTerms);
        _theirsCount = Count(theirTerms);
        _oursTotal = _oursCount.Sum() + (Smoothing * _vocabulary.Count);
        _theirsTotal = _theirsCount.Sum() + (Smoothing * _vocabulary.Count);
        _logOdds = [.. Enumerable.Range(0, _vocabulary.Count).Select(term => LogOdds(_theirsCount[term], _oursCount[term]))];
        _unknownLogOdds = LogOdds(0, 0);

        var tally = new TermTally(_vocabulary.Count);
        var frequency = new int[_vocabulary.Count];
        foreach (var terms in (ReadOnlySpan<int[]>)[.. theirTerms, .. oursTerms])
            foreach (var term in tally.Clear().Add(terms).Terms)
                frequency[term]++;
        var texts = theirTerms.Length + oursTerms.Length;
        _weights = [.. frequency.Select((df, term) => MathF.Log(1 + ((texts - df + .5f) / (df + .5f))) * (_vocabulary.IsSingle(term) ? SingleWeight : 1))];
        _theirMass = new float[theirTerms.Length];
        var byQuestion = new List<Posting>();
        for (var q = 0; q < theirTerms.Length; q++)
            foreach (var term in tally.Clear().Add(theirTerms[q]).Terms)
            {
                byQuestion.Add(new(term, q, _weights[term]));
                _theirMass[q] += _weights[term];
            }

        _byQuestion = new(_vocabulary.Count, byQuestion);
    }

    public IReadOnlyList<OutOfScopeGroup> Groups { get; }

    /// <summary>The out-of-scope examples, normalised, each with its group's number.</summary>
    public IReadOnlyList<(int Group, string Text)> Theirs => _theirs;

    /// <summary>Log-odds and the nearest out-of-scope example of a normalised question.</summary>
    /// <param name="leave">For fitting: the question itself is an example and counts as never seen.</param>
    public (float LogOdds, float Nearest, int Group) Judge(string question, ScopeLeave leave)
    {
        var terms = Terms.Of(question, _vocabulary);
        var length = terms.Known.Length + terms.UnknownSingles + terms.UnknownOthers;
        if (length == 0)
            return (0, 0, -1);

        var odds = (terms.UnknownSingles + terms.UnknownOthers) * _unknownLogOdds;
        foreach (var term in terms.Known)
            odds += leave == ScopeLeave.Nothing ? _logOdds[term] : LogOdds(_theirsCount[term] - (leave.Question >= 0 ? 1 : 0), _oursCount[term] - (leave == ScopeLeave.Ours ? 1 : 0));

        Span<float> sums = _theirs.Length <= 2048 ? stackalloc float[_theirs.Length] : new float[_theirs.Length];
        sums.Clear();
        var mass = ((terms.UnknownSingles * SingleWeight) + terms.UnknownOthers) * MathF.Log((_theirs.Length * 4) + 2);
        foreach (var term in terms.Known.Distinct())
        {
            mass += _weights[term];
            _byQuestion.Accumulate(term, 1, sums);
        }

        var (nearest, best) = (0f, -1);
        for (var q = 0; q < sums.Length; q++)
            if (q != leave.Question && 2 * sums[q] / (mass + _theirMass[q]) is var dice && dice > nearest)
                (nearest, best) = (dice, _theirs[q].Group);
        return (odds / length, nearest, best);
    }

    private float LogOdds(int theirs, int ours) =>
        MathF.Log((Math.Max(0, theirs) + Smoothing) / _theirsTotal) - MathF.Log((Math.Max(0, ours) + Smoothing) / _oursTotal);

    private int[] Count(int[][] texts)
    {
        var counts = new int[_vocabulary.Count];
        foreach (var terms in texts)
            foreach (var term in terms)
                counts[term]++;
        return counts;
    }
}

/// <summary>For fitting: the example that a question itself is.</summary>
/// <param name="Question">Number of an out-of-scope question, or negative.</param>
internal readonly record struct ScopeLeave(int Question)
{
    public static ScopeLeave Nothing => new(-1);
    public static ScopeLeave Ours => new(-2);

    public static ScopeLeave TheirQuestion(int number) => new(number);
}
