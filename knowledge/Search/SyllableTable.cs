namespace Outreach.Knowledge.Search;

/// <summary>Numbers folded syllables from 1, so that they can stand where characters stand in a <see cref="Vocabulary"/>.</summary>
internal sealed class SyllableTable
{
    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort> _spellings = new(StringComparer.Ordinal);

    public ushort Find(string syllable) => _spellings.TryGetValue(syllable, out var number) ? number : _numbers.GetValueOrDefault(Pinyin.Fold(syllable));

    public ushort Add(string syllable)
    {
        if (_spellings.TryGetValue(syllable, out var number))
            return number;
        var folded = Pinyin.Fold(syllable);
        if (!_numbers.TryGetValue(folded, out number))
            number = _numbers[folded] = (ushort)(_numbers.Count + 1);
        return _spellings[syllable] = number;
    }
}
