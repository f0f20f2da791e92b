using System.Globalization;
using CsCheck;
using Outreach.Conversations;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Conversations.Calculations;

public sealed class SpokenNumberTests
{
    [Theory]
    [InlineData("340", 340)]
    [InlineData("1204.5", 1204.5)]
    [InlineData("三百二十", 320)]
    [InlineData("三百二", 320)]
    [InlineData("三百零二", 302)]
    [InlineData("两千八百六十", 2860)]
    [InlineData("两千八", 2800)]
    [InlineData("十二", 12)]
    [InlineData("二十", 20)]
    [InlineData("一百一十", 110)]
    [InlineData("一百十五", 115)]
    [InlineData("十二万", 120_000)]
    [InlineData("12万", 120_000)]
    [InlineData("6.5万", 65_000)]
    [InlineData("六点五万", 65_000)]
    [InlineData("6万5", 65_000)]
    [InlineData("6万5千", 65_000)]
    [InlineData("6万5000", 65_000)]
    [InlineData("一万二", 12_000)]
    [InlineData("一万零五", 10_005)]
    [InlineData("一万零十五", 10_015)]
    [InlineData("五千零八十一万零十五", 50_810_015)]
    [InlineData("十二万三千四百五十六", 123_456)]
    [InlineData("二〇二六", 2026)]
    [InlineData("零", 0)]
    public void Reads_numbers_as_people_say_them(string said, double value) => Assert.Equal((decimal)value, SpokenNumber.Parse(said));

    [Theory]
    [InlineData("")]
    [InlineData("万")]
    [InlineData("千万")]
    [InlineData("百")]
    [InlineData("三百五千")]
    [InlineData("户")]
    [InlineData("1234567890123456789012345")]
    public void What_is_no_number_is_none(string said) => Assert.Null(SpokenNumber.Parse(said));

    [Fact]
    public void Reads_back_every_number_written_in_characters() =>
        Gen.Int[1, 99_999_999].Sample(number => Assert.Equal(number, SpokenNumber.Parse(InCharacters(number))));

    [Fact]
    public void Reads_back_every_number_written_in_digits_with_up_to_two_decimals() =>
        Gen.Long[0, 100_000_000_00].Sample(hundredths => Assert.Equal(hundredths / 100m, SpokenNumber.Parse((hundredths / 100m).ToString("0.##", CultureInfo.InvariantCulture))));

    [Fact]
    public void Never_throws() => Gen.Char["零一二两三四五六七八九十百千万亿点.0123456789"].Array[0, 12].Sample(letters => SpokenNumber.Parse(new string(letters)) is null or >= 0);

    private static string InCharacters(int number)
    {
        var (high, low) = (number / 10_000, number % 10_000);
        return (high > 0 ? ChineseNumeral.Write(high) + "万" : "") + (low == 0 ? "" : (high > 0 && low < 1000 ? "零" : "") + ChineseNumeral.Write(low));
    }
}
