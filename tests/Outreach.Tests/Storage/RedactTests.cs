using CsCheck;
using Outreach.Storage;

namespace Outreach.Tests.Storage;

public sealed class RedactTests
{
    [Theory]
    [InlineData("我电话13900000000", "我电话[号码]")]
    [InlineData("打 139 0000 0000 找我", "打 [号码] 找我")]
    [InlineData("+86 139-0000-0000", "[号码]")]
    [InlineData("幺三九零零零零零零零零", "[号码]")]
    [InlineData("座机0398-2831234", "座机[号码]")]
    [InlineData("身份证41120219900101123X", "身份证[号码]")]
    [InlineData("卡号6222 0000 1111 2222 333", "卡号[号码]")]
    [InlineData("车牌豫M12345堵路", "车牌[车牌]堵路")]
    [InlineData("我住3号楼2单元501漏水了", "我住[房号]漏水了")]
    [InlineData("三栋五楼东户没人", "[房号]没人")]
    [InlineData("3-2-501的邻居", "[房号]的邻居")]
    [InlineData("我叫王小明，想问", "我叫[称呼]，想问")]
    [InlineData("我是老王，想问", "我是[称呼]，想问")]
    [InlineData("免贵姓李", "免贵姓[称呼]")]
    [InlineData("微信号abc12345", "微信号abc12345")]
    [InlineData("微信号：abc12345", "微信号：[账号]")]
    [InlineData("邮箱 a.b@example.org", "邮箱 [账号]")]
    public void Takes_out_what_points_to_a_person(string text, string redacted) => Assert.Equal(redacted, Redact.Text(text));

    [Theory]
    [InlineData("我是租户能投票吗")]
    [InlineData("打12345还是119")]
    [InlineData("3号楼电梯坏了")]
    [InlineData("2026-11-24开会")]
    [InlineData("全体900人、90000平方米")]
    [InlineData("维修资金12000000元怎么用")]
    [InlineData("民法典278条")]
    [InlineData("我姓啥你管不着")]
    public void Leaves_what_points_to_nobody(string text) => Assert.Equal(text, Redact.Text(text));

    private static readonly string[] Gaps = ["", " ", "-"];
    private static readonly string[] Countries = ["", "+86", "86 "];

    [Fact]
    public void No_mobile_number_survives_however_it_is_spaced() =>
        Gen.Select(Gen.Int[3, 9], Gen.Char['0', '9'].Array[9], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Char["我的电话 是，"].Array[0, 6])
            .Sample((second, rest, gaps, countries, letters) =>
            {
                var (gap, country, around) = (Gaps[gaps], Countries[countries], new string(letters));
                var digits = $"1{second}{new string(rest)}";
                var typed = $"{around}{country}{digits[..3]}{gap}{digits[3..7]}{gap}{digits[7..]}{around}";
                return !Redact.Text(typed).Any(char.IsAsciiDigit);
            });

    [Fact]
    public void Twice_is_the_same_as_once() =>
        Gen.Char["0123456789我叫是姓王李号楼单元室-， 京A幺三九栋东户[]老小的"].Array[0, 24].Select(letters => new string(letters))
            .Sample(text => Redact.Text(Redact.Text(text)) == Redact.Text(text));

    [Fact]
    public void Also_takes_out_what_was_understood() =>
        Assert.Equal("俺是锦绣花园[房号]嘞[称呼]", Redact.Text("俺是锦绣花园甲区东头嘞阿福", [("甲区东头", Redact.Room), ("阿福", Redact.Name)]));
}
