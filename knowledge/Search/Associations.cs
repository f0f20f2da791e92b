namespace Outreach.Knowledge.Search;

/// <summary>
/// Which terms keep company with which in the questions of different articles: 举手 and 画圈 with 投票, 盖楼的 with 开发商. Learned from the variants alone,
/// so that a question in words that its own article lacks still finds it by the words of its neighbours.
/// </summary>
internal sealed class Associations
{
    private const int FewestTogether = 2;
    private const int MostKept = 16;
    private readonly int[] _start;
    private readonly (int Term, int Together)[] _kept;
    private readonly int[] _frequency;
    private readonly int _articles;

    /// <param name="sides">Distinct question-side terms of each article.</param>
    /// <param name="frequency">Articles that have a term on their question side.</param>
    public Associations(int[][] sides, int[] frequency)
    {
        (_frequency, _articles) = (frequency, sides.Length);
        var common = Math.Max(6, sides.Length / 8);
        var useful = sides.Select(side => side.Where(term => frequency[term] >= FewestTogether && frequency[term] <= common).ToArray()).ToArray();
        var holders = new List<int>?[frequency.Length];
        for (var a = 0; a < useful.Length; a++)
            foreach (var term in useful[a])
                (holders[term] ??= []).Add(a);

        _start = new int[frequency.Length + 1];
        var kept = new List<(int, int)>();
        var together = new int[frequency.Length];
        var met = new List<int>();
        var best = new List<(float Strength, int Term)>();
        for (var term = 0; term < frequency.Length; term++)
        {
            foreach (var article in holders[term] ?? [])
                foreach (var other in useful[article])
                    if (together[other]++ == 0)
                        met.Add(other);
            foreach (var other in met)
                if (other != term && together[other] >= FewestTogether && Strength(together[other], frequency[term], frequency[other]) is > .2f and var strength)
                    best.Add((strength, other));
            best.Sort((x, y) => y.Strength != x.Strength ? y.Strength.CompareTo(x.Strength) : x.Term.CompareTo(y.Term));
            foreach (var (_, other) in best.Take(MostKept))
                kept.Add((other, together[other]));
            foreach (var other in met)
                together[other] = 0;
            met.Clear();
            best.Clear();
            _start[term + 1] = kept.Count;
        }

        _kept = [.. kept];
    }

    /// <summary>Adds to each companion of a term the term's weight times their strength.</summary>
    /// <param name="lost">For fitting: an article that is looked at as if it did not have this term, by its terms; null otherwise.</param>
    public void Expand(int term, float weight, Dictionary<int, float> expansion, HashSet<int>? lost = null)
    {
        for (var i = _start[term]; i < _start[term + 1]; i++)
        {
            var (other, together) = _kept[i];
            var gone = lost?.Contains(other) == true ? 1 : 0;
            if (together - gone < FewestTogether)
                continue;
            var strength = Strength(together - gone, _frequency[term] - (lost is null ? 0 : 1), _frequency[other]);
            if (strength > 0)
                expansion[other] = expansion.GetValueOrDefault(other) + (weight * strength);
        }
    }

    /// <summary>Normalised pointwise mutual information, discounted where it rests on few articles; 0 to 1.</summary>
    private float Strength(int together, int one, int other)
    {
        var joint = together - .7f;
        return Math.Max(0, MathF.Log(joint * _articles / (one * (float)other)) / MathF.Log(_articles / joint));
    }
}
