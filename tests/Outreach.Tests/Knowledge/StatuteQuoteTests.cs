using System.Text;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;

namespace Outreach.Tests.Knowledge;

public sealed class StatuteQuoteTests
{
    private static readonly SourceCatalog Shipped = KnowledgeBase.Load(AppContext.BaseDirectory).Sources;

    [Fact]
    public void Says_that_the_words_are_for_reference_and_changes_none_of_them()
    {
        var quote = Quote("民法典/278", "下列演示事项由大家定：\n（一）甲；\n（二）乙。", "演示第二款。");

        Assert.Equal("《民法典》第二百七十八条原文，供参考：\n下列演示事项由大家定：\n（一）甲；\n（二）乙。\n演示第二款。\n依据：《民法典》第二百七十八条", quote.Text);
        Assert.Null(quote.Next);
    }

    [Theory]
    [InlineData("民法典/278②", "《民法典》第二百七十八条第二款原文，供参考：\n演示第二款。\n依据：《民法典》第二百七十八条第二款")]
    [InlineData("民法典/278(二)", "《民法典》第二百七十八条第一款第（二）项原文，供参考：\n演示事项：\n（二）乙。\n依据：《民法典》第二百七十八条第一款")]
    [InlineData("民法典/278③", "第二百七十八条只有2款，没有第三款。\n《民法典》第二百七十八条原文，供参考：\n演示事项：\n（一）甲；\n（二）乙。\n演示第二款。\n依据：《民法典》第二百七十八条")]
    [InlineData("民法典/278②(一)", "第二百七十八条第二款没有第（一）项。\n《民法典》第二百七十八条第二款原文，供参考：\n演示第二款。\n依据：《民法典》第二百七十八条第二款")]
    public void Shows_the_part_that_is_asked_for_or_says_that_there_is_none(string place, string text) =>
        Assert.Equal(text, Quote(place, "演示事项：\n（一）甲；\n（二）乙。", "演示第二款。").Text);

    [Theory]
    [InlineData("河南省物业管理条例（2017）/5", "演示。", "已经失效，由2021年7月30日的文本取代")]
    [InlineData("物权法/76", "演示。", "已经失效，由《民法典》取代")]
    [InlineData("物业管理条例/12", "演示。", "第一款但书、第三款已不再适用，现在看《民法典》第二百七十八条")]
    [InlineData("物业管理条例/11(五)", "演示：\n（五）甲。", "第（五）项、第（六）项已不再适用")]
    [InlineData("指导规则（2009）/9", "演示。", "没有和官方文本核对过")]
    [InlineData("维修资金办法/22", "演示：使用维修资金，须经专有部分三分之二以上的业主同意。", "里面的业主表决比例，现在看《民法典》第二百七十八条")]
    [InlineData("河南物管会办法/3", "演示：经总人数过半数的业主同意。", "里面的业主表决比例，现在看《民法典》第二百七十八条")]
    [InlineData("已经不在名单里的法/3", "演示。", "是否现行没有核对")]
    public void Warns_before_the_words(string place, string body, string warning)
    {
        var text = Quote(place, body).Text;

        Assert.Contains(warning, text, StringComparison.Ordinal);
        Assert.True(text.IndexOf(warning, StringComparison.Ordinal) < text.IndexOf("演示", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("民法典/278②", "演示：应当经专有部分面积过半数的业主同意。")]
    [InlineData("行诉解释/18", "演示：专有部分占建筑物总面积过半数的业主可以提起诉讼。")]
    [InlineData("物业管理条例/12②", "演示：可以委托。", "演示：可以委托。")]
    [InlineData("物业管理条例/48", "演示：应当及时处理投诉。")]
    public void Does_not_warn_of_what_is_in_force(string place, params string[] paragraphs) =>
        Assert.DoesNotContain("注意", Quote(place, paragraphs).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData(1500)]
    [InlineData(900)]
    [InlineData(300)]
    public void A_long_article_comes_in_pages_that_fit_and_lose_nothing(int bytes)
    {
        string[] paragraphs = [.. Enumerable.Range(1, 9).Select(i => string.Concat(Enumerable.Repeat($"演示的第{i}款说了又说，", 6 * i)).TrimEnd('，') + "。\n（一）甲" + new string('乙', 40 * i) + "；\n（二）丙。"), "末款" + new string('丁', 700) + "。"];
        var article = new StatuteArticle(new(13), [], paragraphs);
        var text = new StatuteText("民法典", "演示法规", [article]);
        var place = new StatutePlace("民法典", new(13));
        var words = new StringBuilder();
        for (var page = 1; ; page++)
        {
            var quote = StatuteQuote.Of(new(place, text, article), Shipped, bytes);
            Assert.True(Encoding.UTF8.GetByteCount(quote.Text) <= bytes, $"page {page}: {Encoding.UTF8.GetByteCount(quote.Text)}");
            words.AppendJoin("", quote.Text.Split('\n').Where(line => !line.StartsWith('《') && !line.StartsWith("依据", StringComparison.Ordinal) && !line.StartsWith("（还没完", StringComparison.Ordinal)));
            if (quote.Next is null)
                break;
            Assert.Equal(page + 1, quote.Next.Page);
            place = quote.Next;
        }

        Assert.Equal(article.Text.Replace("\n", "", StringComparison.Ordinal), words.ToString());
    }

    private static StatuteQuote Quote(string place, params string[] paragraphs)
    {
        Assert.True(StatutePlace.TryParse(place, out var at));
        var article = new StatuteArticle(at.Number, [], paragraphs);
        return StatuteQuote.Of(new(at, new(at.Source, "从前的法", [article]), article), Shipped);
    }
}
