using System.Buffers;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Search;

/// <summary>
/// Scores every article for a question: uni+bigrams of Han runs, no segmenter. Two documents an article: the article as a whole (BM25F, likelihood),
/// and each of its variants (the article's question is variant 0). Immutable; safe for many threads.
/// </summary>
internal sealed class SearchIndex
{
    public const int FeatureCount = (int)Feature.Likelihood + 1;

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
    private readonly int[] _variantFrequency;    // by term: variants that hold it
    private readonly float[] _soundWeight;
    private readonly float[] _variantMass;
    private readonly float[] _soundMass;
    private readonly float[] _sideLength;
    private readonly float _unknownWeight;
    private readonly float _averageQuestion;
    private readonly float _averageVariants;
    private readonly float _averageBody;
    private readonly Postings _whole;            // BM25F impact
    private readonly Postings _body;             // BM25 impact of the body alone
    private readonly Postings _side;             // likelihood gain
    private readonly Postings _evidence;         // same documents as _side
    private readonly Postings _byVariant;
    private readonly Postings _bySound;

    public SearchIndex(IReadOnlyList<Article> articles)
    {
        Count = articles.Count;
        _variants = [.. articles.Select(article => article.Variants.Prepend(article.Question).Select(Normaliser.Normalise).ToArray())];
        _bodies = [.. articles.Select(article => Normaliser.Normalise(article.Body))];
        _firstVariant = new int[Count + 1];
        for (var a = 0; a < Count; a++)
            _firstVariant[a + 1] = _firstVariant[a] + _variants[a].Length;

        // The start of the program waits for this: plain loops over numbered terms, hardly any hashing after the texts are cut.
        var variantTerms = Array.ConvertAll(_variants, texts => Array.ConvertAll(texts, text => Terms.Learn(text, _vocabulary).Known));
        var bodyTerms = Array.ConvertAll(_bodies, text => Terms.Learn(text, _vocabulary).Known);
        var soundTerms = Array.ConvertAll(_variants, texts => Array.ConvertAll(texts, text => Terms.LearnSound(text, _sounds, _syllables).Known));
        var terms = _vocabulary.Count;
        var (tally, soundTally) = (new TermTally(terms), new TermTally(_sounds.Count));

        var (sideFrequency, wholeFrequency, soundFrequency) = (new int[terms], new int[terms], new int[_sounds.Count]);
        _background = new float[terms];
        _variantFrequency = new int[terms];
        _sideLength = new float[Count];
        for (var a = 0; a < Count; a++)
        {
            foreach (var term in tally.Clear().Add(variantTerms[a]).Terms)
            {
                sideFrequency[term]++;
                _background[term] += tally[term];
                _sideLength[a] += tally[term];
            }

            foreach (var term in tally.Add(bodyTerms[a]).Terms)
                wholeFrequency[term]++;
            foreach (var term in soundTally.Clear().Add(soundTerms[a]).Terms)
                soundFrequency[term]++;
        }

        _unknownWeight = Idf(0);
        _questionWeight = Weights(sideFrequency, _vocabulary, SingleWeight);
        _articleIdf = Weights(wholeFrequency, _vocabulary, SingleWeight);
        _soundWeight = Weights(soundFrequency, _sounds, SingleWeight / 2);
        var all = Math.Max(1, _sideLength.Sum());
        for (var term = 0; term < terms; term++)
            _background[term] = (_background[term] + .5f) / all;
        _averageQuestion = Average(variantTerms.Select(texts => texts[0].Length));
        _averageVariants = Average(variantTerms.Select(texts => texts.Sum(t => t.Length) - texts[0].Length));
        _averageBody = Average(bodyTerms.Select(t => t.Length));

        _variantMass = new float[_firstVariant[Count]];
        _soundMass = new float[_firstVariant[Count]];
        var perTerm = new TermTally(terms);
        foreach (var texts in variantTerms)
            foreach (var text in texts)
                foreach (var term in tally.Clear().Add(text).Terms)
                    _variantFrequency[term]++;
        // Room for every term of every text: growing step by step copied more than all else of the index.
        var (inVariants, inBodies) = (variantTerms.Sum(Length), bodyTerms.Sum(text => text.Length));
        var (whole, body, side, evidence) = (new List<Posting>(inVariants + inBodies), new List<Posting>(inBodies), new List<Posting>(inVariants), new List<Posting>(inVariants));
        var (byVariant, bySound) = (new List<Posting>(inVariants), new List<Posting>(soundTerms.Sum(Length)));
        for (var a = 0; a < Count; a++)
        {
            Weigh(tally.Clear(), variantTerms[a][0], variantTerms[a].AsSpan(1), bodyTerms[a]);
            foreach (var term in tally.Terms)
                whole.Add(new(term, a, _articleIdf[term] * Saturated(tally[term])));

            var bodyFactor = LengthFactor(bodyTerms[a].Length, _averageBody, BodyB);
            foreach (var term in tally.Clear().Add(bodyTerms[a]).Terms)
                body.Add(new(term, a, _articleIdf[term] * Saturated(tally[term] / bodyFactor)));

            foreach (var term in tally.Clear().Add(variantTerms[a]).Terms)
                side.Add(new(term, a, MathF.Log(1 + (tally[term] / (Mu * _background[term])))));

            perTerm.Clear();
            for (var v = 0; v < variantTerms[a].Length; v++)
            {
                var document = _firstVariant[a] + v;
                foreach (var term in tally.Clear().Add(variantTerms[a][v]).Terms)
                {
                    perTerm.Add([term]);
                    byVariant.Add(new(term, document, _questionWeight[term]));
                    _variantMass[document] += _questionWeight[term];
                }

                foreach (var term in soundTally.Clear().Add(soundTerms[a][v]).Terms)
                {
                    bySound.Add(new(term, document, _soundWeight[term]));
                    _soundMass[document] += _soundWeight[term];
                }
            }

            foreach (var term in perTerm.Terms)
                evidence.Add(new(term, a, Evidence(perTerm[term], variantTerms[a].Length, _variantFrequency[term])));
        }

        _whole = new(terms, whole);
        _body = new(terms, body);
        _side = new(terms, side);
        _evidence = new(terms, evidence);
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
        var evidence = sums.Slice((variantCount * 2) + (Count * 4), Count);

        foreach (var term in distinct)
        {
            _byVariant.Accumulate(term, 1, byVariant);
            _whole.Accumulate(term, 1, whole);
            _body.Accumulate(term, 1, body);
            _side.Accumulate(term, 1, side);
            _evidence.Accumulate(term, 1, evidence);
            foreach (var article in _side.Documents(term))
                union[article] += _questionWeight[term];
        }

        foreach (var term in distinctSound)
            _bySound.Accumulate(term, 1, bySound);

        var sideLengthLeft = left is null ? -1f : Relearn(leaveArticle, left.Value, distinct, whole, side, union, evidence);

        var wholeNorm = 1 / Math.Max(.001f, wholeMass * (K1 + 1));
        var massNorm = 1 / Math.Max(.001f, mass);
        var evidenceNorm = .1f / MathF.Sqrt(Math.Max(1, distinct.Length + terms.UnknownSingles + terms.UnknownOthers));
        for (var a = 0; a < Count; a++)
        {
            float best = 0, second = 0, third = 0, variantCovered = 0, soundBest = 0;
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
            Keep(row, Feature.Evidence, evidence[a] * evidenceNorm);
            Keep(row, Feature.VariantCovered, variantCovered);
            Keep(row, Feature.UnionCovered, union[a] * massNorm);
            Keep(row, Feature.Canonical, 2 * byVariant[first] / (mass + _variantMass[first]));
            Keep(row, Feature.Sound, soundBest);
            Keep(row, Feature.Likelihood, Math.Max(0, (side[a] / Math.Max(1, distinct.Length + terms.UnknownOthers)) + MathF.Log(Mu / (sideLength + Mu)) + 2));
        }

        ArrayPool<float>.Shared.Return(rented);
        return new(length, known * massNorm, distinctSound.Length);
    }

    private static int Length(int[][] texts) => texts.Sum(text => text.Length);

    private static void Keep(Span<float> row, Feature feature, float value) => row[(int)feature] = Math.Max(row[(int)feature], value);

    /// <summary>Scores one article anew without one of its variants. Returns the length of its remaining question side.</summary>
    private float Relearn(int article, Left left, ReadOnlySpan<int> question, Span<float> whole, Span<float> side, Span<float> union, Span<float> evidence)
    {
        var impacts = new TermTally(_vocabulary.Count);
        Weigh(impacts, left.Question, left.Variants, Terms.Of(_bodies[article], _vocabulary).Known);
        var counts = new TermTally(_vocabulary.Count).Add(left.Question).Add(left.Variants);
        (whole[article], side[article], union[article], evidence[article]) = (0, 0, 0, 0);
        foreach (var term in question)
        {
            whole[article] += _articleIdf[term] * Saturated(impacts[term]);
            if (counts[term] > 0)
            {
                side[article] += MathF.Log(1 + (counts[term] / (Mu * _background[term])));
                union[article] += _questionWeight[term];
                var holding = left.Variants.Count(text => text.Contains(term)) + (left.Question.Contains(term) ? 1 : 0);
                evidence[article] += Evidence(holding, left.Variants.Length + 1, Math.Max(holding, _variantFrequency[term] - 1));
            }
        }

        return left.Question.Length + left.Variants.Sum(t => t.Length);
    }

    private Left Leave(int article, int variant)
    {
        var texts = _variants[article].Select(text => Terms.Of(text, _vocabulary).Known).ToArray();
        var variants = texts.Skip(1).Where((_, v) => v + 1 != variant).ToArray();
        var question = variant == 0 ? [] : texts[0];
        return new(question, variants, [.. variants.SelectMany(t => t), .. question]);
    }

    /// <summary>BM25F's frequencies: each field's counts by its weight and length.</summary>
    private void Weigh(TermTally tally, int[] question, ReadOnlySpan<int[]> variants, int[] body)
    {
        var length = 0;
        foreach (var variant in variants)
            length += variant.Length;
        tally.Add(question, QuestionWeight / LengthFactor(question.Length, _averageQuestion, QuestionB));
        foreach (var variant in variants)
            tally.Add(variant, VariantWeight / LengthFactor(length, _averageVariants, QuestionB));
        tally.Add(body, BodyWeight / LengthFactor(body.Length, _averageBody, BodyB));
    }

    private float[] Weights(int[] frequency, Vocabulary vocabulary, float single)
    {
        var weights = new float[frequency.Length];
        for (var term = 0; term < weights.Length; term++)
            weights[term] = Idf(frequency[term]) * (vocabulary.IsSingle(term) ? single : 1);
        return weights;
    }

    private float Idf(int documents) => MathF.Log(1 + ((Count - documents + .5f) / (documents + .5f)));

    /// <summary>What a term says for an article.</summary>
    /// <param name="holding">Its variants with the term.</param>
    /// <param name="all">All its variants.</param>
    /// <param name="frequency">Variants with the term in all articles.</param>
    private float Evidence(float holding, int all, int frequency) =>
        MathF.Log(1 + (holding / all * _variantMass.Length / (frequency + 1))) * MathF.Sqrt(holding / (holding + 1));

    private static float Saturated(float frequency) => frequency * (K1 + 1) / (K1 + frequency);

    private static float LengthFactor(int length, float average, float b) => 1 - b + (b * length / Math.Max(1, average));

    private static float Average(IEnumerable<int> lengths) => (float)lengths.DefaultIfEmpty(1).Average();

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
    private readonly record struct Left(int[] Question, int[][] Variants, HashSet<int> Terms);
}
