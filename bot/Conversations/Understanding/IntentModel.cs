using System.Numerics;

namespace Outreach.Conversations;

/// <summary>
/// Multinomial logistic regression over <see cref="MessageFeatures"/>, fitted from the examples at start (deterministic: same examples, same model). Immutable when built.
/// </summary>
internal sealed class IntentModel
{
    private const int Rounds = 14;
    private const float Rate = .55f;
    private const float Decay = 2e-5f;
    private const float Scale = 3f;             // vectors have length one: three reaches a sure verdict within few rounds

    private static readonly int Classes = Enum.GetValues<Intent>().Length;
    private static readonly int Width = (Classes + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;     // rows in whole vectors

    private readonly Dictionary<string, int> _features = new(StringComparer.Ordinal);
    private readonly float[][] _weights;        // per feature, per class
    private readonly float[] _rarity;
    private readonly float[] _bias = new float[Width];

    /// <param name="examples">Normalised texts.</param>
    public IntentModel(IReadOnlyList<IntentExample> examples)
    {
        var named = examples.Select(example => MessageFeatures.Of(example.Text)).ToArray();
        var seenIn = new List<int>();
        foreach (var list in named)
            foreach (var name in list.Select(feature => feature.Name).Distinct())
            {
                if (_features.TryAdd(name, _features.Count))
                    seenIn.Add(0);
                seenIn[_features[name]]++;
            }
        _rarity = [.. seenIn.Select(count => MathF.Sqrt(MathF.Log(1 + (examples.Count / (float)count))))];
        _weights = [.. seenIn.Select(_ => new float[Width])];
        var vectors = named.Select(Weigh).ToArray();

        var sizes = new int[Classes];
        foreach (var example in examples)
            sizes[(int)example.Intent]++;
        var order = Enumerable.Range(0, examples.Count).ToArray();
        var random = new Random(17);
        var probabilities = new float[Width];
        for (var round = 0; round < Rounds; round++)
        {
            random.Shuffle(order);
            var rate = Rate / (1 + (round * .25f));
            foreach (var i in order)
            {
                var intent = (int)examples[i].Intent;
                var importance = MathF.Min(4f, MathF.Sqrt(60f / sizes[intent]));   // small intents must not drown
                Score(vectors[i], probabilities);
                probabilities[intent] -= 1;
                foreach (var (feature, value) in vectors[i])
                    Add(_weights[feature], probabilities, -rate * importance * value * Scale, keep: 1 - (rate * Decay));
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
    private static void Add(float[] row, float[] other, float factor, float keep)
    {
        for (var i = 0; i < row.Length; i += Vector<float>.Count)
            ((new Vector<float>(row, i) * keep) + (new Vector<float>(other, i) * factor)).CopyTo(row, i);
    }

    /// <summary>Known features, scaled so that the whole text, the unknown part included, has length one: what is mostly unknown stays undecided.</summary>
    private (int Feature, float Value)[] Weigh(List<(string Name, float Weight)> named)
    {
        var sums = new Dictionary<int, float>(named.Count);
        var unknown = 0f;
        foreach (var (name, weight) in named)
            if (_features.TryGetValue(name, out var feature))
                sums[feature] = sums.GetValueOrDefault(feature) + (weight * _rarity[feature]);
            else
                unknown += weight * weight;
        var length = MathF.Sqrt(sums.Values.Sum(value => value * value) + (unknown * 1.5f));
        return length == 0 ? [] : [.. sums.Select(pair => (pair.Key, pair.Value / length))];
    }
}
