namespace Outreach.Knowledge.Search;

/// <summary>
/// Groups wordings of the same question: those whose characters and pairs of characters agree for the most part, after <see cref="Normaliser.Normalise"/>.
/// What the library says everywhere (业委会, 怎么) counts little, what few articles speak of counts much. Immutable.
/// </summary>
public sealed class QuestionClusters
{
    private const double Alike = .45;
    private const double SingleWeight = .35;
    private readonly Dictionary<string, int> _frequency = new(StringComparer.Ordinal);
    private readonly int _texts;

    /// <param name="library">Texts that show how common a term is.</param>
    public QuestionClusters(IEnumerable<string> library)
    {
        foreach (var text in library)
        {
            _texts++;
            foreach (var term in Terms(Key(text)))
                _frequency[term] = _frequency.GetValueOrDefault(term) + 1;
        }
    }

    /// <summary>The groups, those with the most texts first; within a group the commonest wording first. A text without a letter is left out.</summary>
    public IReadOnlyList<IReadOnlyList<T>> Group<T>(IEnumerable<T> texts, Func<T, string> textOf)
    {
        var wordings = texts.GroupBy(text => Key(textOf(text)), StringComparer.Ordinal).Where(wording => wording.Key.Length > 0)
            .OrderByDescending(wording => wording.Count()).ThenBy(wording => wording.Key.Length).ThenBy(wording => wording.Key, StringComparer.Ordinal);
        var groups = new List<List<T>>();
        var masses = new List<double>();                                         // of the wording that began each group
        var holders = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var wording in wordings)
        {
            var terms = Terms(wording.Key);
            var mass = terms.Sum(Weight);
            var shared = new Dictionary<int, double>();
            foreach (var term in terms)
                foreach (var group in holders.GetValueOrDefault(term) ?? [])
                    shared[group] = shared.GetValueOrDefault(group) + Weight(term);
            var (best, likeness) = (-1, 0.0);
            foreach (var (group, weight) in shared)
                if (2 * weight / (mass + masses[group]) is var dice && (dice > likeness || (dice == likeness && group < best)))
                    (best, likeness) = (group, dice);
            if (likeness >= Alike)
            {
                groups[best].AddRange(wording);
                continue;
            }

            foreach (var term in terms)
                (holders.TryGetValue(term, out var known) ? known : holders[term] = []).Add(groups.Count);
            groups.Add([.. wording]);
            masses.Add(mass);
        }

        return [.. groups.OrderByDescending(group => group.Count)];
    }

    private double Weight(string term) => Math.Log(1 + ((_texts + 1) / (_frequency.GetValueOrDefault(term) + .5))) * (term.Length == 1 ? SingleWeight : 1);

    private static string Key(string text) => Normaliser.Normalise(text).Replace(" ", "", StringComparison.Ordinal);

    private static HashSet<string> Terms(string text)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Length; i++)
        {
            terms.Add(text.Substring(i, 1));
            if (i + 1 < text.Length)
                terms.Add(text.Substring(i, 2));
        }

        return terms;
    }
}
