using CsCheck;
using Outreach.Knowledge.Search;

namespace Outreach.Tests.Knowledge;

public sealed class NormaliserTests
{
    [Theory]
    [InlineData("業主大會投票，要幾個人？", "业主大会投票 要几个人")]
    [InlineData("ＹＷＨ　咋成立", "ywh 怎么成立")]
    [InlineData("2/3的人", "3分之2的人")]
    [InlineData("⅔的人", "3分之2的人")]
    [InlineData("2026/11/24", "2026 11 24")]
    [InlineData("85.6平方米。", "85.6平方米")]
    [InlineData("你好，请问物业费咋交", "物业费怎么交")]
    [InlineData("谢谢", "谢谢")]
    [InlineData("啊啊啊啊啊啊停电了", "啊啊停电了")]
    [InlineData("10000户", "10000户")]
    [InlineData("😀俺嘞😀", "我的")]
    [InlineData("\uD83D坏", "坏")]
    [InlineData("", "")]
    [InlineData("？？！！", "")]
    public void Brings_text_to_one_form(string text, string normalised) => Assert.Equal(normalised, Normaliser.Normalise(text));

    [Theory]
    [InlineData("裏裡為爲衆麼喫羣臺發髮後於", "里里为为众么吃群台发发后于")]
    [InlineData("著名的覆盖", "著名的覆盖")]
    public void Simplifies_every_traditional_character_that_has_a_simple_form(string text, string simplified) =>
        Assert.Equal(simplified, Normaliser.ToSimplified(text));

    [Fact]
    public void Takes_any_text_and_gives_letters_digits_and_single_spaces() =>
        Gen.String.Sample(text =>
        {
            var normalised = Normaliser.Normalise(text);
            return normalised == normalised.Trim() && !normalised.Contains("  ", StringComparison.Ordinal)
                && normalised.All(c => c is ' ' or '.' || char.IsLetterOrDigit(c));
        });

    [Theory]
    [InlineData("业委会", "ye wei hui", "ywh")]
    [InlineData("物业费 abc", "wu ye fei", "wyf")]
    public void Knows_sounds(string text, string syllables, string initials)
    {
        Assert.Equal(syllables, string.Join(' ', Pinyin.Syllables(text)));
        Assert.Equal(initials, Pinyin.Initials(text));
    }

    [Theory]
    [InlineData("yezhudahui", "ye zhu da hui")]
    [InlineData("chengli", "cheng li")]
    [InlineData("zenmehuanwuye", "zen me huan wu ye")]
    public void Cuts_typed_pinyin_into_syllables(string letters, string syllables) =>
        Assert.Equal(syllables, string.Join(' ', Pinyin.Segment(letters)!));

    [Theory]
    [InlineData("yzdh")]
    [InlineData("committee")]
    [InlineData("")]
    public void What_is_no_pinyin_is_not_cut(string letters) => Assert.Null(Pinyin.Segment(letters));
}
