using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;

namespace Outreach.Tests.Knowledge;

public sealed class StatuteFileMatchTests
{
    private static readonly SourceCatalog Shipped = KnowledgeBase.Load(AppContext.BaseDirectory).Sources;

    [Theory]
    [InlineData("《中华人民共和国民法典》（节选）｜制定机关：全国人民代表大会｜版本：2020年5月28日通过", "民法典")]
    [InlineData("中华人民共和国民法典\n（2020年5月28日第十三届全国人民代表大会第三次会议通过）", "民法典")]
    [InlineData("《物业管理条例》（全文）", "物业管理条例")]
    [InlineData("河南省物业管理条例\n（2017年9月29日通过　根据2021年7月30日的决定修正）", "河南省物业管理条例（2021年修正）")]
    [InlineData("《河南省物业管理条例》（2017年文本，全文）｜版本：2017年9月29日通过｜状态：已被2021年7月30日修正", "河南省物业管理条例（2017）")]
    [InlineData("《中华人民共和国城市居民委员会组织法》（2025年修订，摘录）", "居委会组织法（2025修订）")]
    [InlineData("《河南省实施〈中华人民共和国城市居民委员会组织法〉办法》（全文）", "河南居委会办法（2020）")]
    [InlineData("最高人民法院关于适用《中华人民共和国民法典》侵权责任编的解释（一）", "侵权解释一")]
    public void Finds_the_source_by_title_and_the_version_by_its_days(string opening, string id) =>
        Assert.Equal(id, StatuteFileMatch.Find(opening.Split('\n'), Shipped).Source?.Id);

    [Fact]
    public void A_title_of_two_versions_without_a_day_is_asked_about()
    {
        var match = StatuteFileMatch.Find(["河南省物业管理条例"], Shipped);

        Assert.Null(match.Source);
        Assert.Equal(["河南省物业管理条例（2017）", "河南省物业管理条例（2021年修正）"], match.Close.Select(source => source.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_title_that_nobody_knows_names_what_is_close()
    {
        var match = StatuteFileMatch.Find(["山东省物业管理条例（演示法规）"], Shipped);

        Assert.Null(match.Source);
        Assert.Contains("物业管理条例", match.Close.Select(source => source.Id));
        Assert.Empty(StatuteFileMatch.CloseTo("zzz", Shipped));
    }
}
