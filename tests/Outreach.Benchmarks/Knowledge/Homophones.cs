using System.Text;
using Outreach.Knowledge.Search;

namespace Outreach.Benchmarks.Knowledge;

/// <summary>Replaces characters by others of the same sound, as typing by sound does. Deterministic for a given random sequence.</summary>
internal sealed class Homophones
{
    private readonly Dictionary<string, List<char>> _bySound = new(StringComparer.Ordinal);

    /// <param name="characters">Those that the articles use: they are the ones that a keyboard offers first.</param>
    public Homophones(IEnumerable<char> characters)
    {
        foreach (var c in characters.Distinct().Order())
            if (CharacterTable.Reading(c) is { Length: > 0 } reading)
                (_bySound.TryGetValue(reading, out var list) ? list : _bySound[reading] = []).Add(c);
    }

    /// <param name="share">Share of the characters to replace, 0 to 1.</param>
    public string Disturb(string text, double share, Random random)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var others = _bySound.GetValueOrDefault(CharacterTable.Reading(c));
            result.Append(others is { Count: > 1 } && random.NextDouble() < share ? others[random.Next(others.Count)] : c);
        }

        return result.ToString();
    }
}
