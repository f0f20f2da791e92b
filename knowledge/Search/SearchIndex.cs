using System.Buffers;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Search;

/// <summary>
/// Scores every article for a question: uni+bigrams of Han runs, no segmenter. Two documents an article: the article as a whole (BM25F, likelihood),
/// and each of its variants (the article's question is variant 0). Immutable; safe for many threads.
/// </summary>
internal sealed class SearchIndex
{
    public const int FeatureCount = (int)Feature.Company + 1;

    private const float K1 = 1.2f;
    private const float QuestionB = .3f;
    private const float BodyB = .6f;
    private const float QuestionWeight = 2.2f;
    private const float VariantWeight = 1f;
    private const float BodyWeight = .6f;
    private const float SingleWeight = .5f;     // a single character says less than a pair
    private const float Mu = 60;

    private readonly string[][] _variants;       // normalised; [article][0] is the canonical question
    private readonly string[] _bodies;
    private readonly int[] _firstVariant;
    private readonly Vocabulary _vocabulary = new();
    private readonly Vocabulary _sounds = new();
    private readonly SyllableTable _syllables = new();
    private readonly float[] _questionWeight;    // by term: idf over question sides
    private readonly float[] _articleIdf;        // by term: idf over whole articles
    private readonly float[] _background;        // by term: share of all question-side terms
    private readonly float[] _soundWeight;
    private readonly float[] _variantMass;
    private readonly float[] _soundMass;
    private readonly float[] _sideLength;
    private readonly float[] _sideMass;
    private readonly float _unknownWeight;
    private readonly float _averageQuestion;
    private readonly float _averageVariants;
    private readonly float _averageBody;
    private readonly Postings _whole;            // BM25F impact
    private readonly Postings _body;             // BM25 impact of the body alone
    private readonly Postings _side;             // likelihood gain
    private readonly Postings _byVariant;
    private readonly Postings _bySound;
    private readonly Associations _associations;

    public SearchIndex(IReadOnlyList<Article> articles)
    {
        Count = articles.Count;
        _variants = [.. articles.Select(article => article.Variants.Prepend(article.Question).Select(Normaliser.Normalise).ToArray())];
        _bodies = [.. articles.Select(article => Normaliser.Normalise(article.Body))];
        _firstVariant = new int[Count + 1];
        for (var a = 0; a < Count; a++)
            _firstVariant[a + 1] = _firstVariant[a] + _variants[a].Length;

        var variantTerms = _variants.Select(texts => texts.Select(text => Terms.Learn(text, _vocabulary).Known).ToArray()).ToArray();
        var bodyTerms = _bodies.Select(text => Terms.Learn(text, _vocabulary).Known).ToArray();
        var soundTerms = _variants.Select(texts => texts.Select(text => Terms.LearnSound(text, _sounds, _syllables).Known).ToArray()).ToArray();

        var sides = variantTerms.Select(texts => texts.SelectMany(t => t).Distinct().ToArray()).ToArray();
        var terms = _vocabulary.Count;
        var sideFrequency = DocumentFrequency(terms, a => sides[a]);
        _associations = new(sides, sideFrequency);
        var wholeFrequency = DocumentFrequency(terms, a => variantTerms[a].SelectMany(t => t).Concat(bodyTerms[a]));
        _questionWeight = [.. sideFrequency.Select((df, term) => Idf(df) * (_vocabulary.IsSingle(term) ? SingleWeight : 1))];
        _articleIdf = [.. wholeFrequency.Select((df, term) => Idf(df) * (_vocabulary.IsSingle(term) ? SingleWeight : 1))];
        _unknownWeight = Idf(0);
        _soundWeight = [.. DocumentFrequency(_sounds.Count, a => soundTerms[a].SelectMany(t => t)).Select((df, term) => Idf(df) * (_sounds.IsSingle(term) ? SingleWeight / 2 : 1))];

        var sideCounts = variantTerms.Select(texts => Counts(texts.SelectMany(t => t))).ToArray();
        _sideLength = [.. variantTerms.Select(texts => (float)texts.Sum(t => t.Length))];
        _sideMass = [.. sides.Select(side => side.Sum(term => _questionWeight[term]))];
        _background = new float[terms];
        foreach (var counts in sideCounts)
            foreach (var (term, count) in counts)
                _background[term] += count;
        var all = Math.Max(1, _background.Sum());
        for (var term = 0; term < terms; term++)
            _background[term] = (_background[term] + .5f) / all;

        _averageQuestion = Average(variantTerms.Select(texts => texts[0].Length));
        _averageVariants = Average(variantTerms.Select(texts => texts.Skip(1).Sum(t => t.Length)));
        _averageBody = Average(bodyTerms.Select(t => t.Length));

        List<(int, int, float)> whole = [], body = [], side = [], byVariant = [], bySound = [];
        for (var a = 0; a < Count; a++)
        {
            foreach (var (term, impact) in WholeImpacts(variantTerms[a][0], variantTerms[a].Skip(1), bodyTerms[a]))
                whole.Add((term, a, impact));
            foreach (var (term, count) in Counts(bodyTerms[a]))
                body.Add((term, a, _articleIdf[term] * Saturated(count / LengthFactor(bodyTerms[a].Length, _averageBody, BodyB))));
            foreach (var (term, count) in sideCounts[a])
                side.Add((term, a, MathF.Log(1 + (count / (Mu * _background[term])))));
        }

        _variantMass = new float[_firstVariant[Count]];
        _soundMass = new float[_firstVariant[Count]];
        for (var a = 0; a < Count; a++)
            for (var v = 0; v < variantTerms[a].Length; v++)
            {
                var document = _firstVariant[a] + v;
                foreach (var term in variantTerms[a][v].Distinct())
                {
                    byVariant.Add((term, document, _questionWeight[term]));
                    _variantMass[document] += _questionWeight[term];
                }

                foreach (var term in soundTerms[a][v].Distinct())
                {
                    bySound.Add((term, document, _soundWeight[term]));
                    _soundMass[document] += _soundWeight[term];
                }
            }

        _whole = new(terms, whole);
        _body = new(terms, body);
        _side = new(terms, side);
        _byVariant = new(terms, byVariant);
        _bySound = new(_sounds.Count, bySound);
    }

    /// <summary>Number of articles.</summary>
    public int Count { get; }

    public ReadOnlySpan<string> Variants(int article) => _variants[article];

    /// <summary>
    /// Features of every article for a normalised question: <paramref name="features"/> holds <see cref="FeatureCount"/> numbers an article.
    /// Where they are already filled (by another wording of the same question) the greater value stays.
    /// </summary>
    /// <param name="leaveArticle">For fitting: the article that is scored as if it had never had the variant <paramref name="leaveVariant"/>; -1 for none.</param>
    public QuestionMass Score(string question, Span<float> features, int leaveArticle = -1, int leaveVariant = -1)
    {
        var terms = Terms.Of(question, _vocabulary);
        var sound = Terms.OfSound(question, _sounds, _syllables);
        var left = leaveArticle < 0 ? default(Left?) : Leave(leaveArticle, leaveVariant);
        var distinct = Distinct(terms.Known);
        var distinctSound = Distinct(sound.Known);
        var unknown = ((terms.UnknownSingles * SingleWeight) + terms.UnknownOthers) * _unknownWeight;
        var known = Sum(distinct, _questionWeight);
        if (left is not null)
        {
            // What only the variant left out has is as unknown as it would be without it.
            var lost = distinct.ToArray().Where(term => !left.Value.Terms.Contains(term) && _side.Documents(term).Length == 1).ToArray();
            known -= Sum(lost, _questionWeight);
            unknown += lost.Sum(term => _vocabulary.IsSingle(term) ? SingleWeight : 1) * _unknownWeight;
        }

        var mass = known + unknown;
        var wholeMass = Sum(distinct, _articleIdf) + unknown;
        var soundMass = Sum(distinctSound, _soundWeight) + (((sound.UnknownSingles * SingleWeight / 2) + sound.UnknownOthers) * _unknownWeight);
        var length = terms.Known.Length + terms.UnknownSingles + terms.UnknownOthers;
        if (length == 0 && distinctSound.Length == 0)
            return new(0, 0, 0);

        var variantCount = _variantMass.Length;
        var rented = ArrayPool<float>.Shared.Rent((variantCount * 2) + (Count * 5));
        var sums = rented.AsSpan(0, (variantCount * 2) + (Count * 5));
        sums.Clear();
        var byVariant = sums[..variantCount];
        var bySound = sums.Slice(variantCount, variantCount);
        var whole = sums.Slice(variantCount * 2, Count);
        var body = sums.Slice((variantCount * 2) + Count, Count);
        var side = sums.Slice((variantCount * 2) + (Count * 2), Count);
        var union = sums.Slice((variantCount * 2) + (Count * 3), Count);
        var company = sums.Slice((variantCount * 2) + (Count * 4), Count);

        foreach (var term in distinct)
        {
            _byVariant.Accumulate(term, 1, byVariant);
            _whole.Accumulate(term, 1, whole);
            _body.Accumulate(term, 1, body);
            _side.Accumulate(term, 1, side);
            foreach (var article in _side.Documents(term))
                union[article] += _questionWeight[term];
        }

        var expansion = new Dictionary<int, float>();
        foreach (var term in distinct)
            _associations.Expand(term, _questionWeight[term], expansion, left is { } without && !without.Terms.Contains(term) && _side.Documents(term).Contains(leaveArticle) ? without.All : null);
        foreach (var (term, weight) in expansion)
            foreach (var article in _side.Documents(term))
                if (article != leaveArticle || left!.Value.Terms.Contains(term))
                    company[article] += weight * _questionWeight[term];

        foreach (var term in distinctSound)
            _bySound.Accumulate(term, 1, bySound);

        var sideLengthLeft = left is null ? -1f : Relearn(leaveArticle, left.Value, distinct, whole, side, union);

        var wholeNorm = 1 / Math.Max(.001f, wholeMass * (K1 + 1));
        var massNorm = 1 / Math.Max(.001f, mass);
        for (var a = 0; a < Count; a++)
        {
            float best = 0, second = 0, third = 0, covered = 0, variantCovered = 0, soundBest = 0;
            var (first, last) = (_firstVariant[a], _firstVariant[a + 1]);
            var skip = a == leaveArticle ? first + leaveVariant : -1;
            for (var v = first; v < last; v++)
            {
                if (v == skip)
                    continue;
                if (byVariant[v] > 0)
                {
                    var dice = 2 * byVariant[v] / (mass + _variantMass[v]);
                    if (dice > best)
                        (best, second, third) = (dice, best, second);
                    else if (dice > second)
                        (second, third) = (dice, second);
                    else if (dice > third)
                        third = dice;
                    covered = Math.Max(covered, byVariant[v] * massNorm);
                    variantCovered = Math.Max(variantCovered, byVariant[v] / (_variantMass[v] + 2));
                }

                if (bySound[v] > 0)
                    soundBest = Math.Max(soundBest, 2 * bySound[v] / (soundMass + _soundMass[v]));
            }

            var row = features.Slice(a * FeatureCount, FeatureCount);
            var sideLength = a == leaveArticle ? sideLengthLeft : _sideLength[a];
            Keep(row, Feature.Bm25F, whole[a] * wholeNorm);
            Keep(row, Feature.Body, body[a] * wholeNorm);
            Keep(row, Feature.BestVariant, best);
            Keep(row, Feature.TopVariants, (best + second + third) / 3);
            Keep(row, Feature.QuestionCovered, covered);
            Keep(row, Feature.VariantCovered, variantCovered);
            Keep(row, Feature.UnionCovered, union[a] * massNorm);
            Keep(row, Feature.Canonical, 2 * byVariant[first] / (mass + _variantMass[first]));
            Keep(row, Feature.Sound, soundBest);
            Keep(row, Feature.Company, MathF.Sqrt(company[a] / (MathF.Sqrt(_sideMass[a]) + 1) * massNorm));
            Keep(row, Feature.Likelihood, Math.Max(0, (side[a] / Math.Max(1, distinct.Length + terms.UnknownOthers)) + MathF.Log(Mu / (sideLength + Mu)) + 2));
        }

        ArrayPool<float>.Shared.Return(rented);
        return new(length, known * massNorm, distinctSound.Length);
    }

    private static void Keep(Span<float> row, Feature feature, float value) => row[(int)feature] = Math.Max(row[(int)feature], value);

    /// <summary>Scores one article anew without one of its variants. Returns the length of its remaining question side.</summary>
    private float Relearn(int article, Left left, ReadOnlySpan<int> question, Span<float> whole, Span<float> side, Span<float> union)
    {
        var impacts = WholeImpacts(left.Question, left.Variants, Terms.Of(_bodies[article], _vocabulary).Known).ToDictionary(pair => pair.Term, pair => pair.Impact);
        var counts = Counts(left.Variants.Prepend(left.Question).SelectMany(t => t));
        (whole[article], side[article], union[article]) = (0, 0, 0);
        foreach (var term in question)
        {
            whole[article] += impacts.GetValueOrDefault(term);
            if (counts.TryGetValue(term, out var count))
            {
                side[article] += MathF.Log(1 + (count / (Mu * _background[term])));
                union[article] += _questionWeight[term];
            }
        }

        return left.Question.Length + left.Variants.Sum(t => t.Length);
    }

    private Left Leave(int article, int variant)
    {
        var texts = _variants[article].Select(text => Terms.Of(text, _vocabulary).Known).ToArray();
        var variants = texts.Skip(1).Where((_, v) => v + 1 != variant).ToArray();
        var question = variant == 0 ? [] : texts[0];
        return new(question, variants, [.. variants.SelectMany(t => t), .. question], [.. texts.SelectMany(t => t)]);
    }

    private IEnumerable<(int Term, float Impact)> WholeImpacts(int[] question, IEnumerable<int[]> variants, int[] body)
    {
        var variantTerms = variants.SelectMany(t => t).ToArray();
        var frequencies = new Dictionary<int, float>();
        Add(question, QuestionWeight / LengthFactor(question.Length, _averageQuestion, QuestionB));
        Add(variantTerms, VariantWeight / LengthFactor(variantTerms.Length, _averageVariants, QuestionB));
        Add(body, BodyWeight / LengthFactor(body.Length, _averageBody, BodyB));
        return frequencies.Select(pair => (pair.Key, _articleIdf[pair.Key] * Saturated(pair.Value)));

        void Add(int[] terms, float weight)
        {
            foreach (var term in terms)
                frequencies[term] = frequencies.GetValueOrDefault(term) + weight;
        }
    }

    private int[] DocumentFrequency(int terms, Func<int, IEnumerable<int>> termsOf)
    {
        var frequency = new int[terms];
        for (var a = 0; a < Count; a++)
            foreach (var term in termsOf(a).Distinct())
                frequency[term]++;
        return frequency;
    }

    private float Idf(int documents) => MathF.Log(1 + ((Count - documents + .5f) / (documents + .5f)));

    private static float Saturated(float frequency) => frequency * (K1 + 1) / (K1 + frequency);

    private static float LengthFactor(int length, float average, float b) => 1 - b + (b * length / Math.Max(1, average));

    private static float Average(IEnumerable<int> lengths) => (float)lengths.DefaultIfEmpty(1).Average();

    private static Dictionary<int, int> Counts(IEnumerable<int> terms)
    {
        var counts = new Dictionary<int, int>();
        foreach (var term in terms)
            counts[term] = counts.GetValueOrDefault(term) + 1;
        return counts;
    }

    private static ReadOnlySpan<int> Distinct(int[] terms)
    {
        Array.Sort(terms);
        var count = 0;
        foreach (var term in terms)
            if (count == 0 || terms[count - 1] != term)
                terms[count++] = term;
        return terms.AsSpan(0, count);
    }

    private static float Sum(ReadOnlySpan<int> terms, float[] weights)
    {
        var sum = 0f;
        foreach (var term in terms)
            sum += weights[term];
        return sum;
    }

    /// <summary>An article without one of its variants.</summary>
    /// <param name="Terms">What its question side still has.</param>
    /// <param name="All">What it has with the variant.</param>
    private readonly record struct Left(int[] Question, int[][] Variants, HashSet<int> Terms, HashSet<int> All);
}
