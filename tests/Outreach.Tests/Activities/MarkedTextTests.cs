using Outreach.Activities;

namespace Outreach.Tests.Activities;

public sealed class MarkedTextTests
{
    [Theory]
    [InlineData("周六**上午9:00**开会", "周六|B:上午9:00|开会")]
    [InlineData("**说明：**周六开会", "B:说明：|周六开会")]
    [InlineData("看[公告](https://ywh.example.org/a_b?c=1)再来", "看|公告>https://ywh.example.org/a_b?c=1|再来")]
    [InlineData("**[公告](https://ywh.example.org/)**", "B:公告>https://ywh.example.org/")]
    [InlineData("[**重要**公告](http://ywh.example.org/)", "B:重要>http://ywh.example.org/|公告>http://ywh.example.org/")]
    [InlineData("- 带*身份证*", "- 带*身份证*")]
    [InlineData("1. # 不是标题 _下划线_ `码` &amp; <b>标签</b>", "1. # 不是标题 _下划线_ `码` &amp; <b>标签</b>")]
    [InlineData("[假](javascript:alert(1))", "[假](javascript:alert(1))")]
    [InlineData("![图](https://ywh.example.org/x.png)", "![图](https://ywh.example.org/x.png)")]
    [InlineData("**没有结束", "**没有结束")]
    [InlineData("[没有地址]", "[没有地址]")]
    [InlineData("{小区}的**{登记户数}**户", "{小区}的|B:{登记户数}|户")]
    [InlineData("", "")]
    public void Bold_words_and_words_that_lead_somewhere_are_marks_and_all_else_is_typed(string line, string runs)
    {
        var read = MarkedText.Read(line);

        var joined = new List<string>();
        foreach (var run in read)
        {
            var shown = $"{(run.Weight == Weight.Bold ? "B:" : "")}{run.Text}{(run.Link is null ? "" : ">" + run.Link)}";
            if (joined.Count > 0 && run is { Weight: Weight.Normal, Link: null } && !joined[^1].StartsWith("B:", StringComparison.Ordinal) && !joined[^1].Contains('>', StringComparison.Ordinal))
                joined[^1] += shown;
            else
                joined.Add(shown);
        }
        Assert.Equal(runs, string.Join('|', joined));
    }

    [Fact]
    public void Where_only_words_are_shown_the_marks_go_and_the_address_stands_behind_its_words()
    {
        const string typed = "**请带**：\n- 身份证\n\n- [公告](https://ywh.example.org/1)\n  缩进的行";

        Assert.Equal("请带：\n- 身份证\n\n- 公告（https://ywh.example.org/1）\n缩进的行", MarkedText.Plain(typed));
        Assert.Equal("请带：\n- 身份证\n\n- 公告\n缩进的行", MarkedText.Words(typed));
        Assert.True(MarkedText.IsMarked(typed));
        Assert.False(MarkedText.IsMarked("- 身份证 * 2\nhttps://ywh.example.org/1"));
    }

    // Nothing that a person can type may cost more than a moment.
    [Theory]
    [InlineData("**")]
    [InlineData("[")]
    [InlineData("[a](")]
    [InlineData("**a")]
    [InlineData("![")]
    public void The_worst_text_is_read_all_the_same(string piece) =>
        Assert.NotEmpty(MarkedText.Plain(string.Concat(Enumerable.Repeat(piece, 2000 / piece.Length))));
}
