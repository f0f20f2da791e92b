using System.Runtime.InteropServices;

namespace Outreach.Knowledge.Search;

/// <summary>Adds up weights by term without hashing: one slot a term, emptied after each use. Not safe for threads.</summary>
internal sealed class TermTally(int terms)
{
    private readonly float[] _weights = new float[terms];
    private readonly bool[] _isTouched = new bool[terms];
    private readonly List<int> _touched = [];

    /// <summary>Each term that was added, once.</summary>
    public ReadOnlySpan<int> Terms => CollectionsMarshal.AsSpan(_touched);

    public float this[int term] => _weights[term];

    public TermTally Add(ReadOnlySpan<int> terms, float weight = 1)
    {
        foreach (var term in terms)
        {
            if (!_isTouched[term])
            {
                _isTouched[term] = true;
                _touched.Add(term);
            }

            _weights[term] += weight;
        }

        return this;
    }

    public TermTally Add(IEnumerable<int[]> texts, float weight = 1)
    {
        foreach (var text in texts)
            Add(text, weight);
        return this;
    }

    public TermTally Clear()
    {
        foreach (var term in _touched)
            (_weights[term], _isTouched[term]) = (0, false);
        _touched.Clear();
        return this;
    }
}
