using System.Buffers;
using System.Globalization;
using System.Text;

namespace Outreach.Activities;

/// <summary>Cuts text to a channel's limit in UTF-8 bytes without breaking a character that a person sees as one (surrogate pairs, combining marks, joined emoji).</summary>
public static class Utf8Text
{
    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create("。！？；\n.!?;");

    /// <summary>The longest beginning of <paramref name="text"/> that, with <paramref name="ending"/> where something was cut, fits into <paramref name="maxBytes"/>.</summary>
    public static string Cut(string text, int maxBytes, string ending = "…")
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var room = maxBytes - Encoding.UTF8.GetByteCount(ending);
        return room <= 0 ? text[..Fit(text, maxBytes)] : string.Concat(text.AsSpan(0, Fit(text, room)), ending);
    }

    /// <summary>
    /// All of <paramref name="text"/> in parts of at most <paramref name="maxBytes"/>, cut behind a sentence where one ends in the second half of a part.
    /// Joined together the parts are the text.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">One text element alone is larger than <paramref name="maxBytes"/>.</exception>
    public static IReadOnlyList<string> Split(string text, int maxBytes)
    {
        List<string> parts = [];
        var rest = text.AsSpan();
        while (Encoding.UTF8.GetByteCount(rest) > maxBytes)
        {
            var most = Fit(rest, maxBytes);
            if (most == 0)
                throw new ArgumentOutOfRangeException(nameof(maxBytes), maxBytes, "Smaller than one character of the text.");
            var sentence = rest[..most].LastIndexOfAny(SentenceEnds) + 1;
            var length = sentence > most / 2 ? sentence : most;
            parts.Add(rest[..length].ToString());
            rest = rest[length..];
        }
        parts.Add(rest.ToString());
        return parts;
    }

    /// <summary>How many chars of <paramref name="text"/> fit, ending on a text element.</summary>
    private static int Fit(ReadOnlySpan<char> text, int maxBytes)
    {
        int chars = 0, bytes = 0;
        while (chars < text.Length)
        {
            var next = StringInfo.GetNextTextElementLength(text[chars..]);
            bytes += Encoding.UTF8.GetByteCount(text.Slice(chars, next));
            if (bytes > maxBytes)
                break;
            chars += next;
        }
        return chars;
    }
}
