namespace Outreach.Knowledge.Search;

/// <summary>The terms of one text, with repeats, in order.</summary>
/// <param name="Known">Term numbers.</param>
/// <param name="UnknownSingles">Single characters that the vocabulary does not have.</param>
/// <param name="UnknownOthers">Pairs and words that the vocabulary does not have.</param>
internal readonly record struct Terms(int[] Known, int UnknownSingles, int UnknownOthers)
{
    /// <summary>Characters of a normalised text; unknown ones are counted, not added.</summary>
    public static Terms Of(string normalised, Vocabulary vocabulary) => Read(normalised, vocabulary, adding: null);

    /// <summary>The same for building: everything new becomes part of the vocabulary.</summary>
    public static Terms Learn(string normalised, Vocabulary vocabulary) => Read(normalised, vocabulary, vocabulary);

    /// <summary>Syllables of a normalised text; typed pinyin (Latin words that are syllables throughout) counts as if it were characters.</summary>
    public static Terms OfSound(string normalised, Vocabulary sounds, SyllableTable syllables) => ReadSound(normalised, sounds, null, syllables);

    public static Terms LearnSound(string normalised, Vocabulary sounds, SyllableTable syllables) => ReadSound(normalised, sounds, sounds, syllables);

    private static Terms Read(string text, Vocabulary vocabulary, Vocabulary? adding)
    {
        var known = new List<int>(text.Length * 2);
        int singles = 0, others = 0;
        var i = 0;
        while (i < text.Length)
        {
            if (CharacterTable.IsHan(text[i]))
            {
                Count(adding?.Add(text[i]) ?? vocabulary.Find(text[i]), ref singles);
                if (i + 1 < text.Length && CharacterTable.IsHan(text[i + 1]))
                {
                    var pair = Vocabulary.Pair(text[i], text[i + 1]);
                    Count(adding?.Add(pair) ?? vocabulary.Find(pair), ref others);
                }

                i++;
            }
            else if (text[i] == ' ')
            {
                i++;
            }
            else
            {
                var word = Word(text, i);
                Count(adding?.AddWord(word) ?? vocabulary.FindWord(word), ref others);
                i += word.Length;
            }
        }

        return new([.. known], singles, others);

        void Count(int term, ref int unknown)
        {
            if (term >= 0)
                known.Add(term);
            else
                unknown++;
        }
    }

    private static Terms ReadSound(string text, Vocabulary sounds, Vocabulary? adding, SyllableTable syllables)
    {
        var known = new List<int>(text.Length * 2);
        int singles = 0, others = 0;
        ushort previous = 0;
        var i = 0;
        while (i < text.Length)
        {
            if (CharacterTable.IsHan(text[i]))
            {
                Next(CharacterTable.Reading(text[i]));
                i++;
            }
            else if (text[i] == ' ')
            {
                // A space within typed pinyin separates syllables, between Han it separates thoughts.
                if (i > 0 && CharacterTable.IsHan(text[i - 1]))
                    previous = 0;
                i++;
            }
            else
            {
                var word = Word(text, i);
                i += word.Length;
                if (char.IsAsciiLetterLower(word[0]) && Pinyin.Segment(word.ToString()) is { } typed)
                    foreach (var syllable in typed)
                        Next(syllable);
                else
                    previous = 0;
            }
        }

        return new([.. known], singles, others);

        void Next(string reading)
        {
            var symbol = adding is null ? syllables.Find(reading) : syllables.Add(reading);
            if (symbol == 0)
            {
                singles++;
                others += previous == 0 ? 0 : 1;
                previous = 0;
                return;
            }

            Count(adding?.Add(symbol) ?? sounds.Find(symbol), ref singles);
            if (previous != 0)
            {
                var pair = Vocabulary.Pair(previous, symbol);
                Count(adding?.Add(pair) ?? sounds.Find(pair), ref others);
            }

            previous = symbol;
        }

        void Count(int term, ref int unknown)
        {
            if (term >= 0)
                known.Add(term);
            else
                unknown++;
        }
    }

    private static ReadOnlySpan<char> Word(string text, int start)
    {
        // Latin and digits are words of their own: "278条", "2026年", "k1".
        var end = start + 1;
        var digits = char.IsDigit(text[start]) || text[start] == '.';
        while (end < text.Length && text[end] != ' ' && !CharacterTable.IsHan(text[end]) && (char.IsDigit(text[end]) || text[end] == '.') == digits)
            end++;
        return text.AsSpan(start, end - start);
    }
}
