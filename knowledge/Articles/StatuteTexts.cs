using System.Text;

namespace Outreach.Knowledge.Articles;

/// <summary>Finds passages that stand in a statute word for word. Punctuation and spaces do not count.</summary>
internal sealed class StatuteTexts
{
    /// <summary>More than this many characters in a row are a copy.</summary>
    public const int LongestQuote = 30;

    private const int Window = LongestQuote + 1;
    private readonly HashSet<string> _windows = new(StringComparer.Ordinal);

    public StatuteTexts(IEnumerable<string> texts)
    {
        foreach (var text in texts.Select(Letters))
            for (var start = 0; start + Window <= text.Length; start++)
                _windows.Add(text.Substring(start, Window));
    }

    /// <summary>Every Markdown and text file below a folder.</summary>
    public static StatuteTexts Load(string folder) =>
        new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".md" or ".txt").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>The first copied passage of a text; null when there is none.</summary>
    public string? FindCopy(string text)
    {
        var letters = Letters(text);
        var lookup = _windows.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; start + Window <= letters.Length; start++)
            if (lookup.Contains(letters.AsSpan(start, Window)))
            {
                var end = start + Window;
                while (end < letters.Length && lookup.Contains(letters.AsSpan(end - Window + 1, Window)))
                    end++;
                return letters[start..end];
            }

        return null;
    }

    private static string Letters(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (var c in text)
            if (char.IsLetterOrDigit(c))
                letters.Append(c);
        return letters.ToString();
    }
}
