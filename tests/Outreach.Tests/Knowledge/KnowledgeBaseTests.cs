using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Knowledge;

public sealed class KnowledgeBaseTests
{
    [Fact]
    public void Reads_every_field_of_an_article()
    {
        var article = TestKnowledge.Small.Find("voting.quorum");

        Assert.NotNull(article);
        Assert.Equal("voting", article.Topic);
        Assert.Equal("业主大会投票要多少人参加才有效？", article.Question);
        Assert.Equal(6, article.Variants.Count);
        Assert.Equal(new Citation("民法典", "278", 2), Assert.Single(article.Citations));
        Assert.Equal(new DateOnly(2021, 1, 1), article.Since);
        Assert.Equal(new DateOnly(2026, 11, 24), article.VerifiedOn);
        Assert.False(article.IsReviewed);
        Assert.Equal(["voting.ordinary", "voting.major"], article.Related);
        Assert.Equal(["calculate-vote"], article.Actions);
        Assert.StartsWith("全体业主里三分之二", article.Body, StringComparison.Ordinal);
        Assert.Empty(TestKnowledge.Small.Problems);
    }

    [Theory]
    [InlineData("没有字段", "---", 1)]
    [InlineData("---\nid: x.y\nquestion: [坏\n---\n正文\n", "YAML", 4)]
    [InlineData("---\nid: x.y\nquestion: 问\ncitations: [民法典/二七八]\n---\n正文\n", "民法典/二七八", 4)]
    [InlineData("---\nid: x.y\nquestion: 问\napplies: { since: 今天 }\n---\n正文\n", "since", 4)]
    [InlineData("---\nid: x.y\nquestion: 问\n---\n", "正文", 4)]
    [InlineData("---\nid: x.y\nquestion: 问\nvariants:\n  - 好\n  - 坏: 的\n---\n正文\n", "variants", 6)]
    [InlineData("---\nid: x.y\nquestion: 问\ncaution: maybe\n---\n正文\n", "caution", 4)]
    [InlineData("---\nid: voting.quorum\nquestion: 问\n---\n正文\n", "articles/voting/quorum.md", 2)]
    public void Names_a_broken_file_with_its_line_and_loads_the_rest(string text, string message, int line)
    {
        using var copy = TestKnowledge.With(("articles/x/y.md", text));

        var knowledge = copy.Load();

        var problem = Assert.Single(knowledge.Problems, p => p.Severity == Severity.Error);
        Assert.Equal("articles/x/y.md", problem.File);
        Assert.Equal(line, problem.Line);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(TestKnowledge.Small.Articles.Count, knowledge.Articles.Count);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_named()
    {
        using var copy = TestKnowledge.With();
        File.WriteAllBytes(Path.Combine(copy.Folder, "articles", "gbk.md"), [0xD6, 0xD0, 0xCE, 0xC4]);

        var problem = Assert.Single(copy.Load().Problems);

        Assert.Equal("articles/gbk.md", problem.File);
        Assert.Contains("UTF-8", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_entry_of_sources_is_named_and_the_others_load()
    {
        using var copy = TestKnowledge.With(("sources.yaml", "- id: 民法典\n  title: 民法典\n  status: 现行\n- id: 某法2021\n  title: 某法\n  status: 有效\n"));

        var knowledge = copy.Load();

        Assert.NotNull(knowledge.Sources.Find("民法典"));
        Assert.Equal([4, 4], knowledge.Problems.Select(problem => problem.Line));
    }

    [Fact]
    public void What_is_written_is_read_back_unchanged()
    {
        foreach (var article in TestKnowledge.Small.Articles)
        {
            var problems = new List<Problem>();

            var file = ArticleFile.Parse($"articles/{article.Id.Replace('.', '/')}.md", ArticleFile.Write(article), problems);

            Assert.Empty(problems);
            Assert.Equal(ArticleFile.Write(article), ArticleFile.Write(file!.Article));
            Assert.Equal(article.Citations, file.Article.Citations);
            Assert.Equal(article.Variants, file.Article.Variants);
            Assert.Equal(article.Body, file.Article.Body);
        }
    }
}
