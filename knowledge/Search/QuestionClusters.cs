namespace Outreach.Knowledge.Search;

/// <summary>Groups wordings of the same question: those whose pairs of characters agree for the most part, after <see cref="Normaliser.Normalise"/>.</summary>
public static class QuestionClusters
{
    private const double Alike = .5;

    /// <summary>The groups, those with the most texts first; within a group the commonest wording first. A text without a letter is left out.</summary>
    public static IReadOnlyList<IReadOnlyList<T>> Group<T>(IEnumerable<T> texts, Func<T, string> textOf)
    {
        var wordings = texts.GroupBy(text => Normaliser.Normalise(textOf(text)).Replace(" ", "", StringComparison.Ordinal), StringComparer.Ordinal)
            .Where(wording => wording.Key.Length > 0)
            .OrderByDescending(wording => wording.Count()).ThenBy(wording => wording.Key.Length).ThenBy(wording => wording.Key, StringComparer.Ordinal);
        var groups = new List<List<T>>();
        var sizes = new List<int>();                                            // pairs of the wording that began each group
        var holders = new Dictionary<(char, char), List<int>>();
        foreach (var wording in wordings)
        {
            var pairs = Pairs(wording.Key);
            var shared = new Dictionary<int, int>();
            foreach (var pair in pairs)
                if (holders.TryGetValue(pair, out var groupsWithIt))
                    foreach (var group in groupsWithIt)
                        shared[group] = shared.GetValueOrDefault(group) + 1;
            var (best, likeness) = shared.Select(entry => (entry.Key, 2.0 * entry.Value / (pairs.Count + sizes[entry.Key])))
                .OrderByDescending(entry => entry.Item2).ThenBy(entry => entry.Key).FirstOrDefault((-1, 0));
            if (likeness >= Alike)
            {
                groups[best].AddRange(wording);
                continue;
            }

            foreach (var pair in pairs)
                (holders.TryGetValue(pair, out var known) ? known : holders[pair] = []).Add(groups.Count);
            groups.Add([.. wording]);
            sizes.Add(pairs.Count);
        }

        return [.. groups.OrderByDescending(group => group.Count)];
    }

    private static HashSet<(char, char)> Pairs(string text) => text.Length == 1 ? [(text[0], '\0')] : [.. text.Zip(text.Skip(1))];
}
