using System.Collections.Frozen;
using System.Text;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Search;

/// <summary>Puts the legal term in the place of everyday wording, and words in the place of typed initials (ywh: 业委会). Immutable.</summary>
internal sealed class RewriteTable
{
    private const int FewestUses = 3;
    private readonly (string From, string To)[] _rules;
    private readonly Lazy<FrozenDictionary<string, string>> _initials;

    /// <param name="texts">Normalised texts whose phrases typed initials may stand for.</param>
    public RewriteTable(IEnumerable<Rewrite> rewrites, Func<IEnumerable<string>> texts)
    {
        _rules = [.. rewrites.SelectMany(rewrite => rewrite.From.Select(from => (From: Normaliser.Normalise(from), To: Normaliser.Normalise(rewrite.To))))
            .Where(rule => rule.From.Length > 0 && rule.From != rule.To)
            .OrderByDescending(rule => rule.From.Length).ThenBy(rule => rule.From, StringComparer.Ordinal)];
        _initials = new(() => Phrases(texts()));
    }

    /// <summary>The question with its rewrites; null when there is nothing to rewrite.</summary>
    /// <param name="question">Normalised.</param>
    public string? Apply(string question)
    {
        var text = WithoutInitials(question);
        foreach (var (from, to) in _rules)
            if (text.Contains(from, StringComparison.Ordinal) && !(to.Contains(from, StringComparison.Ordinal) && text.Contains(to, StringComparison.Ordinal)))
                text = text.Replace(from, to, StringComparison.Ordinal);
        return text == question ? null : text;
    }

    private string WithoutInitials(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('a', 'z'))
            return text;

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsAsciiLetterLower(text[i]))
            {
                result.Append(text[i++]);
                continue;
            }

            var end = i;
            while (end < text.Length && char.IsAsciiLetterLower(text[end]))
                end++;
            var word = text[i..end];
            result.Append(_initials.Value.GetValueOrDefault(word, word));
            i = end;
        }

        return result.ToString();
    }

    /// <summary>The commonest phrase of three to six characters for every group of initials; of two only where nearly every text has it.</summary>
    private static FrozenDictionary<string, string> Phrases(IEnumerable<string> texts)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            foreach (var run in text.Split(' '))
                for (var start = 0; start < run.Length; start++)
                    for (var length = 2; length <= 6 && start + length <= run.Length && CharacterTable.IsHan(run[start + length - 1]); length++)
                        if (CharacterTable.IsHan(run[start]))
                        {
                            var phrase = run.Substring(start, length);
                            uses[phrase] = uses.GetValueOrDefault(phrase) + 1;
                        }

        return uses.Where(use => use.Value >= (use.Key.Length == 2 ? FewestUses * 20 : FewestUses))
            .GroupBy(use => Pinyin.Initials(use.Key), StringComparer.Ordinal)
            .Where(group => group.Key.Length >= 2 && !CharacterTable.Syllables.Contains(group.Key))
            .ToFrozenDictionary(group => group.Key, group => group.MaxBy(use => (use.Value, use.Key)).Key, StringComparer.Ordinal);
    }
}
