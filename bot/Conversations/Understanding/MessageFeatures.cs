using Outreach.Knowledge.Search;

namespace Outreach.Conversations;

/// <summary>
/// What the classifier sees of a normalised message: characters, pairs and triples of them with the ends marked, and pairs of toneless syllables,
/// so that homophones and typed pinyin look like what they sound like.
/// </summary>
internal static class MessageFeatures
{
    /// <summary>Features with their weights; a feature may come several times.</summary>
    public static List<(string Name, float Weight)> Of(string normalised)
    {
        var features = new List<(string, float)>(normalised.Length * 6);
        var text = $"^{normalised.Replace(" ", "", StringComparison.Ordinal)}$";
        for (var i = 0; i < text.Length; i++)
        {
            if (i > 0 && i < text.Length - 1)
                features.Add((text[i].ToString(), .45f));
            if (i + 1 < text.Length)
                features.Add((text.Substring(i, 2), 1f));
            if (i + 2 < text.Length)
                features.Add((text.Substring(i, 3), .9f));
        }
        var sounds = Sounds(normalised);
        for (var i = 0; i < sounds.Count; i++)
        {
            if (i + 1 < sounds.Count)
                features.Add(($"~{sounds[i]}~{sounds[i + 1]}", .75f));
            if (i + 2 < sounds.Count)
                features.Add(($"~{sounds[i]}~{sounds[i + 1]}~{sounds[i + 2]}", .75f));
        }
        if (sounds.Count is > 0 and <= 4)
            features.Add(($"=~{string.Join('~', sounds)}", 1f));      // short messages are whole phrases
        return features;
    }

    /// <summary>Syllables of characters and of Latin words that are pinyin throughout.</summary>
    private static List<string> Sounds(string normalised)
    {
        var sounds = new List<string>();
        var i = 0;
        while (i < normalised.Length)
        {
            if (!char.IsAsciiLetter(normalised[i]))
            {
                sounds.AddRange(Pinyin.Syllables(normalised[i].ToString()).Select(Fold));
                i++;
                continue;
            }
            var end = i;
            while (end < normalised.Length && char.IsAsciiLetter(normalised[end]))
                end++;
            if (Pinyin.Segment(normalised[i..end]) is { } syllables)
                sounds.AddRange(syllables.Select(Fold));
            i = end;
        }
        return sounds;
    }

    // What ears and many tongues mix up: zh/z, ch/c, sh/s, -ng/-n.
    private static string Fold(string syllable)
    {
        var plain = syllable is [var first and ('z' or 'c' or 's'), 'h', ..] ? first + syllable[2..] : syllable;
        return plain.EndsWith("ng", StringComparison.Ordinal) ? plain[..^1] : plain;
    }
}
