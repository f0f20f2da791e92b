using System.Globalization;

namespace Outreach.Conversations;

/// <summary>
/// Numbers as people write and say them: 340, 1204.5, 6.5万, 6万5, 三百二十, 三百二, 两千八百六十, 十二万, 一万零五, 六点五万. Pure.
/// </summary>
internal static class SpokenNumber
{
    private const string Digits = "零一二三四五六七八九";

    /// <summary>The value; null when the text is no such number (万一, 千万).</summary>
    /// <param name="text">Half-width and simplified, without unit and without separators.</param>
    public static decimal? Parse(string text)
    {
        if (text.Length is 0 or > 24)
            return null;
        var (total, section, unit, afterZero, any) = (0m, 0m, 0m, false, false);
        decimal? current = null;
        for (var i = 0; i < text.Length;)
        {
            if (Number(text, ref i) is { } number)
            {
                if (current is not null)
                    return null;
                afterZero = number.IsZeroLed;
                current = number.Value;
                any = true;
                continue;
            }
            var size = text[i++] switch { '十' => 10m, '百' => 100m, '千' => 1000m, '万' => 10_000m, '亿' => 100_000_000m, _ => 0m };
            if (size == 0 || (current is null && section == 0 && (size >= 10_000 || !IsTen(size))))
                return null;
            if (size >= 10_000)
            {
                if (unit >= size)
                    return null;
                (total, section) = ((total + section + (current ?? 0)) * size, 0);
            }
            else if (unit is > 0 and < 10_000 && size >= unit)
                return null;
            else
                section += (current is null || (current == 0 && size == 10) ? 1 : current.Value) * size;      // 一万零十五 is 10015
            (unit, current, any, afterZero) = (size, null, true, false);
        }
        if (!any)
            return null;
        // 三百二 is 320, 6万5 is 65000; 三百零二 is 302.
        if (current is > 0 and < 10 and var last && unit >= 100 && !afterZero && decimal.Truncate(last) == last)
            return total + section + (last * unit / 10);
        return total + section + (current ?? 0);

        bool IsTen(decimal size) => size == 10 && !any;
    }

    /// <summary>A run of digits of either script from <paramref name="at"/> on, with its decimals; null: there is none.</summary>
    private static (decimal Value, bool IsZeroLed)? Number(string text, ref int at)
    {
        var start = at;
        var plain = "";
        while (at < text.Length)
        {
            if (Digit(text[at]) is >= 0 and var digit)
                plain += (char)('0' + digit);
            else if (text[at] is '.' or '点' && plain.Length > 0 && !plain.Contains('.', StringComparison.Ordinal) && at + 1 < text.Length && Digit(text[at + 1]) >= 0)
                plain += '.';
            else
                break;
            at++;
        }
        return at == start || !decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? null : (value, plain.Length > 1 && plain[0] == '0');
    }

    private static int Digit(char c) => c switch
    {
        '〇' or '○' => 0,
        '两' or '俩' => 2,
        '仨' => 3,
        >= '0' and <= '9' => c - '0',
        _ => Digits.IndexOf(c, StringComparison.Ordinal),
    };
}
