using System.Globalization;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>
/// Fits knowledge/data/ranker.json from the knowledge base itself: every variant is asked as if it had never been written, and half retold.
/// Deterministic: <c>dotnet run -c Release --project tests/Outreach.Benchmarks -- fit-ranker knowledge</c>.
/// </summary>
internal sealed class FitRanker
{
    private const int Kept = 30;                 // candidates a question, beside the right one
    private const int Steps = 250;
    private const float AnswerPrecision = .97f;  // share of direct answers expected to be right; a little high, for the articles know the questions it is taken from
    private const float OursRefused = .03f;      // share of our questions that may be refused as not ours,
    private const float OursRefusedMost = .05f;  // or this where else fewer than
    private const float UnseenRefused = .87f;    // of the questions of an out-of-scope group never seen would be refused
    private readonly KnowledgeBase _knowledge;
    private readonly SearchIndex _index;
    private readonly RewriteTable _rewrites;
    private readonly ScopeGate _gate;
    private readonly List<Case> _cases = [];     // each variant as if it had never been written
    private readonly List<Case> _retold = [];    // each variant half remembered, among words of something else
    private readonly TextWriter _log;
    private float[] _unseen = [];                // probabilities of out-of-scope questions whose whole group the gate did not know
    private readonly Homophones _homophones;

    private FitRanker(KnowledgeBase knowledge, TextWriter log)
    {
        _knowledge = knowledge;
        _log = log;
        _index = new(knowledge.Articles);
        _gate = new(Answerer.Texts(_index), knowledge.OutOfScope);
        _rewrites = new(knowledge.Rewrites, () => Answerer.Texts(_index));
        _homophones = new(Answerer.Texts(_index).SelectMany(text => text));
        var ranker = new Ranker(_index, _rewrites, _gate, new());
        var random = new Random(20261125);
        var texts = Answerer.Texts(_index).ToArray();
        for (var a = 0; a < _index.Count; a++)
            for (var v = 1; v < _index.Variants(a).Length; v++)
            {
                var text = _index.Variants(a)[v];
                if (text.Length == 0)
                    continue;
                _cases.Add(new(a, ranker.Look(text, new(a, v))));
                _retold.Add(new(a, ranker.Look(Retell(text, texts, random), LeaveOut.Nothing)));
            }
    }

    public static void Run(string folder, TextWriter log)
    {
        var knowledge = KnowledgeBase.Load(folder);
        var model = new FitRanker(knowledge, log).Fit();
        var path = Path.Combine(folder, "data", "ranker.json");
        File.WriteAllText(path, model.ToJson());
        log.WriteLine($"{path}: {model.FittedFrom}");
    }

    private RankerModel Fit()
    {
        var model = new RankerModel
        {
            FittedFrom = string.Create(CultureInfo.InvariantCulture, $"{_knowledge.Articles.Count} articles, {_cases.Count} variants, {_gate.Theirs.Count} questions out of scope"),
        };
        Report("built in", model);
        model = model with { Ranker = FitWeights(model) };
        Report("fitted", model);
        model = model with { Scope = FitScope(model) };
        return FitConfidence(model);
    }

    /// <summary>
    /// What another person makes of a variant: half of its pieces, not always in order, pieces of another text, now and then typed by sound.
    /// Variants left out alone would teach that no variant is ever near: the authors made them as unlike each other as they could.
    /// </summary>
    private string Retell(string text, string[] others, Random random)
    {
        var pieces = Pieces(text);
        var kept = pieces.Where(_ => random.NextDouble() < .55).ToList();
        if (kept.Count == 0)
            kept.Add(pieces[random.Next(pieces.Count)]);
        if (random.NextDouble() < .3)
            kept.Reverse();
        var foreign = Pieces(others[random.Next(others.Length)]);
        for (var i = 0; i < 2; i++)
            kept.Insert(random.Next(kept.Count + 1), foreign[random.Next(foreign.Count)]);
        var retold = string.Concat(kept);
        return random.NextDouble() < .12 ? _homophones.Disturb(retold, .2, random) : retold;

        List<string> Pieces(string whole)
        {
            var list = new List<string>();
            for (var at = 0; at < whole.Length;)
            {
                var length = Math.Min(whole.Length - at, 2 + random.Next(3));
                list.Add(whole.Substring(at, length));
                at += length;
            }

            return list;
        }
    }

    /// <summary>Listwise logit: maximises the probability of the right article among the candidates; weights may not be negative.</summary>
    private float[] FitWeights(RankerModel start)
    {
        const int Features = SearchIndex.FeatureCount;
        var ranker = new Ranker(_index, _rewrites, _gate, start);
        var rows = _cases.Concat(_retold).Select(example =>
        {
            var logits = ranker.Logits(example.Look);
            return Ranker.Top(logits, Kept).Where(article => article != example.Article).Prepend(example.Article).Select(article => example.Look.Row(article).ToArray()).ToArray();
        }).ToArray();

        var weights = start.Ranker.Select(weight => (double)weight).ToArray();
        double[] first = new double[Features], second = new double[Features];
        var probabilities = new double[Kept + 1];
        for (var step = 1; step <= Steps; step++)
        {
            var gradient = new double[Features];
            foreach (var list in rows)
            {
                var total = 0.0;
                for (var i = 0; i < list.Length; i++)
                    total += probabilities[i] = Math.Exp(Dot(weights, list[i]));
                for (var i = 0; i < list.Length; i++)
                {
                    var error = (probabilities[i] / total) - (i == 0 ? 1 : 0);
                    for (var f = 0; f < Features; f++)
                        gradient[f] += error * list[i][f];
                }
            }

            for (var f = 0; f < Features; f++)
            {
                var slope = (gradient[f] / rows.Length) + (.0005 * weights[f]);
                first[f] = (.9 * first[f]) + (.1 * slope);
                second[f] = (.99 * second[f]) + (.01 * slope * slope);
                var rate = .3 * (1 - (step / (Steps * 1.05)));
                weights[f] = Math.Max(0, weights[f] - (rate * (first[f] / (1 - Math.Pow(.9, step))) / (Math.Sqrt(second[f] / (1 - Math.Pow(.99, step))) + 1e-8)));
            }
        }

        for (var f = 0; f < Features; f++)
            _log.WriteLine($"  {(Feature)f,-16}{weights[f],8:f3}");
        return [.. weights.Select(Rounded)];
    }

    /// <summary>Ours (each without itself) against out-of-scope questions (each without itself, and once without its whole group).</summary>
    private float[] FitScope(RankerModel model)
    {
        var examples = new List<(float[] Signals, float Label, float Weight)>();
        var ranker = new Ranker(_index, _rewrites, _gate, model);
        foreach (var example in _cases)
        {
            var top = Ranker.Top(ranker.Logits(example.Look), 5);
            examples.Add((ToArray(Ranker.ScopeSignals(example.Look, top, _gate, ScopeLeave.Ours).Signals), 0, 1f / _cases.Count));
        }

        var looks = _gate.Theirs.Select(pair => ranker.Look(pair.Text, LeaveOut.Nothing)).ToArray();
        var tops = looks.Select(look => Ranker.Top(ranker.Logits(look), 5)).ToArray();
        for (var q = 0; q < looks.Length; q++)
            examples.Add((ToArray(Ranker.ScopeSignals(looks[q], tops[q], _gate, ScopeLeave.TheirQuestion(q)).Signals), 1, .5f / looks.Length));
        for (var g = 0; g < _gate.Groups.Count; g++)
        {
            var without = new ScopeGate(Answerer.Texts(_index), [.. _knowledge.OutOfScope.Where((_, i) => i != g)]);
            for (var q = 0; q < looks.Length; q++)
                if (_gate.Theirs[q].Group == g)
                    examples.Add((ToArray(Ranker.ScopeSignals(looks[q], tops[q], without, ScopeLeave.Nothing).Signals), 1, .5f / looks.Length));
        }

        var weights = Logistic(examples, [1, -1, 1, 0, -1]);
        _unseen = [.. examples.Skip(_cases.Count + looks.Length).Select(e => Probability(weights, e.Signals)).Order()];
        _log.WriteLine($"  scope            {string.Join("  ", weights.Select(weight => weight.ToString("f2", CultureInfo.InvariantCulture)))}");
        foreach (var threshold in (float[])[.3f, .4f, .5f, .6f, .7f, .8f])
        {
            float Refused(IEnumerable<(float[] Signals, float Label, float Weight)> set) =>
                set.Select(e => Probability(weights, e.Signals) >= threshold ? 1f : 0f).DefaultIfEmpty().Average();
            _log.WriteLine($"  refuse at {threshold:f1}: ours {Refused(examples.Take(_cases.Count)):p1}, theirs {Refused(examples.Skip(_cases.Count).Take(looks.Length)):p1}, theirs of an unseen group {Refused(examples.Skip(_cases.Count + looks.Length)):p1}");
        }

        return weights;
    }

    /// <summary>
    /// Calibrates on the development half of the evaluation set (its authors did not write the variants: nothing else says how people really ask),
    /// steadied by retold variants and by the variants themselves; then takes the thresholds from the same questions.
    /// </summary>
    private RankerModel FitConfidence(RankerModel model)
    {
        var ranker = new Ranker(_index, _rewrites, _gate, model);
        var examples = new List<(float[] Signals, float Label, float Weight)>();
        var asked = EvaluationSet.Questions().Where(question => question.Half == "dev").ToList();
        foreach (var question in asked)
        {
            var look = ranker.Look(Normaliser.Normalise(question.Text), LeaveOut.Nothing);
            examples.Add(Example(look, ranker.Logits(look), article => question.Articles.Contains(_knowledge.Articles[article].Id), 1));
        }

        foreach (var example in _retold)
            examples.Add(Example(example.Look, ranker.Logits(example.Look), article => article == example.Article, 40f / _retold.Count));
        foreach (var example in _cases)
        {
            var look = ranker.Look(example.Look.Text, LeaveOut.Nothing);
            examples.Add(Example(look, ranker.Logits(look), article => article == example.Article, 40f / _cases.Count));
        }

        var weights = Logistic(examples, [1, 1, 1, 1, 0, 1, -1]);
        _log.WriteLine($"  confidence       {string.Join("  ", weights.Select(weight => weight.ToString("f2", CultureInfo.InvariantCulture)))}");

        var judged = examples.Take(asked.Count).Select((e, i) => (Scope: e.Signals[^1], Score: Probability(weights, e.Signals), Right: e.Label > 0, Ours: asked[i].Scope == "in")).ToList();

        // As few of ours refused as that; then the lowest confidence at which direct answers are to be expected right often enough.
        // Expected, not counted: where the count happens to be lucky is no place for a threshold.
        var ours = judged.Where(e => e.Ours).Select(e => e.Scope).OrderDescending().ToList();
        var refuseAt = Math.Max(ours[(int)(ours.Count * OursRefusedMost)], Math.Min(ours[(int)(ours.Count * OursRefused)], _unseen[(int)(_unseen.Length * (1 - UnseenRefused))]));
        float expected = 0, all = 0, answerAt = .95f;
        foreach (var e in judged.Where(e => e.Scope < refuseAt).OrderByDescending(e => e.Score))
        {
            expected += e.Score;
            all++;
            if (expected / all < AnswerPrecision)
                break;
            answerAt = e.Score;
        }

        model = model with { Confidence = weights, RefuseAt = Rounded(refuseAt), AnswerAt = Rounded(answerAt), ClarifyAt = Rounded(answerAt / 6) };
        _log.WriteLine($"  refuse at {model.RefuseAt:f3}, answer at {model.AnswerAt:f3}: {judged.Count(e => e.Ours && e.Scope < refuseAt && e.Score >= answerAt) / (double)judged.Count(e => e.Ours):p1} of ours answered, {judged.Where(e => e.Scope < refuseAt && e.Score >= answerAt).Average(e => e.Right ? 1.0 : 0):p1} right");
        return model;

        (float[], float, float) Example(Look look, float[] logits, Func<int, bool> isRight, float weight)
        {
            var top = Ranker.Top(logits, 5);
            var scope = Ranker.ScopeSignals(look, top, _gate, ScopeLeave.Nothing).Signals.Probability(model.Scope);
            return (ToArray(Ranker.Signals(look, top, Ranker.Probabilities(logits, top), scope)), isRight(top[0]) ? 1 : 0, weight);
        }
    }

    private void Report(string name, RankerModel model)
    {
        var ranker = new Ranker(_index, _rewrites, _gate, model);
        int[] hits = [1, 3, 5];
        foreach (var (kind, cases) in (ReadOnlySpan<(string, List<Case>)>)[("left out", _cases), ("retold", _retold)])
        {
            var found = cases.Select(example => Ranker.Top(ranker.Logits(example.Look), 5).IndexOf(example.Article)).ToArray();
            _log.WriteLine($"{name}: {string.Join(", ", hits.Select(n => $"Hit@{n} {found.Count(place => place >= 0 && place < n) / (double)found.Length:p1}"))} of {found.Length} variants {kind}");
        }
    }

    private static float[] ToArray(ScopeSignals s) => [s.LogOdds, s.Ours, s.Theirs, s.Known, s.Evidence];

    private static float[] ToArray(ConfidenceSignals s) => [s.Evidence, s.Margin, s.Variant, s.Lead, s.Known, s.Agreement, s.Scope];

    /// <summary>
    /// Weighted logistic regression by Newton's method with a small ridge; the bias comes first. A signal whose weight comes out with the wrong sign
    /// is left out: being more like a variant must never make an answer less sure.
    /// </summary>
    /// <param name="signs">1, -1 or 0 (either) for each signal.</param>
    private static float[] Logistic(List<(float[] Signals, float Label, float Weight)> examples, ReadOnlySpan<int> signs)
    {
        var off = new bool[signs.Length + 1];
        while (true)
        {
            var weights = Logistic(examples, off);
            var wrong = -1;
            for (var i = 0; i < signs.Length; i++)
                if (weights[i + 1] * signs[i] < 0 && (wrong < 0 || Math.Abs(weights[i + 1]) > Math.Abs(weights[wrong + 1])))
                    wrong = i;
            if (wrong < 0)
                return [.. weights.Select(Rounded)];
            off[wrong + 1] = true;
        }
    }

    private static double[] Logistic(List<(float[] Signals, float Label, float Weight)> examples, bool[] off)
    {
        var count = off.Length - 1;
        var weights = new double[count + 1];
        var scale = examples.Count / examples.Sum(e => (double)e.Weight);
        for (var step = 0; step < 30; step++)
        {
            var gradient = new double[count + 1];
            var hessian = new double[count + 1, count + 1];
            foreach (var (signals, label, weight) in examples)
            {
                double X(int i) => off[i] ? 0 : i == 0 ? 1 : signals[i - 1];
                var z = 0.0;
                for (var i = 0; i <= count; i++)
                    z += weights[i] * X(i);
                var p = 1 / (1 + Math.Exp(-z));
                for (var i = 0; i <= count; i++)
                {
                    gradient[i] += weight * scale * (p - label) * X(i);
                    for (var j = 0; j <= count; j++)
                        hessian[i, j] += weight * scale * p * (1 - p) * X(i) * X(j);
                }
            }

            for (var i = 0; i <= count; i++)
            {
                gradient[i] += .5 * weights[i];
                hessian[i, i] += .5;
            }

            var move = Solve(hessian, gradient);
            for (var i = 0; i <= count; i++)
                weights[i] -= move[i];
        }

        return weights;
    }

    private static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        var (a, b) = ((double[,])matrix.Clone(), (double[])right.Clone());
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < n; row++)
                if (Math.Abs(a[row, column]) > Math.Abs(a[pivot, column]))
                    pivot = row;
            for (var k = 0; k < n; k++)
                (a[column, k], a[pivot, k]) = (a[pivot, k], a[column, k]);
            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (var row = column + 1; row < n; row++)
            {
                var factor = a[row, column] / a[column, column];
                for (var k = column; k < n; k++)
                    a[row, k] -= factor * a[column, k];
                b[row] -= factor * b[column];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < n; k++)
                b[row] -= a[row, k] * b[k];
            b[row] /= a[row, row];
        }

        return b;
    }

    private static float Probability(float[] weights, float[] signals)
    {
        var z = weights[0];
        for (var i = 0; i < signals.Length; i++)
            z += weights[i + 1] * signals[i];
        return 1 / (1 + MathF.Exp(-z));
    }

    private static double Dot(double[] weights, float[] values)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += weights[i] * values[i];
        return sum;
    }

    // Five digits: the file stays readable, and the last bits of a machine do not show in it.
    private static float Rounded(double value) => (float)double.Parse(value.ToString("g5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static float Rounded(float value) => Rounded((double)value);

    private sealed record Case(int Article, Look Look);
}
