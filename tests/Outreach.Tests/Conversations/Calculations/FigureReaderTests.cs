using CsCheck;
using Outreach.Conversations;
using Outreach.Knowledge.Calculators;

namespace Outreach.Tests.Conversations.Calculations;

public sealed class FigureReaderTests
{
    [Theory]
    [InlineData("我们小区500户来了340户同意260户能通过吗", "All 500 Present 340 For 260")]
    [InlineData("一共500户，340户来了，260户同意", "All 500 Present 340 For 260")]
    [InlineData("500户340户参加260户同意", "? 500 Present 340 For 260")]
    [InlineData("总共八百户 投了五百五十票 三百五十户同意", "All 800 Present 550 For 350")]
    [InlineData("一共12万平方，参加的有9万，同意6万多，户数不清楚", "All 120000㎡ Present 90000㎡ For 60000㎡~")]
    [InlineData("全体900人、90000平方米，参加600人、60000平方米，同意301人、30000.01平方米", "All 900 All 90000㎡ Present 600 Present 60000㎡ For 301 For 30000.01㎡")]
    [InlineData("900户/90,000㎡，来了600户/60 000平米，赞成３０１户", "? 900 ? 90000㎡ Present 600 Present 60000㎡ For 301")]
    [InlineData("同意260户反对50户弃权30户", "For 260 Against 50 Abstaining 30")]
    [InlineData("260票同意80票反对", "For 260 Against 80")]
    [InlineData("同意：290，反对：100，弃权：210", "For 290 Against 100 Abstaining 210")]
    [InlineData("收回六百张票，其中无效5张，不同意的100", "Present 600 Invalid 5 Against 100")]
    [InlineData("回票550人5.8万平，还有送达没交回的120人1.2万平", "Present 550 Present 58000㎡ NotReturned 120 NotReturned 12000㎡")]
    [InlineData("参加的有340户，占全体三分之二", "Present 340")]
    [InlineData("来了三分之二，同意的占百分之六十", "Present 2/3 For 60/100")]
    [InlineData("一半人参加，七成同意", "Present 1/2 For 70/100")]
    [InlineData("有300到350户同意", "For range")]
    [InlineData("三四百户参加", "Present range")]
    [InlineData("来了几百户", "Present range")]
    [InlineData("同意的差不多260户", "For 260~")]
    [InlineData("同意-5户", "For negative")]
    [InlineData("来了340.5户", "Present notwhole")]
    [InlineData("同意面积85.601平方米", "For toofine")]
    [InlineData("再多20户同意呢", "For +20")]
    [InlineData("参加的面积9万，同意的面积6万5", "Present 90000㎡ For 65000㎡")]
    [InlineData("没来的160户", "Absent 160")]
    [InlineData("参加的面积四万一", "Present 41000㎡")]
    [InlineData("1000户 十万平方 六百七十户参加 六万七千平 三百三十六户赞成 三万四千平", "? 1000 ? 100000㎡ Present 670 Present 67000㎡ For 336 For 34000㎡")]
    [InlineData("26000平260户同意", "For 26000㎡ For 260")]
    [InlineData("俩单元24户同意十二户", "? 24 For 12")]
    [InlineData("签了80户的名，一共440户", "Signed 80 All 440")]
    public void Reads_what_each_number_counts(string said, string figures) => Assert.Equal(figures, Describe(FigureReader.Read(said)));

    [Theory]
    [InlineData("换物业要多少人同意")]
    [InlineData("民法典第278条怎么说")]
    [InlineData("我家在3号楼2单元501")]
    [InlineData("电话13900000000")]
    [InlineData("2026年3月10日选出来的")]
    [InlineData("物业费一平米2.5元贵不贵")]
    [InlineData("一户一票对吗")]
    [InlineData("开会才来几个人算数吗")]
    [InlineData("够不够三分之二")]
    [InlineData("万一通过了怎么办")]
    [InlineData("统一换锁一共要多少钱")]
    public void What_counts_no_owners_is_no_figure(string said) => Assert.DoesNotContain(FigureReader.Read(said).All, figure => figure.Role is not null || figure.Measure == Measure.Owners);

    [Fact]
    public void A_sentence_of_three_numbers_is_read_in_either_order_of_words_and_digits() =>
        Gen.Select(Gen.Int[11, 9999], Gen.Int[11, 9999], Gen.Int[11, 9999], Gen.Int[0, 3]).Sample((all, present, agreed, form) =>
        {
            var said = form switch
            {
                0 => $"我们小区{all}户来了{present}户同意{agreed}户",
                1 => $"一共{all}户，{present}户参加，{agreed}户赞成",
                2 => $"总共{Han(all)}户，参加的有{Han(present)}户，同意的{Han(agreed)}户",
                _ => $"全体：{all}人；参加：{present}人；同意：{agreed}人",
            };
            Assert.Equal($"All {all} Present {present} For {agreed}", Describe(FigureReader.Read(said)).Replace('?', 'A').Replace("A ", "All ", StringComparison.Ordinal));
        });

    [Fact]
    public void Never_throws() =>
        Gen.Char["同意反对参加来了户人平方米0123456789.,，、半万百三 /-%~到负 "].Array[0, 30].Sample(letters => FigureReader.Read(new string(letters)).All.All(figure => figure.Value >= 0));

    private static string Han(int number) => Outreach.Knowledge.Articles.ChineseNumeral.Write(number);

    private static string Describe(SpokenFigures spoken) => string.Join(' ', spoken.All.Select(figure => $"{(figure.Role is { } role ? role.ToString() : "?")} {Value(figure)}"));

    private static string Value(Figure figure) => figure switch
    {
        { Portion: { } portion } => Shorten(portion),
        { Flaw: FigureFlaw.Range or FigureFlaw.Negative or FigureFlaw.NotWhole or FigureFlaw.TooFine or FigureFlaw.TooLarge } => figure.Flaw.ToString().ToLowerInvariant(),
        _ => (figure.IsMore ? "+" : "") + (figure.Measure == Measure.Area ? new Area(figure.Value).ToString().Replace("平方米", "㎡", StringComparison.Ordinal) : figure.Value.ToString(System.Globalization.CultureInfo.InvariantCulture))
            + (figure.Flaw == FigureFlaw.Approximate ? "~" : ""),
    };

    private static string Shorten(Portion portion) => portion.Numerator % 100 == 0 && portion.Denominator % 100 == 0 ? $"{portion.Numerator / 100}/{portion.Denominator / 100}" : $"{portion.Numerator}/{portion.Denominator}";
}
