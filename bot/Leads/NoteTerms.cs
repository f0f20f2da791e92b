using System.Text;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>What of a note can be searched: keyed hashes of its pairs of characters, because the note itself is encrypted.</summary>
internal static class NoteTerms
{
    private const int Most = 400;
    private const int Length = 22;

    /// <summary>The pairs of neighbouring letters and digits, hashed; none where the text has fewer than two.</summary>
    public static IReadOnlyList<string> Of(PersonalData personal, string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKC))
            if (char.IsLetterOrDigit(c))
                plain.Append(char.ToLowerInvariant(c));
        var pairs = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < plain.Length && pairs.Count < Most; i++)
            pairs.Add(plain.ToString(i, 2));
        return [.. pairs.Select(pair => personal.Hash("note", pair)[..Length])];
    }
}
