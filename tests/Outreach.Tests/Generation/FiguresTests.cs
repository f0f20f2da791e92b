using CsCheck;
using Outreach.Generation;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Generation;

public sealed class FiguresTests
{
    [Theory]
    [InlineData("全体业主三分之二（2/3）以上参加", "2/3 Share AtLeast; 2/3 Share AtLeast")]
    [InlineData("面积、人数都超过一半同意", "1/2 Share More")]
    [InlineData("过半数同意，双过半", "1/2 Share More; 1/2 Share More")]
    [InlineData("百分之二十的业主，20％，两成", "1/5 Share None; 1/5 Share None; 1/5 Share None")]
    [InlineData("5至11人，五至十一人", "5 Person None; 11 Person None; 5 Person None; 11 Person None")]
    [InlineData("60日内，六十天以内，不超过５年", "60 Day AtMost; 60 Day AtMost; 5 Year AtMost")]
    [InlineData("会议召开15日前", "15 Day Ahead")]
    [InlineData("提前60日书面通知，自交付满两年", "60 Day None; 2 Year AtLeast")]
    [InlineData("第二百七十八条第二款", "278 Article None; 2 Paragraph None")]
    [InlineData("1000元以上1万元以下，5万元", "1000 Money AtLeast; 10000 Money AtMost; 50000 Money None")]
    [InlineData("罚合同价款30%–50%", "3/10 Share None; 1/2 Share None")]
    [InlineData("差0.01平方米，少1户", "1/100 Area None; 1 Household None")]
    [InlineData("二〇二六年十一月二十四日", "2026 Year None; 11 Month None; 24 Day None")]
    [InlineData("满十四周岁，一周内，三个工作日", "14 Age AtLeast; 7 Day AtMost; 3 WorkingDay None")]
    [InlineData("打12345，报110", "12345 Plain None; 110 Plain None")]
    [InlineData("半年，半个月", "1/2 Year None; 1/2 Month None")]
    [InlineData("一定要统一，万一十分着急，一份材料一项一项来，二维码，成立大会", "")]
    [InlineData("至少十人，不足五人，少于3人", "10 Person AtLeast; 5 Person Less; 3 Person Less")]
    public void Reads_numbers_with_unit_and_bound(string text, string expected) =>
        Assert.Equal(expected, string.Join("; ", Figures.Read(Figures.Normalise(text)).Select(f => $"{Text(f.Value)} {f.Kind} {f.Bound}")));

    [Fact]
    public void Chinese_and_Arabic_numerals_of_one_number_are_one() => Gen.Int[1, 9999].Sample(number =>
    {
        var arabic = Figures.Read($"提前{number}日");
        var chinese = Figures.Read($"提前{ChineseNumeral.Write(number)}日");

        return arabic.Count == 1 && chinese.Count == 1 && arabic[0].Value == new Ratio(number, 1) && (arabic[0].Value, arabic[0].Kind) == (chinese[0].Value, chinese[0].Kind);
    });

    [Fact]
    public void Shares_written_in_three_ways_are_one() => Gen.Select(Gen.Int[1, 99], Gen.Int[2, 100]).Sample((part, of) =>
    {
        var value = new Ratio(part, of);

        return Figures.Read($"{ChineseNumeral.Write(of)}分之{ChineseNumeral.Write(part)}同意")[0].Value == value && Figures.Read($"{part}/{of}同意")[0].Value == value
            && (of != 100 || Figures.Read($"{part}%同意")[0].Value == value);
    });

    [Fact]
    public void Any_text_is_read_without_failing() => Gen.String[Gen.OneOf(Gen.Char, Gen.Char["零一二三十百千万亿两半成过0123456789.,%/分之第条款日年以上内"]), 0, 60].Sample(text =>
        Figures.Read(Figures.Normalise(Valid(text))).All(figure => figure.Length > 0));

    // Lone surrogates are taken out before any text gets here; they cannot be normalised.
    private static string Valid(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));

    private static string Text(Ratio value) => value.Denominator.IsOne ? value.Numerator.ToString(null, null) : $"{value.Numerator}/{value.Denominator}";
}
