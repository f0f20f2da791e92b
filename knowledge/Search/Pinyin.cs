using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Outreach.Knowledge.Search;

/// <summary>Toneless pinyin, one reading a character: enough to find what was typed by sound.</summary>
public static class Pinyin
{
    private const int LongestSyllable = 6;
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouv");

    /// <summary>The syllables of the Han characters in a text, in order; everything else is left out.</summary>
    public static IReadOnlyList<string> Syllables(string text)
    {
        var syllables = new List<string>(text.Length);
        foreach (var c in text)
            if (CharacterTable.Reading(c) is { Length: > 0 } reading)
                syllables.Add(reading);
        return syllables;
    }

    /// <summary>First letters of the Han characters: 业委会 is ywh.</summary>
    public static string Initials(string text)
    {
        var initials = new StringBuilder(text.Length);
        foreach (var c in text)
            if (CharacterTable.Reading(c) is { Length: > 0 } reading)
                initials.Append(reading[0]);
        return initials.ToString();
    }

    /// <summary>Cuts letters into syllables ("chengli": cheng, li), the longest first. Null when they are not pinyin.</summary>
    public static IReadOnlyList<string>? Segment(string letters)
    {
        // From the end, so that every rest is known to be segmentable before it is chosen.
        var next = new int[letters.Length + 1];
        Array.Fill(next, -1);
        next[letters.Length] = letters.Length;
        var lookup = CharacterTable.Syllables.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = letters.Length - 1; start >= 0; start--)
            for (var length = Math.Min(LongestSyllable, letters.Length - start); length >= 1; length--)
                if (next[start + length] >= 0 && IsSyllable(lookup, letters.AsSpan(start, length)))
                {
                    next[start] = start + length;
                    break;
                }

        if (letters.Length == 0 || next[0] < 0)
            return null;
        var syllables = new List<string>();
        for (var at = 0; at < letters.Length; at = next[at])
            syllables.Add(letters[at..next[at]]);
        return syllables;
    }

    /// <summary>Folds what ears and southern and Henan tongues mix up: zh/z, ch/c, sh/s, -ng/-n.</summary>
    internal static string Fold(string syllable)
    {
        var folded = syllable.Length > 1 && syllable[1] == 'h' && syllable[0] is 'z' or 'c' or 's' ? string.Concat(syllable.AsSpan(0, 1), syllable.AsSpan(2)) : syllable;
        return folded.EndsWith("ng", StringComparison.Ordinal) ? folded[..^1] : folded;
    }

    // A lone consonant is an interjection in the table (m, n), never a part of typed pinyin.
    private static bool IsSyllable(FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> known, ReadOnlySpan<char> letters) =>
        known.Contains(letters) && letters.ContainsAny(Vowels);
}
