using System.Globalization;
using System.Text;

namespace Outreach.Leads;

/// <summary>One form for the many ways to write a room, so that one household counts once.</summary>
public static class RoomNumber
{
    private const string Digits = "零一二三四五六七八九";

    /// <summary>Numbers, letters and 东南西北中 in order, joined by hyphens: 3号楼2单元501, 三栋二单元501室 and 3-2-501 are all <c>3-2-501</c>.</summary>
    public static string Key(string room)
    {
        var parts = new List<string>();
        var text = string.Concat(room.Where(c => !char.IsSurrogate(c))).Normalize(NormalizationForm.FormKC).ToLowerInvariant();   // a lone surrogate makes Normalize throw
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            if (char.IsAsciiDigit(text[i]))
            {
                while (i < text.Length && char.IsAsciiDigit(text[i]))
                    i++;
                parts.Add(text[start..i].TrimStart('0') is { Length: > 0 } number ? number : "0");
            }
            else if (IsChineseDigit(text[i]))
            {
                while (i < text.Length && IsChineseDigit(text[i]))
                    i++;
                parts.Add(Number(text.AsSpan(start, i - start)).ToString(CultureInfo.InvariantCulture));
            }
            else if (char.IsAsciiLetter(text[i]))
            {
                while (i < text.Length && char.IsAsciiLetter(text[i]))
                    i++;
                parts.Add(text[start..i]);
            }
            else
            {
                if ("东南西北中".Contains(text[i], StringComparison.Ordinal))
                    parts.Add(text[i].ToString());
                i++;
            }
        }
        return string.Join('-', parts);
    }

    private static bool IsChineseDigit(char c) => c is '十' or '百' or '〇' or '两' or '幺' || Digits.Contains(c, StringComparison.Ordinal);

    /// <summary>十二 → 12, 五〇一 → 501, 二百零三 → 203.</summary>
    private static long Number(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('十', '百'))
        {
            var plain = 0L;
            foreach (var c in text[..Math.Min(text.Length, 12)])
                plain = plain * 10 + Value(c);
            return plain;
        }
        long total = 0, last = 0;
        foreach (var c in text)
        {
            switch (c)
            {
                case '百': total += (last == 0 ? 1 : last) * 100; last = 0; break;
                case '十': total += (last == 0 ? 1 : last) * 10; last = 0; break;
                default: last = Value(c); break;
            }
        }
        return total + last;
    }

    private static int Value(char c) => c switch { '〇' => 0, '两' => 2, '幺' => 1, _ => Digits.IndexOf(c, StringComparison.Ordinal) };
}
