using System.Text;

namespace Outreach.Knowledge.Articles;

/// <summary>Numbers as statutes write them: 278 is 二百七十八.</summary>
public static class ChineseNumeral
{
    private const string Digits = "零一二三四五六七八九";

    /// <param name="number">From 1 to 9999, the range of article numbers.</param>
    public static string Write(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 9999);

        var text = new StringBuilder();
        var gap = false;
        foreach (var (unit, name) in ((int, string)[])[(1000, "千"), (100, "百"), (10, "十"), (1, "")])
        {
            var digit = number / unit % 10;
            if (digit == 0)
            {
                gap = text.Length > 0;
                continue;
            }

            if (gap)
                text.Append('零');
            gap = false;
            if (digit != 1 || unit != 10 || text.Length > 0)
                text.Append(Digits[digit]);
            text.Append(name);
        }

        return text.ToString();
    }

    /// <summary>Reads 二百七十八, 二七八 or 278. Null when it is not such a number.</summary>
    public static int? Read(string text)
    {
        if (text.Length is 0 or > 9)
            return null;
        if (text.All(char.IsAsciiDigit))
            return int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        int total = 0, digit = 0;
        var positional = true;
        foreach (var c in text)
        {
            var unit = c switch { '十' => 10, '百' => 100, '千' => 1000, _ => 0 };
            if (unit > 0)
            {
                if (positional && digit > 9)
                    return null;
                total += Math.Max(digit, c == '十' && total % 100 == 0 && digit == 0 ? 1 : digit) * unit;
                (digit, positional) = (0, false);
                continue;
            }

            var value = c switch { '〇' => 0, '两' => 2, _ => Digits.IndexOf(c, StringComparison.Ordinal) };
            if (value < 0)
                return null;
            digit = positional ? digit * 10 + value : value;
        }

        return total + digit;
    }
}
