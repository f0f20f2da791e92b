using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Knowledge;

public sealed class KnowledgeValidatorTests
{
    [Fact]
    public void The_small_knowledge_base_is_clean_and_its_contested_article_is_listed()
    {
        var report = KnowledgeValidator.Check(TestKnowledge.Small);

        Assert.Empty(report.Problems);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal("counting.not-returned", Assert.Single(report.Contested).Id);
        Assert.Equal(report.Articles.Count, report.Unreviewed);
        Assert.Contains("有争议的条目（1）：counting.not-returned", report.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, int> Errors => new()
    {
        { "articles/x/y.md", TestKnowledge.ArticleText("x.z"), "id 应为 x.y", 2 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: "[无此法/1]"), "没有来源“无此法”", 5 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: "[旧条例（2017）/9]"), "已失效", 5 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: "[物业管理条例/12③]"), "已被新规定代替", 5 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: "[物业管理条例/12]"), "已被新规定代替", 5 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: "[试行办法/3]"), "只知道名称", 5 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: "[指导规则（2009）/13]"), "没有读到文本", 5 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", more: "related: [x.none]\n"), "没有条目 x.none", 7 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", more: "actions: [dance]\n"), "dance", 7 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", more: "local_for: x.none\n"), "没有条目 x.none", 7 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", variants: "[开业主大会要来多少人？, 二二, 三三, 四四, 五五, 六六]"), "voting.quorum", 4 },
        { "articles/x/y.md", TestKnowledge.ArticleText("x.y", body: new string('长', 601)), "1803字节", 8 },
        { "outofscope.yaml", "- id: a\n  kind: far\n  redirect: 不是。\n  questions: [开业主大会要来多少人]\n", "voting.quorum", 1 },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Refuses_with_file_and_line(string path, string text, string message, int line)
    {
        using var copy = TestKnowledge.With((path, text));

        var report = KnowledgeValidator.Check(copy.Load());

        var problem = Assert.Single(report.Problems, p => p.Severity == Severity.Error);
        Assert.Equal((path, line), (problem.File, problem.Line));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void One_bad_file_keeps_nothing_else_from_being_answered(string path, string text, string message, int line)
    {
        using var copy = TestKnowledge.With((path, text));
        var knowledge = copy.Load();

        var reply = new Outreach.Knowledge.Answers.Answerer(knowledge).Ask(new("业主大会投票要多少人参加才有效？"));

        Assert.All(TestKnowledge.Small.Articles, article => Assert.NotNull(knowledge.Find(article.Id)));
        Assert.Equal("voting.quorum", Assert.IsType<Outreach.Knowledge.Answers.Answer>(reply).Article.Id);
        Assert.NotEqual((0, ""), (line, message));
    }

    [Theory]
    [InlineData("[无此法/1]")]
    [InlineData("[民法典/278, 旧条例（2017）/9]")]
    [InlineData("[物业管理条例/12③]")]
    [InlineData("[试行办法/3]")]
    [InlineData("[指导规则（2009）/13]")]
    public void An_article_whose_grounds_may_not_be_cited_stays_back(string citations)
    {
        using var copy = TestKnowledge.With(("articles/x/y.md", TestKnowledge.ArticleText("x.y", citations: citations)), ("articles/x/z.md", TestKnowledge.ArticleText("x.z", "[甲甲, 乙乙, 丙丙, 丁丁, 戊戊, 己己]", more: "related: [x.y]\n").Replace("这是什么问题", "那是什么问题", StringComparison.Ordinal)));

        var knowledge = copy.Load();

        Assert.Null(knowledge.Find("x.y"));
        Assert.NotNull(knowledge.Find("x.z"));
        Assert.Equal("articles/x/y.md", Assert.Single(KnowledgeValidator.Check(knowledge).Problems, problem => problem.Severity == Severity.Error).File);
    }

    [Fact]
    public void Articles_go_out_when_the_file_of_sources_itself_is_broken()
    {
        using var copy = TestKnowledge.With(("sources.yaml", "- id: [坏\n"));

        var knowledge = copy.Load();

        Assert.Equal(TestKnowledge.Small.Articles.Count, knowledge.Articles.Count);
        Assert.Equal("sources.yaml", Assert.Single(knowledge.Problems).File);
    }

    [Theory]
    [InlineData("[一一, 二二]", "[民法典/278]", "", "可以。", "只有2种问法")]
    [InlineData("[一一, 一一, 三三, 四四, 五五, 六六]", "[民法典/278]", "", "可以。", "写了两次")]
    [InlineData("[一一, 二二, 三三, 四四, 五五, 六六]", "[试行办法]", "", "可以。", "caution: unverified")]
    [InlineData("[一一, 二二, 三三, 四四, 五五, 六六]", "[]", "", "可以。", "没有依据")]
    [InlineData("[一一, 二二, 三三, 四四, 五五, 六六]", "[民法典/278]", "short: 一个超过八个字的按钮\n", "可以。", "short")]
    [InlineData("[一一, 二二, 三三, 四四, 五五, 六六]", "[民法典/278]", "colour: red\n", "可以。", "colour")]
    [InlineData("[一一, 二二, 三三, 四四, 五五, 六六]", "[民法典/278]", "", "可以。依据：民法典", "依据行")]
    public void Lists_what_a_person_should_look_at(string variants, string citations, string more, string body, string message)
    {
        using var copy = TestKnowledge.With(("articles/x/y.md", TestKnowledge.ArticleText("x.y", variants, citations, more, body)));

        var report = KnowledgeValidator.Check(copy.Load());

        Assert.Contains(message, Assert.Single(report.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(0, report.ExitCode);
    }

    [Fact]
    public void Thirty_characters_of_a_statute_are_a_quotation_and_thirty_one_a_copy()
    {
        const string Statute = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥，东南西北中上下左右前后";
        var statutes = new StatuteTexts([$"第一条 {Statute}。"]);
        var letters = Statute.Replace("，", "", StringComparison.Ordinal);

        Assert.Null(statutes.FindCopy($"书上说{letters[..30]}等等"));
        Assert.Equal(letters[..31], statutes.FindCopy($"书上说{letters[..10]}、{letters[10..31]}"));
        Assert.Null(statutes.FindCopy(""));
    }

    [Fact]
    public void A_new_version_of_a_law_lists_the_articles_that_it_touches()
    {
        var touched = KnowledgeValidator.Changed(TestKnowledge.Small, "物业管理条例@2027-05-01");

        var article = Assert.Single(touched!);
        Assert.Equal("fees.no-cutoff", article.Article.Id);
        Assert.False(article.VerifiedSince);
        Assert.Equal("48", Assert.Single(article.Citations).Number);
        Assert.All(KnowledgeValidator.Changed(TestKnowledge.Small, "民法典@2020-05-28")!, item => Assert.True(item.VerifiedSince));
        Assert.Null(KnowledgeValidator.Changed(TestKnowledge.Small, "民法典"));
    }
}
