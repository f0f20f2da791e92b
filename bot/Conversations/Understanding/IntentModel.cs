using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Outreach.Conversations;

/// <summary>
/// Multinomial logistic regression over <see cref="MessageFeatures"/>, fitted from the examples at start (deterministic: same examples, same model). Immutable when built.
/// </summary>
internal sealed class IntentModel
{
    private const int Rounds = 14;
    private const float Rate = .55f;
    private const float SureEnough = .97f;
    private const float Scale = 3f;             // vectors have length one: three reaches a sure verdict within few rounds

    private static readonly int Classes = Enum.GetValues<Intent>().Length;
    private static readonly int Width = (Classes + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;     // rows in whole vectors

    private readonly Dictionary<ulong, int> _features = [];
    private readonly float[][] _weights;        // per feature, per class
    private readonly float[] _rarity;
    private readonly float[] _bias = new float[Width];

    /// <param name="examples">Normalised texts.</param>
    public IntentModel(IReadOnlyList<IntentExample> examples)
    {
        var texts = examples.Select(example => MessageFeatures.Of(example.Text)).ToArray();
        var counts = new Dictionary<ulong, int>();
        foreach (var text in texts)
            foreach (var key in text.Select(feature => feature.Key).Distinct())
                CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
        var seen = counts.Where(pair => pair.Value >= 2).ToArray();          // what one text alone has tells nothing of others
        for (var i = 0; i < seen.Length; i++)
            _features[seen[i].Key] = i;
        _rarity = [.. seen.Select(pair => MathF.Sqrt(MathF.Log(1 + (examples.Count / (float)pair.Value))))];
        _weights = [.. seen.Select(_ => new float[Width])];
        Fit(examples, [.. texts.Select(Weigh)]);
    }

    // Optimised at once: a start runs these loops millions of times before tiered compilation would get to them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fit(IReadOnlyList<IntentExample> examples, (int Feature, float Value)[][] vectors)
    {
        var sizes = new int[Classes];
        foreach (var example in examples)
            sizes[(int)example.Intent]++;
        var order = Enumerable.Range(0, examples.Count).ToArray();
        var random = new Random(17);        // the same order at every start
        var probabilities = new float[Width];
        var rests = new byte[examples.Count];       // what is sure is looked at again every third round: most of the work would change nothing
        for (var round = 0; round < Rounds; round++)
        {
            random.Shuffle(order);
            var rate = Rate / (1 + (round * .25f));
            foreach (var i in order)
            {
                if (rests[i] > 0)
                {
                    rests[i]--;
                    continue;
                }
                var intent = (int)examples[i].Intent;
                Score(vectors[i], probabilities);
                if (probabilities[intent] > SureEnough)
                {
                    rests[i] = 2;
                    continue;
                }
                var importance = Math.Clamp(MathF.Sqrt(60f / sizes[intent]), .3f, 4f);      // small intents must not drown
                probabilities[intent] -= 1;
                foreach (var (feature, value) in vectors[i])
                    Add(_weights[feature], probabilities, -rate * importance * value * Scale, keep: 1);
                Add(_bias, probabilities, -rate * importance * .05f, keep: 1);
            }
        }
    }

    /// <summary>Probabilities by intent, in the order of the enum.</summary>
    public float[] Classify(string normalised)
    {
        var probabilities = new float[Width];
        Score(Weigh(MessageFeatures.Of(normalised)), probabilities);
        return probabilities[..Classes];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score((int Feature, float Value)[] vector, float[] probabilities)
    {
        _bias.CopyTo(probabilities, 0);
        foreach (var (feature, value) in vector)
            Add(probabilities, _weights[feature], value * Scale, keep: 1);
        var largest = float.NegativeInfinity;
        for (var i = 0; i < Classes; i++)
            largest = MathF.Max(largest, probabilities[i]);
        var total = 0f;
        for (var i = 0; i < Classes; i++)
            total += probabilities[i] = MathF.Exp(probabilities[i] - largest);
        for (var i = 0; i < Classes; i++)
            probabilities[i] /= total;
        probabilities.AsSpan(Classes).Clear();
    }

    /// <summary>row = row · keep + other · factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float[] row, float[] other, float factor, float keep)
    {
        for (var i = 0; i < row.Length; i += Vector<float>.Count)
            ((new Vector<float>(row, i) * keep) + (new Vector<float>(other, i) * factor)).CopyTo(row, i);
    }

    /// <summary>Known features, scaled so that the whole text, the unknown part included, has length one: what is mostly unknown stays undecided.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int Feature, float Value)[] Weigh(List<MessageFeature> text)
    {
        var sums = new Dictionary<int, float>(text.Count);
        var unknown = 0f;
        foreach (var (key, weight) in text)
            if (_features.TryGetValue(key, out var feature))
                CollectionsMarshal.GetValueRefOrAddDefault(sums, feature, out _) += weight * _rarity[feature];
            else
                unknown += weight * weight;
        var length = MathF.Sqrt(sums.Values.Sum(value => value * value) + unknown);
        return length == 0 ? [] : [.. sums.Select(pair => (pair.Key, pair.Value / length))];
    }
}
