using System.Text;
using Outreach.Knowledge.Search;

namespace Outreach.Communities;

/// <summary>Brings names of communities, as stored and as typed, to one comparable form.</summary>
public static class CommunityNames
{
    public const int MaxLength = 64;
    public const string DemoLabel = "（演示）";

    /// <summary>Letters and digits only, NFKC, simplified, lower case, without the demo label; "" when nothing is left.</summary>
    public static string Key(string name)
    {
        var plain = name.Replace(DemoLabel, "", StringComparison.Ordinal);
        var key = new StringBuilder(plain.Length);
        foreach (var c in plain)
            Append(key, c);
        return key.ToString();
    }

    /// <summary>Whether a name can stand for a community: 2 to 64 characters that are no formula and no markup.</summary>
    public static bool IsAlias(string name) =>
        name.Length <= MaxLength && Key(name).Length >= 2 && name[0] is not ('=' or '+' or '-' or '@') && !name.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '<' or '>');

    /// <summary>The same form of a whole text, with the place in the text from which each character comes.</summary>
    internal static (string Key, IReadOnlyList<int> Places) KeyWithPlaces(string text)
    {
        var key = new StringBuilder(text.Length);
        var places = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            Append(key, text[i]);
            while (places.Count < key.Length)
                places.Add(i);
        }
        return (key.ToString(), places);
    }

    private static void Append(StringBuilder key, char c)
    {
        if (char.IsSurrogate(c))
            return;
        if (c < 0x80)
        {
            if (char.IsAsciiLetterOrDigit(c))
                key.Append(char.ToLowerInvariant(c));
            return;
        }
        foreach (var folded in Normaliser.ToSimplified(c.ToString().Normalize(NormalizationForm.FormKC)))
            if (char.IsLetterOrDigit(folded))
                key.Append(char.ToLowerInvariant(folded));
    }
}
