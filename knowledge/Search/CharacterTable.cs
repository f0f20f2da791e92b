using System.Collections.Frozen;

namespace Outreach.Knowledge.Search;

/// <summary>Simplified forms and toneless readings of Chinese characters (data/characters.txt). Read once.</summary>
internal static class CharacterTable
{
    private const char First = '\u3400';
    private const char Last = '\u9FFF';
    private static readonly char[] SimplifiedForms = new char[Last - First + 1];
    private static readonly ushort[] ReadingIds = new ushort[Last - First + 1];
    private static readonly string[] AllReadings;

    static CharacterTable()
    {
        var readings = new List<string> { "" };
        using var reader = new StreamReader(typeof(CharacterTable).Assembly.GetManifestResourceStream("characters.txt")
            ?? throw new InvalidOperationException("The resource characters.txt is missing from Outreach.Knowledge."));
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[')
            {
                section = line;
                continue;
            }

            if (section == "[simplified]")
            {
                for (var i = 0; i + 1 < line.Length; i += 2)
                    SimplifiedForms[line[i] - First] = line[i + 1];
                continue;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            foreach (var c in line.AsSpan(space + 1))
                ReadingIds[c - First] = (ushort)readings.Count;
            readings.Add(line[..space]);
        }

        AllReadings = [.. readings];
        Syllables = AllReadings.Where(reading => reading.Length > 0).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Every toneless syllable that some character has: "ye", "zhu", "lv".</summary>
    public static FrozenSet<string> Syllables { get; }

    public static bool IsHan(char c) => c is >= First and <= Last;

    public static char Simplified(char c) => IsHan(c) && SimplifiedForms[c - First] is var form and not '\0' ? form : c;

    /// <summary>The commonest reading without tone; "" when there is none.</summary>
    public static string Reading(char c) => IsHan(c) ? AllReadings[ReadingIds[c - First]] : "";
}
