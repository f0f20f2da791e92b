using CsCheck;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Knowledge;

public sealed class CitationTests
{
    [Theory]
    [InlineData("民法典/278", "民法典278", "《民法典》第二百七十八条")]
    [InlineData("民法典/278②", "民法典278", "《民法典》第二百七十八条第二款")]
    [InlineData("民法典/1010", "民法典1010", "《民法典》第一千零一十条")]
    [InlineData("物业管理条例/16①", "物业管理条例16", "《物业管理条例》第十六条第一款")]
    [InlineData("指导规则（2009）/10", "指导规则（2009）10", "《业主大会和业主委员会指导规则》第十条")]
    [InlineData("试行办法", "试行办法", "《试行办法》")]
    public void Has_three_spellings(string file, string canonical, string people)
    {
        Assert.True(Citation.TryParse(file, out var citation));

        Assert.Equal(canonical, citation.Canonical);
        Assert.Equal(people, TestKnowledge.Small.Sources.Display(citation));
        Assert.Equal(file, citation.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("民法典278")]
    [InlineData("民法典/")]
    [InlineData("民法典/0")]
    [InlineData("民法典/二百七十八")]
    [InlineData("民法典/278①(五)")]
    [InlineData("某法2021/5")]
    [InlineData("/278")]
    public void Refuses_other_spellings(string text) => Assert.False(Citation.TryParse(text, out _));

    [Fact]
    public void The_ground_line_joins_places_of_one_source_and_holds_at_most_three()
    {
        Citation[] citations = [new("民法典", "278"), new("物业管理条例", "48"), new("民法典", "944"), new("民法典", "280")];

        var line = TestKnowledge.Small.Sources.GroundLine(citations);

        Assert.Equal("依据：《民法典》第二百七十八条、第九百四十四条；《物业管理条例》第四十八条", line);
        Assert.Equal("", TestKnowledge.Small.Sources.GroundLine([]));
    }

    [Fact]
    public void Numerals_are_read_back() =>
        Gen.Int[1, 9999].Sample(number => ChineseNumeral.Read(ChineseNumeral.Write(number)) == number);

    [Theory]
    [InlineData(10, "十")]
    [InlineData(12, "十二")]
    [InlineData(110, "一百一十")]
    [InlineData(201, "二百零一")]
    [InlineData(1260, "一千二百六十")]
    public void Numerals_are_those_of_statutes(int number, string text) => Assert.Equal(text, ChineseNumeral.Write(number));
}
