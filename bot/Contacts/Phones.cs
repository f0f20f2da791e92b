using System.Text;
using PhoneNumbers;

namespace Outreach.Contacts;

/// <summary>What a typed number is.</summary>
public enum PhoneProblem { None, TooShort, TooLong, NoAreaCode, NotAPhone }

/// <param name="E164">Such as +8613900000000; null when it is none.</param>
/// <param name="Digits">How many digits were typed, without country code.</param>
public sealed record ParsedPhone(string? E164, PhoneProblem Problem, int Digits);

/// <summary>Mainland numbers as people write them: spaces, +86, full-width and Chinese digits (幺三九).</summary>
public static class Phones
{
    private const string ChineseDigits = "〇一二三四五六七八九";

    public static ParsedPhone Parse(string typed)
    {
        var digits = Digits(typed);
        var mobile = digits.Length > 0 && digits[0] == '1';
        var utility = PhoneNumberUtil.GetInstance();
        if (digits.Length is >= 7 and <= 12 && TryParse(utility, digits) is { } number && utility.IsValidNumberForRegion(number, "CN")
            && utility.GetNumberType(number) is PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE or PhoneNumberType.FIXED_LINE_OR_MOBILE
            && (mobile || digits[0] == '0'))
            return new(utility.Format(number, PhoneNumberFormat.E164), PhoneProblem.None, digits.Length);
        return new(null, (mobile, digits.Length) switch
        {
            (true, < 11) => PhoneProblem.TooShort,
            (true, > 11) => PhoneProblem.TooLong,
            (false, 7 or 8) when digits[0] != '0' => PhoneProblem.NoAreaCode,
            _ => PhoneProblem.NotAPhone,
        }, digits.Length);
    }

    private static PhoneNumber? TryParse(PhoneNumberUtil utility, string digits)
    {
        try
        {
            return utility.Parse(digits, "CN");
        }
        catch (NumberParseException)
        {
            return null;     // the answer "not a number" comes as an exception from this library
        }
    }

    /// <summary>ASCII digits only, without +86 or 0086.</summary>
    private static string Digits(string typed)
    {
        var digits = new StringBuilder(typed.Length);
        foreach (var c in typed)
        {
            if (char.IsAsciiDigit(c))
                digits.Append(c);
            else if (c is >= '０' and <= '９')
                digits.Append((char)(c - '０' + '0'));
            else if (c is '幺' or '零' || ChineseDigits.Contains(c, StringComparison.Ordinal))
                digits.Append(c switch { '幺' => '1', '零' => '0', _ => (char)('0' + ChineseDigits.IndexOf(c, StringComparison.Ordinal)) });
        }
        var text = digits.ToString();
        return text switch
        {
            ['0', '0', '8', '6', ..] => text[4..],
            ['8', '6', '1', ..] when text.Length == 13 => text[2..],
            ['8', '6', ..] when text.Length is 12 or 13 && typed.Contains('+', StringComparison.Ordinal) => "0" + text[2..],
            _ => text,
        };
    }
}
