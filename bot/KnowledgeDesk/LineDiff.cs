namespace Outreach.KnowledgeDesk;

public enum LineChange { Same, Gone, New }

public readonly record struct DiffLine(LineChange Change, string Text);

/// <summary>What differs between two texts, line by line. Pure.</summary>
internal static class LineDiff
{
    public static IReadOnlyList<DiffLine> Of(string before, string after)
    {
        var (old, fresh) = (Lines(before), Lines(after));
        // Longest common lines behind each pair of places.
        var common = new int[old.Length + 1, fresh.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = fresh.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == fresh[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var lines = new List<DiffLine>(old.Length + fresh.Length);
        var (a, b) = (0, 0);
        while (a < old.Length || b < fresh.Length)
            if (a < old.Length && b < fresh.Length && old[a] == fresh[b])
            {
                lines.Add(new(LineChange.Same, old[a++]));
                b++;
            }
            else if (b == fresh.Length || (a < old.Length && common[a + 1, b] >= common[a, b + 1]))
            {
                lines.Add(new(LineChange.Gone, old[a++]));
            }
            else
            {
                lines.Add(new(LineChange.New, fresh[b++]));
            }
        return lines;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
