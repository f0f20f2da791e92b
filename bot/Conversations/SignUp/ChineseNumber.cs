using System.Globalization;

namespace Outreach.Conversations;

/// <summary>Small numbers as people write them in addresses: 三, 十二, 二十一, 五〇一, 幺零二, 12. Pure.</summary>
internal static class ChineseNumber
{
    private const string Digits = "零一二三四五六七八九";

    /// <summary>In Arabic digits; what is none (a letter) comes back as it is.</summary>
    public static string ToArabic(string text)
    {
        if (text.Length == 0 || text.All(char.IsAsciiLetterOrDigit))
            return text;
        if (!text.Any(c => c is '十' or '百'))
            return string.Concat(text.Select(c => Digit(c) is >= 0 and var digit ? (char)('0' + digit) : c));
        int total = 0, last = 0;
        foreach (var c in text)
            switch (c)
            {
                case '百':
                    total += Math.Max(1, last) * 100;
                    last = 0;
                    break;
                case '十':
                    total += Math.Max(1, last) * 10;
                    last = 0;
                    break;
                default:
                    last = Math.Max(0, Digit(c));
                    break;
            }
        return (total + last).ToString(CultureInfo.InvariantCulture);
    }

    private static int Digit(char c) => c switch
    {
        '〇' or '○' => 0,
        '幺' => 1,
        '两' => 2,
        >= '0' and <= '9' => c - '0',
        _ => Digits.IndexOf(c, StringComparison.Ordinal),
    };
}
