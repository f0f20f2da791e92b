using System.Runtime.InteropServices;

namespace Outreach.Knowledge.Search;

/// <summary>One document that holds a term, and what that is worth.</summary>
internal readonly record struct Posting(int Term, int Document, float Weight);

/// <summary>For every term the documents that hold it, each with a precomputed weight, in three flat arrays.</summary>
internal sealed class Postings
{
    private readonly int[] _start;
    private readonly int[] _documents;
    private readonly float[] _weights;

    /// <param name="entries">One entry a term and document.</param>
    public Postings(int terms, List<Posting> entries)
    {
        _start = new int[terms + 1];
        _documents = new int[entries.Count];
        _weights = new float[entries.Count];
        foreach (var entry in CollectionsMarshal.AsSpan(entries))
            _start[entry.Term + 1]++;
        for (var term = 0; term < terms; term++)
            _start[term + 1] += _start[term];
        var next = _start.AsSpan(0, terms).ToArray();
        foreach (var entry in CollectionsMarshal.AsSpan(entries))
        {
            var at = next[entry.Term]++;
            _documents[at] = entry.Document;
            _weights[at] = entry.Weight;
        }
    }

    public ReadOnlySpan<int> Documents(int term) => _documents.AsSpan(_start[term], _start[term + 1] - _start[term]);

    public ReadOnlySpan<float> Weights(int term) => _weights.AsSpan(_start[term], _start[term + 1] - _start[term]);

    /// <summary>Adds the weights of one term, times a factor, to the sums of its documents.</summary>
    public void Accumulate(int term, float factor, Span<float> sums)
    {
        var documents = Documents(term);
        var weights = Weights(term);
        for (var i = 0; i < documents.Length; i++)
            sums[documents[i]] += weights[i] * factor;
    }
}
