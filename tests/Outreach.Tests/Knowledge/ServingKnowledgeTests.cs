using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Tests.Knowledge;

public sealed class ServingKnowledgeTests
{
    [Fact]
    public void What_is_published_lies_over_the_shipped_article_and_goes_away_again()
    {
        var serving = new ServingKnowledge(TestKnowledge.Small);
        var before = serving.Answerer;
        var quorum = serving.Knowledge.Find("voting.quorum")!;

        serving.Serve([quorum with { Body = "街道改过的说法。" }], []);
        var changed = Assert.IsType<Answer>(serving.Answerer.Ask(new(quorum.Question)));
        serving.Serve([], []);

        Assert.Equal("街道改过的说法。", changed.Article.Body);
        Assert.Equal(quorum.Body, Assert.IsType<Answer>(before.Ask(new(quorum.Question))).Article.Body);
        Assert.Equal(quorum, serving.Knowledge.Find("voting.quorum"));
    }

    [Fact]
    public void The_regression_set_names_the_wordings_that_another_article_takes_away()
    {
        var before = TestKnowledge.Small;
        var quorum = before.Find("voting.quorum")!;
        var thief = quorum with { Id = "x.thief", Topic = "x", Question = quorum.Variants[0] + "？", Variants = [.. quorum.Variants] };
        var after = before.With([thief]);

        var outcomes = Regression.Run(before, TestKnowledge.Answerer, TestContext.Current.CancellationToken);
        var changes = Regression.Compare(outcomes, Regression.Run(after, new(after), TestContext.Current.CancellationToken));

        Assert.Empty(Regression.Compare(outcomes, outcomes));
        Assert.Contains(changes, change => change is { ArticleId: "voting.quorum", IsWorse: true });
        Assert.True(changes[0].IsWorse);
        Assert.Contains(changes, change => change is { ArticleId: "x.thief", Before: null });
    }

    [Fact]
    public void A_check_of_one_article_tells_its_own_faults_with_their_fields()
    {
        var quorum = TestKnowledge.Small.Find("voting.quorum")!;

        var problems = KnowledgeValidator.Check(TestKnowledge.Small, quorum with { Id = "x.other", Citations = [new("无此法", "1")], Related = ["x.none"] });

        Assert.Contains(problems, p => p is { Field: "citations", Severity: Severity.Error });
        Assert.Contains(problems, p => p is { Field: "related", Severity: Severity.Error });
        Assert.Contains(problems, p => p is { Field: "variants", Severity: Severity.Error } && p.Message.Contains("voting.quorum", StringComparison.Ordinal));
        Assert.DoesNotContain(KnowledgeValidator.Check(TestKnowledge.Small, quorum), p => p.Severity == Severity.Error);
    }

    [Fact]
    public void Wordings_of_one_question_stand_together_the_most_frequent_first()
    {
        string[] typed = ["车位能不能转让给外人", "车位可以转让给外人吗", "狗咬人了谁管", "请问车位能转让给外人不", "狗咬人谁来管", "业委会怎么解散", "业委会怎么搬家"];
        var library = TestKnowledge.Small.Articles.SelectMany(article => article.Variants).Concat(Enumerable.Repeat("业委会怎么成立", 20));

        var groups = new QuestionClusters(library).Group(typed, text => text);

        Assert.Equal([3, 2, 1, 1], groups.Select(group => group.Count));
        Assert.Contains("狗咬人谁来管", groups[1]);
    }
}
