using System.Text;

namespace Outreach.Knowledge.Search;

/// <summary>Brings what people type and what is stored to one form before either is cut into terms.</summary>
public static class Normaliser
{
    // Particles of dialect and speech that carry no subject, only their ordinary equivalent. Legal terms are the business of rewrites.yaml.
    private static readonly (string From, string To)[] Speech =
    [
        ("咋着", "怎么"), ("咋样", "怎么样"), ("咋整", "怎么办"), ("咋弄", "怎么办"), ("咋办", "怎么办"), ("咋", "怎么"), ("啥", "什么"), ("嘞", "的"), ("俺们", "我们"), ("俺", "我"),
        ("恁", "你"), ("中不中", "行不行"), ("中不", "行吗"), ("可中", "可以"), ("木有", "没有"), ("冇", "没有"), ("甭", "不用"), ("弄啥", "干什么"), ("为嘛", "为什么"),
        ("甚么", "什么"), ("怎样", "怎么"), ("如何", "怎么"), ("能不能够", "能不能"), ("多钱", "多少钱"), ("几多", "多少"), ("业主委员会", "业委会"), ("物业管理委员会", "物管会"),
    ];

    private static readonly string[] Openings =
    [
        "你好", "您好", "在吗", "在不在", "在不", "请问一下", "请问", "想问一下", "想问下", "想问问", "问一下", "问下", "麻烦问一下", "麻烦问下", "麻烦问", "咨询一下", "咨询下", "想咨询", "打扰了", "打扰一下",
        "老师好", "各位", "那个啥", "那啥", "嗯", "呃", "就是说", "我想问", "我想知道", "我想了解一下", "我想了解", "想了解一下", "帮我看看", "帮忙看看", "求教", "请教一下", "请教", "有人知道吗", "大家好", "谢谢", "多谢", "谢了", "拜托",
    ];

    /// <summary>
    /// Compatibility forms folded (NFKC), traditional to simplified, lower case, fractions in words, dialect particles in ordinary words,
    /// greetings gone; letters, digits and single spaces are left. "" when nothing remains.
    /// </summary>
    public static string Normalise(string text)
    {
        var folded = Fold(text);
        foreach (var opening in Openings)
            if (folded.Length > opening.Length + 2 && folded.Contains(opening, StringComparison.Ordinal))
            {
                var without = folded.Replace(opening, " ", StringComparison.Ordinal);
                if (without.Count(char.IsLetterOrDigit) >= 3)
                    folded = without;
            }

        foreach (var (from, to) in Speech)
            folded = folded.Replace(from, to, StringComparison.Ordinal);
        return folded.Contains("  ", StringComparison.Ordinal) || folded.StartsWith(' ') || folded.EndsWith(' ')
            ? string.Join(' ', folded.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : folded;
    }

    /// <summary>Every traditional character in its simplified form; the rest as it is.</summary>
    public static string ToSimplified(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = CharacterTable.Simplified(source[i]);
    });

    private static string Fold(string text)
    {
        var compatible = IsPlain(text) ? text : Compatible(text);
        var kept = new StringBuilder(compatible.Length);
        for (var i = 0; i < compatible.Length; i++)
        {
            var c = compatible[i];
            if (c is '/' or '⁄' && IsDigit(i - 1) && IsDigit(i + 1) && !IsDigit(i - 2) && !IsDigit(i + 2))
            {
                // 2/3 is 3分之2.
                kept[^1] = compatible[i + 1];
                kept.Append("分之").Append(compatible[++i - 2]);
            }
            else if (char.IsLetterOrDigit(c))
            {
                var letter = CharacterTable.Simplified(char.ToLowerInvariant(c));
                // 啊啊啊啊啊啊: two say it.
                if (kept.Length < 2 || kept[^1] != letter || kept[^2] != letter || char.IsDigit(letter))
                    kept.Append(letter);
            }
            else if (c == '.' && IsDigit(i - 1) && IsDigit(i + 1))
            {
                kept.Append('.');       // only inside a number: 85.6
            }
            else if (kept.Length > 0 && kept[^1] != ' ')
            {
                kept.Append(' ');
            }
        }

        return kept.ToString().TrimEnd();

        bool IsDigit(int at) => at >= 0 && at < compatible.Length && char.IsAsciiDigit(compatible[at]);
    }

    /// <summary>Whether NFKC can change nothing that is kept: asking it costs more than all the rest.</summary>
    private static bool IsPlain(string text)
    {
        foreach (var c in text)
            if (!(c < 0x80 || c is >= '\u4E00' and <= '\u9FFF' or '，' or '。' or '？' or '！' or '、' or '“' or '”' or '：' or '；' or '（' or '）'))
                return false;
        return true;
    }

    private static string Compatible(string text)
    {
        // A lone surrogate makes Normalize throw; owners' keyboards do send them.
        var whole = text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? new string([.. text.Select(c => char.IsSurrogate(c) ? ' ' : c)]) : text;
        return whole.Normalize(NormalizationForm.FormKC);
    }
}
