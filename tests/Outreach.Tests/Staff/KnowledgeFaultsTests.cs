using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Tests.Knowledge;

namespace Outreach.Tests.Staff;

public sealed class KnowledgeFaultsTests
{
    [Fact]
    public async Task The_program_runs_on_what_is_whole_and_the_status_page_names_the_rest()
    {
        using var copy = TestKnowledge.With(
            ("articles/x/broken.md", "---\nid: x.broken\nquestion: [坏\n---\n正文\n"),
            ("articles/x/double.md", TestKnowledge.ArticleText("voting.quorum", "[甲一, 甲二, 甲三, 甲四, 甲五, 甲六]")),
            ("articles/x/ground.md", TestKnowledge.ArticleText("x.ground", "[乙一, 乙二, 乙三, 乙四, 乙五, 乙六]", "[无此法/1]").Replace("这是什么问题", "依据是什么问题", StringComparison.Ordinal)),
            ("articles/x/shared.md", TestKnowledge.ArticleText("x.shared", "[开业主大会要来多少人, 丙二, 丙三, 丙四, 丙五, 丙六]").Replace("这是什么问题", "问法是什么问题", StringComparison.Ordinal)),
            ("articles/x/long.md", TestKnowledge.ArticleText("x.long", "[丁一, 丁二, 丁三, 丁四, 丁五, 丁六]", body: new string('长', 601)).Replace("这是什么问题", "太长是什么问题", StringComparison.Ordinal)),
            ("articles/x/dead.md", TestKnowledge.ArticleText("x.dead", "[戊一, 戊二, 戊三, 戊四, 戊五, 戊六]", more: "related: [x.none]\n").Replace("这是什么问题", "链接是什么问题", StringComparison.Ordinal)));
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Knowledge:Path"] = copy.Folder });
        await app.Services.GetRequiredService<StatuteImport>().ImportAsync(
            Encoding.UTF8.GetBytes("演示法规，不是真文本\n第一条　演示。\n第二条　演示。\n"), ".txt", "民法典", audit: null, TestContext.Current.CancellationToken);
        using var staff = await ConsoleClient.SignInAsync(app, "keeper", StaffRoles.Administrator);

        var page = await staff.ReadAsync("/staff/status");

        Assert.Contains("articles/x/broken.md 第4行：YAML", page, StringComparison.Ordinal);
        Assert.Contains("articles/x/double.md 第2行：id voting.quorum 已被 articles/voting/quorum.md 使用", page, StringComparison.Ordinal);
        Assert.Contains("articles/x/ground.md 第5行：sources.yaml 里没有来源“无此法”", page, StringComparison.Ordinal);
        Assert.Contains("articles/x/shared.md 第4行：“开业主大会要来多少人”已是 voting.quorum", page, StringComparison.Ordinal);
        Assert.Contains("articles/x/long.md 第8行：正文1803字节", page, StringComparison.Ordinal);
        Assert.Contains("articles/x/dead.md 第7行：没有条目 x.none", page, StringComparison.Ordinal);
        Assert.Contains($"{TestKnowledge.Small.Articles.Count + 3} 条", page, StringComparison.Ordinal);
        Assert.Contains("1 部，2 条", page, StringComparison.Ordinal);
    }
}
