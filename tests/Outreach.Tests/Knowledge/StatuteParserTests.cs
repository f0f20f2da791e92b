using CsCheck;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;

namespace Outreach.Tests.Knowledge;

public sealed class StatuteParserTests
{
    [Fact]
    public void Splits_headings_articles_paragraphs_and_items()
    {
        var parsed = Parse("""
            演示小区管理条例（演示法规，不是真文本）
            目　录
            第一章　总则
            第二章　罚则
            第一章　总　则
            第一条　为了演示，制定本条例。
            第二条　下列事项由大家决定：
            （一）种花；
            （二）养鱼。
            前款事项公告七日。
            第二章　罚　则
            第一节　小罚
            第三条　违反第二条规定的，罚种花。
            第三条之一　罚了不种的，再种一次。
            第四条　本条例自演示之日起施行。
            """);

        Assert.Equal("演示小区管理条例（演示法规，不是真文本）", parsed.Opening[0]);
        Assert.Equal([new(1), new(2), new(3), new(3, 1), new(4)], parsed.Articles.Select(article => article.Number));
        Assert.Equal(["下列事项由大家决定：\n（一）种花；\n（二）养鱼。", "前款事项公告七日。"], parsed.Articles[1].Paragraphs);
        Assert.Equal(["第一章 总则"], parsed.Articles[1].Headings);
        Assert.Equal(["第二章 罚则", "第一节 小罚"], parsed.Articles[3].Headings);
        Assert.Empty(parsed.Findings);
        Assert.Equal("下列事项由大家决定：\n（二）养鱼。", parsed.Articles[1].Item(1, 2));
        Assert.Null(parsed.Articles[1].Item(1, 3));
    }

    [Fact]
    public void Reads_the_headings_of_Markdown_by_their_level()
    {
        var parsed = Parse("《演示法》（演示法规，节选）\n\n# 物权编\n\n## 第一分编  通则\n\n### 第二章  演示\n\n**第九条** 可以。\n\n# 合同编\n\n第十条 不可以。\n");

        Assert.Equal(["物权编", "第一分编 通则", "第二章 演示"], parsed.Articles[0].Headings);
        Assert.Equal(["合同编"], parsed.Articles[1].Headings);
        Assert.True(parsed.IsExcerpt);
    }

    [Fact]
    public void A_reference_at_the_start_of_a_paragraph_opens_no_article()
    {
        var parsed = Parse("第一条　甲。\n第九条规定的事项，照办。\n第二条　乙。\n");

        Assert.Equal([new(1), new(2)], parsed.Articles.Select(article => article.Number));
        Assert.Equal(["甲。", "第九条规定的事项，照办。"], parsed.Articles[0].Paragraphs);
    }

    [Fact]
    public void Numbers_without_a_space_count_where_they_follow_each_other()
    {
        var parsed = Parse("第一条为了演示。\n第二条应当演示。\n第１０条规定的不算。\n");

        Assert.Equal([new(1), new(2)], parsed.Articles.Select(article => article.Number));
    }

    [Fact]
    public void Lines_that_a_page_has_cut_are_put_together()
    {
        var parsed = Parse("第一条　面积占比三分之二以上的业主且\n人数占比三分之二以上的业主参加。\n另一款。\n");

        Assert.Equal(["面积占比三分之二以上的业主且人数占比三分之二以上的业主参加。", "另一款。"], parsed.Articles[0].Paragraphs);
    }

    [Theory]
    [InlineData("第一条　甲。\n\n第四条　丁。", 3, "前面缺第二条至第三条", false)]
    [InlineData("第一条　甲。\n第三条　丙。", 2, "前面缺第二条", false)]
    [InlineData("第二条　乙。", 1, "前面缺第一条", false)]
    [InlineData("第一条　甲。\n第一条之二　乙。", 2, "前面缺之一", false)]
    [InlineData("第一条　甲。\n第二条　乙。\n第一条　甲。", 3, "重复，内容相同", false)]
    [InlineData("第一条　甲。\n第二条　乙。\n第一条　丙。", 3, "有两种内容", true)]
    [InlineData("第一条　甲。\n第二条\n第三条　丙。", 2, "没有内容", true)]
    [InlineData("第一条　甲。\n物业管理区域及设施\n第二条　乙。", 2, "当作标题", false)]
    [InlineData("第一条　甲。\n（续交条，条号未核对）余额不足的，续交。\n第二条　乙。", 2, "没有收", false)]
    [InlineData("第一条　甲。\n附件：\n演示表格", 2, "附件", false)]
    [InlineData("第一条〔条号推定〕 甲。", 1, "编者注", false)]
    [InlineData("没有条的演示文件。", 1, "没有找到", true)]
    [InlineData("", 1, "没有找到", true)]
    public void Names_what_is_odd_with_its_line(string text, int line, string message, bool isError)
    {
        var parsed = Parse(text);

        Assert.Contains(parsed.Findings, finding => finding.Line == line && finding.Message.Contains(message, StringComparison.Ordinal) && finding.Severity == (isError ? Severity.Error : Severity.Warning));
        Assert.Equal(!isError, parsed.IsUsable);
    }

    [Fact]
    public void What_belongs_to_no_article_goes_to_none()
    {
        var parsed = Parse("第一条　甲。\n物业管理区域及设施\n第二条　乙。\n（续交条，条号未核对）余额不足的，续交：\n（一）演示；\n第三条　丙。\n附：演示表\n表格");

        Assert.Equal(["甲。", "乙。", "丙。"], parsed.Articles.Select(article => article.Text));
        Assert.Equal(["物业管理区域及设施"], parsed.Articles[1].Headings);
    }

    [Fact]
    public void Splitting_loses_nothing_and_adds_nothing()
    {
        var sentence = Gen.String[Gen.Char["甲乙丙丁业主大会决定一二三"], 1, 12].Select(words => words + "。");
        var article = Gen.Select(sentence.Array[1, 4], Gen.Bool, (paragraphs, items) => items ? [.. paragraphs[..^1], paragraphs[^1] + "\n（一）甲；\n（二）乙。"] : paragraphs);
        article.Array[1, 12].Sample(articles =>
        {
            var text = string.Join("\n", articles.Select((paragraphs, i) => $"{new ArticleNumber(i + 1).Place}　{string.Join('\n', paragraphs)}"));

            var parsed = Parse(text);

            return parsed.Findings.Count == 0 && parsed.Articles.Select(a => string.Join('|', a.Paragraphs)).SequenceEqual(articles.Select(paragraphs => string.Join('|', paragraphs)));
        });
    }

    private static ParsedStatute Parse(string text) => StatuteParser.Parse(text.Split('\n'));
}
