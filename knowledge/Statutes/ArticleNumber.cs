using System.Globalization;
using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Statutes;

/// <summary>The number of an article within its statute: 第二百七十八条, 第一百二十条之一.</summary>
/// <param name="Main">From 1 to 9999.</param>
/// <param name="Sub">1 for 之一; 0 where there is none.</param>
public readonly record struct ArticleNumber(int Main, int Sub = 0) : IComparable<ArticleNumber>
{
    /// <summary>As statutes write it: 第二百七十八条.</summary>
    public string Place => $"第{ChineseNumeral.Write(Main)}条{SubText}";

    /// <summary>In Arabic digits, as citations write it: 278, 120之一.</summary>
    public string Digits => Main.ToString(CultureInfo.InvariantCulture) + SubText;

    private string SubText => Sub == 0 ? "" : "之" + ChineseNumeral.Write(Sub);

    /// <summary>Whether an article of this number may stand right behind <paramref name="before"/> without a gap.</summary>
    public bool Follows(ArticleNumber before) => Sub == 0 ? Main == before.Main + 1 : Main == before.Main && Sub == before.Sub + 1;

    /// <summary>From the two numerals, Chinese or Arabic; null when they are none, or out of range.</summary>
    /// <param name="sub">"" where there is none.</param>
    public static ArticleNumber? Read(string main, string sub)
    {
        if (ChineseNumeral.Read(main) is not (>= 1 and <= 9999 and var number))
            return null;
        if (sub.Length == 0)
            return new(number);
        return ChineseNumeral.Read(sub) is >= 1 and <= 99 and var below ? new(number, below) : null;
    }

    public int CompareTo(ArticleNumber other) => (Main, Sub).CompareTo((other.Main, other.Sub));

    public static bool operator <(ArticleNumber left, ArticleNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(ArticleNumber left, ArticleNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(ArticleNumber left, ArticleNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ArticleNumber left, ArticleNumber right) => left.CompareTo(right) >= 0;
}
