using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Outreach.Generation;

/// <summary>What a number counts. <see cref="Plain"/>: it does not say.</summary>
internal enum FigureKind
{
    Plain, Share, Day, WorkingDay, Month, Year, Hour, Minute, Money, Area, Person, Household, Ballot, Fold, Session, Age, Article, Paragraph, Item, Ordinal, Thing,
}

/// <summary>On which side of the number the rule holds.</summary>
internal enum Bound
{
    None,
    /// <summary>超过, 过: the number itself does not suffice.</summary>
    More,
    /// <summary>以上, 至少, 满.</summary>
    AtLeast,
    /// <summary>不足, 少于.</summary>
    Less,
    /// <summary>以内, 不超过.</summary>
    AtMost,
    /// <summary>15日前.</summary>
    Ahead,
}

/// <summary>An exact number: 三分之二, 2/3, 66.7.</summary>
internal readonly record struct Ratio
{
    public Ratio(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        (Numerator, Denominator) = common.IsZero ? (numerator, BigInteger.One) : (numerator / common, denominator / common);
    }

    public BigInteger Numerator { get; }
    public BigInteger Denominator { get; }

    public static Ratio operator *(Ratio left, Ratio right) => new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);
}

/// <param name="Start">Where it stands in the normalised text, unit included.</param>
internal readonly record struct Figure(Ratio Value, FigureKind Kind, Bound Bound, int Start, int Length);

/// <summary>
/// Reads the numbers of a Chinese legal text: Arabic and Chinese numerals, 三分之二 and 2/3 and 百分之二十 and 20% and 两成, 过半 and 一半, with unit and bound. Pure.
/// Numerals inside words (一定, 统一, 十分, 万一) are none.
/// </summary>
internal static partial class Figures
{
    private const string Han = "零〇一二两三四五六七八九十百千万亿";

    /// <summary>The text as it is read: full-width forms folded, without white space.</summary>
    public static string Normalise(string text)
    {
        var folded = text.Normalize(NormalizationForm.FormKC);
        return folded.Any(char.IsWhiteSpace) ? string.Concat(folded.Where(c => !char.IsWhiteSpace(c) || c == '\n')) : folded;
    }

    /// <param name="text">Normalised.</param>
    public static IReadOnlyList<Figure> Read(string text)
    {
        var figures = new List<Figure>();
        foreach (Match match in Pattern().Matches(text))
            if (One(text, match) is { } figure)
                figures.Add(figure);

        // 5至11人, 30%–50%: the first of a range has the unit of the second.
        for (var i = figures.Count - 2; i >= 0; i--)
        {
            var (first, second) = (figures[i], figures[i + 1]);
            if (first.Kind == FigureKind.Plain && RangeSign().IsMatch(text[(first.Start + first.Length)..second.Start]))
                figures[i] = first with { Kind = second.Kind };
        }
        return figures;
    }

    private static Figure? One(string text, Match match)
    {
        Ratio? value;
        var kind = FigureKind.Share;
        var bound = Bound.None;
        if (match.Groups["half"].Success)
        {
            value = new Ratio(1, 2);
            if (match.Value.Contains('过', StringComparison.Ordinal))
                bound = Bound.More;
        }
        else if (match.Groups["halfof"].Success)
        {
            (value, kind) = (new Ratio(1, 2), KindOf(match.Groups["unit"].Value, isOrdinal: false));
        }
        else if (match.Groups["percent"].Success)
        {
            value = Number(match.Groups["percent"].Value) is { } percent ? percent * new Ratio(1, 100) : null;
        }
        else if (match.Groups["tenths"].Success)
        {
            value = Number(match.Groups["tenths"].Value) is { } tenths ? tenths * new Ratio(1, 10) : null;
        }
        else if (match.Groups["of"].Success)
        {
            value = Number(match.Groups["of"].Value) is { } of && !of.Numerator.IsZero && Number(match.Groups["part"].Value) is { } part ? part * new Ratio(of.Denominator, of.Numerator) : null;
        }
        else
        {
            var (digits, unit, isOrdinal) = (match.Groups["number"].Value, match.Groups["unit"].Value, match.Groups["ordinal"].Success);
            if (!IsNumber(digits, unit, isOrdinal) && !(unit.Length == 0 && RangeFollows().IsMatch(text[(match.Index + match.Length)..])))
                return null;
            value = Number(digits);
            kind = KindOf(unit, isOrdinal);
            if (unit is "周" or "星期")
                value = value * new Ratio(7, 1);
        }
        if (value is null)
            return null;
        return new(value.Value, kind, bound == Bound.None ? BoundOf(text, match.Index, match.Index + match.Length) : bound, match.Index, match.Length);
    }

    /// <summary>Whether a run of numerals counts something, and is not part of a word.</summary>
    private static bool IsNumber(string digits, string unit, bool isOrdinal)
    {
        if (char.IsAsciiDigit(digits[0]) || isOrdinal)
            return true;
        if (unit.Length > 0)
            return digits is not "一" || KindOf(unit, isOrdinal: false) is not FigureKind.Thing;     // 一份, 一项: an article, no count
        return digits.Length switch
        {
            1 => false,
            _ when digits[0] is '万' or '亿' or '千' or '百' => false,
            2 => digits.Contains('十', StringComparison.Ordinal) && digits != "十十",
            _ => true,
        };
    }

    private static FigureKind KindOf(string unit, bool isOrdinal) => unit switch
    {
        "" => isOrdinal ? FigureKind.Ordinal : FigureKind.Plain,
        "条" when isOrdinal => FigureKind.Article,
        "款" when isOrdinal => FigureKind.Paragraph,
        "项" when isOrdinal => FigureKind.Item,
        "日" or "天" or "周" or "星期" => FigureKind.Day,
        "个工作日" or "工作日" => FigureKind.WorkingDay,
        "个月" or "月" => FigureKind.Month,
        "年" => FigureKind.Year,
        "个小时" or "小时" => FigureKind.Hour,
        "分钟" => FigureKind.Minute,
        "元" or "块钱" or "块" => FigureKind.Money,
        "平方米" or "平米" or "㎡" or "m2" or "平方" => FigureKind.Area,
        "人" or "名" or "位" or "个人" => FigureKind.Person,
        "户" or "家" or "户业主" => FigureKind.Household,
        "票" or "张票" => FigureKind.Ballot,
        "倍" => FigureKind.Fold,
        "届" => FigureKind.Session,
        "岁" or "周岁" => FigureKind.Age,
        _ => isOrdinal ? FigureKind.Ordinal : FigureKind.Thing,
    };

    private static Bound BoundOf(string text, int start, int end)
    {
        if (Before().Match(text[Math.Max(0, start - 4)..start]) is { Success: true } before)
            return before.Value switch
            {
                "不超过" or "不多于" or "不高于" or "不大于" or "不得超过" or "最多" or "至多" or "最长" or "不晚于" => Bound.AtMost,
                "不少于" or "不低于" or "不足于" or "至少" or "最少" or "起码" or "满" or "够" or "达到" or "达" => Bound.AtLeast,
                "不足" or "不到" or "少于" or "低于" or "未满" or "不满" or "没到" or "不够" or "未达" => Bound.Less,
                _ => Bound.More,
            };
        if (After().Match(text[end..Math.Min(text.Length, end + 14)]) is { Success: true } after)
            return after.Groups["word"].Value switch
            {
                "以下" or "以内" or "之内" or "内" => Bound.AtMost,
                "以前" or "之前" or "前" => Bound.Ahead,
                _ => Bound.AtLeast,
            };
        return Bound.None;
    }

    /// <summary>278, 1,000.5, 5万, 二百七十八, 二〇二六, 十五万. Null when it is no number.</summary>
    private static Ratio? Number(string text)
    {
        if (text.Length is 0 or > 40)
            return null;
        if (!char.IsAsciiDigit(text[0]))
            return HanNumber(text);
        var multiplier = text[^1] switch { '百' => 100, '千' => 1000, '万' => 10_000, '亿' => 100_000_000, _ => 1 };
        var digits = (multiplier == 1 ? text : text[..^1]).Replace(",", "", StringComparison.Ordinal);
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : digits.Length - point - 1;
        return BigInteger.TryParse(digits.Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new Ratio(value * multiplier, BigInteger.Pow(10, decimals))
            : null;
    }

    private static Ratio? HanNumber(string text)
    {
        if (text.IndexOf('点', StringComparison.Ordinal) is > 0 and var point)
            return HanNumber(text[..point]) is { } whole && Digits(text[(point + 1)..]) is { } rest
                ? new Ratio((whole.Numerator * BigInteger.Pow(10, text.Length - point - 1)) + rest, BigInteger.Pow(10, text.Length - point - 1))
                : null;
        if (!text.Any(c => c is '十' or '百' or '千' or '万' or '亿'))
            return Digits(text) is { } plain ? new Ratio(plain, 1) : null;
        BigInteger total = 0, section = 0, digit = 0;
        foreach (var c in text)
        {
            switch (c)
            {
                case '十' or '百' or '千':
                    section += (digit.IsZero ? 1 : digit) * (c == '十' ? 10 : c == '百' ? 100 : 1000);
                    digit = 0;
                    break;
                case '万' or '亿':
                    total = (total + section + digit) * (c == '万' ? 10_000 : 100_000_000);
                    (section, digit) = (0, 0);
                    break;
                default:
                    if (DigitOf(c) is not { } value)
                        return null;
                    digit = value;
                    break;
            }
        }
        return new Ratio(total + section + digit, 1);
    }

    private static BigInteger? Digits(string text)
    {
        BigInteger value = 0;
        foreach (var c in text)
        {
            if (DigitOf(c) is not { } digit)
                return null;
            value = (value * 10) + digit;
        }
        return text.Length == 0 ? null : value;
    }

    private static int? DigitOf(char c) => c switch
    {
        '〇' => 0,
        '两' => 2,
        >= '0' and <= '9' => c - '0',
        _ => "零一二三四五六七八九".IndexOf(c, StringComparison.Ordinal) is >= 0 and var digit ? digit : null,
    };

    [GeneratedRegex(
        @"(?<half>双?过半数?|一半|半数)"
        + @"|半(?<halfof>)(?<unit>年|个月|天|小时)"
        + @"|百分之(?<percent>[" + Han + @"]+(?:点[" + Han + @"]+)?|\d+(?:\.\d+)?)"
        + @"|(?<of>[" + Han + @"]+|\d+)分之(?<part>[" + Han + @"]+(?:点[" + Han + @"]+)?|\d+(?:\.\d+)?)"
        + @"|(?<![\d/.])(?<part>\d{1,6})[/⁄](?<of>\d{1,6})(?![\d/])"
        + @"|(?<percent>\d+(?:\.\d+)?)%"
        + @"|(?<tenths>[一二两三四五六七八九]|\d(?:\.\d)?)成(?!立|为|员|本|功|交|果|人|年|了|不|套|片|倍|都|绩)"
        + @"|(?<ordinal>第)?(?<number>\d+(?:,\d{3})*(?:\.\d+)?[百千万亿]?|[" + Han + @"]+)"
        + @"(?<unit>个工作日|工作日|个月|个小时|小时|分钟|星期|周岁|平方米|平方|平米|块钱|张票|个人|m2|㎡|日|天|周|月|年|元|块|人|名|位|户|家|票|倍|届|岁|条|款|项|次|层|套|份|幢|栋|个)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(?:至|到|-|–|—|~|～)[" + Han + @"\d]", RegexOptions.CultureInvariant)]
    private static partial Regex RangeFollows();

    [GeneratedRegex(@"^(?:至|到|-|–|—|~|～|、|或|或者|和)$", RegexOptions.CultureInvariant)]
    private static partial Regex RangeSign();

    [GeneratedRegex(@"(?:不得超过|不超过|不多于|不高于|不大于|最多|至多|最长|不晚于|不少于|不低于|至少|最少|起码|不足|不到|少于|低于|未满|不满|没到|不够|未达|超过|多于|大于|高于|达到|达|满|够|过)$", RegexOptions.CultureInvariant)]
    private static partial Regex Before();

    [GeneratedRegex(@"^(?:\([^)]{1,8}\)|\))?(?:及|的)?(?<word>以上|以下|以内|之内|以前|之前|及以上|起|内|前)(?!期|款|置|提|面|部|容)", RegexOptions.CultureInvariant)]
    private static partial Regex After();
}
