using System.Runtime.InteropServices;
using Outreach.Knowledge.Search;

namespace Outreach.Conversations;

/// <summary>One feature of a message: what it is, packed into one number, and how much it weighs before rarity counts.</summary>
internal readonly record struct MessageFeature(ulong Key, float Weight);

/// <summary>
/// What the classifier sees of a normalised message: characters, pairs and triples of them with the ends marked, and pairs and triples of toneless syllables,
/// so that homophones and typed pinyin look like what they sound like.
/// </summary>
internal static class MessageFeatures
{
    private const char Start = '\u0002';
    private const char End = '\u0003';

    /// <summary>A feature may come several times.</summary>
    public static List<MessageFeature> Of(string normalised)
    {
        var features = new List<MessageFeature>(normalised.Length * 6);
        Span<char> text = stackalloc char[Math.Min(normalised.Length, 1000) + 2];
        var length = 0;
        text[length++] = Start;
        foreach (var c in normalised.AsSpan(0, Math.Min(normalised.Length, 1000)))
            if (c != ' ')
                text[length++] = c;
        text[length++] = End;
        for (var i = 0; i < length; i++)
        {
            if (i > 0 && i < length - 1)
                features.Add(new(Key(1, text[i], 0, 0), .45f));
            if (i + 1 < length)
                features.Add(new(Key(2, text[i], text[i + 1], 0), 1f));
            if (i + 2 < length)
                features.Add(new(Key(3, text[i], text[i + 1], text[i + 2]), .9f));
        }

        var sounds = CollectionsMarshal.AsSpan(Sounds(normalised));
        for (var i = 0; i < sounds.Length; i++)
        {
            if (i + 1 < sounds.Length)
                features.Add(new(Key(4, sounds[i], sounds[i + 1], 0), .75f));
            if (i + 2 < sounds.Length)
                features.Add(new(Key(5, sounds[i], sounds[i + 1], sounds[i + 2]), .75f));
        }
        if (sounds.Length is > 0 and <= 3)
            features.Add(new(Key(6, sounds[0], sounds.Length > 1 ? sounds[1] : (ushort)0, sounds.Length > 2 ? sounds[2] : (ushort)0), 1f));    // short messages are whole phrases
        return features;
    }

    private static ulong Key(ulong kind, ushort a, ushort b, ushort c) => (kind << 48) | ((ulong)a << 32) | ((ulong)b << 16) | c;

    /// <summary>Syllables of characters and of Latin words that are pinyin throughout, as numbers.</summary>
    private static List<ushort> Sounds(string normalised)
    {
        var sounds = new List<ushort>(normalised.Length);
        for (var i = 0; i < normalised.Length;)
        {
            if (!char.IsAsciiLetter(normalised[i]))
            {
                if (SoundOf(normalised[i]) is > 0 and var sound)
                    sounds.Add(sound);
                i++;
                continue;
            }
            var end = i;
            while (end < normalised.Length && char.IsAsciiLetter(normalised[end]))
                end++;
            if (Pinyin.Segment(normalised[i..end]) is { } syllables)
                foreach (var syllable in syllables)
                    sounds.Add(NumberOf(syllable));
            i = end;
        }
        return sounds;
    }

    private static ushort SoundOf(char c) => Pinyin.Syllables(c.ToString()) is [var syllable] ? NumberOf(syllable) : (ushort)0;

    /// <summary>A number for what a syllable sounds like: zh/z, ch/c, sh/s and -ng/-n are one. Two syllables rarely share one.</summary>
    private static ushort NumberOf(string syllable)
    {
        var tail = syllable.AsSpan(syllable is ['z' or 'c' or 's', 'h', ..] ? 2 : 1);
        if (tail.EndsWith("ng", StringComparison.Ordinal))
            tail = tail[..^1];
        var number = (uint)syllable[0];
        foreach (var c in tail)
            number = (number * 31) + c;
        return (ushort)((number ^ (number >> 16)) | 1);
    }
}
