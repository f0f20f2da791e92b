namespace Outreach.Knowledge.Search;

/// <summary>For every term the documents that hold it, each with a precomputed weight, in three flat arrays.</summary>
internal sealed class Postings
{
    private readonly int[] _start;
    private readonly int[] _documents;
    private readonly float[] _weights;

    /// <param name="entries">One entry a term and document.</param>
    public Postings(int terms, IReadOnlyCollection<(int Term, int Document, float Weight)> entries)
    {
        _start = new int[terms + 1];
        _documents = new int[entries.Count];
        _weights = new float[entries.Count];
        foreach (var (term, _, _) in entries)
            _start[term + 1]++;
        for (var term = 0; term < terms; term++)
            _start[term + 1] += _start[term];
        var next = _start.AsSpan(0, terms).ToArray();
        foreach (var (term, document, weight) in entries)
        {
            var at = next[term]++;
            _documents[at] = document;
            _weights[at] = weight;
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
