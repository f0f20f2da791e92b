namespace Outreach.Knowledge.Search;

/// <summary>
/// Numbers the terms of a text: runs of symbols (Han characters, or syllables) give every symbol and every pair of neighbours; words (Latin, digits) count whole.
/// Read-only once built, then safe for many threads.
/// </summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<uint, int> _symbols = [];
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly List<bool> _isSingle = [];

    public int Count => _isSingle.Count;

    /// <summary>True for a single symbol, which says less than a pair or a word.</summary>
    public bool IsSingle(int term) => _isSingle[term];

    /// <summary>The number of a symbol or pair, or -1.</summary>
    public int Find(uint key) => _symbols.GetValueOrDefault(key, -1);

    public int FindWord(ReadOnlySpan<char> word) =>
        _words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var term) ? term : -1;

    public int Add(uint key)
    {
        if (!_symbols.TryGetValue(key, out var term))
        {
            term = _symbols[key] = Count;
            _isSingle.Add(key <= ushort.MaxValue);
        }

        return term;
    }

    public int AddWord(ReadOnlySpan<char> word)
    {
        var lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(word, out var term))
        {
            term = Count;
            lookup[word] = term;
            _isSingle.Add(false);
        }

        return term;
    }

    public static uint Pair(ushort left, ushort right) => ((uint)left << 16) | right;
}
