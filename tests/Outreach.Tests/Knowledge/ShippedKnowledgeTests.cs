using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Search;

namespace Outreach.Tests.Knowledge;

/// <summary>The articles that the program ships with.</summary>
public sealed class ShippedKnowledgeTests
{
    private static readonly KnowledgeBase Shipped = KnowledgeBase.Load(AppContext.BaseDirectory);
    private static readonly Answerer Answerer = new(Shipped);

    [Fact]
    public void Nothing_in_it_is_an_error()
    {
        var report = KnowledgeValidator.Check(Shipped);

        Assert.DoesNotContain(report.Problems, problem => problem.Severity == Severity.Error);
        Assert.True(report.Articles.Count >= 200);
    }

    [Fact]
    public void Its_ranker_was_fitted_for_the_features_of_this_program()
    {
        Assert.NotNull(Shipped.RankerFile);
        Assert.NotEqual(new RankerModel().FittedFrom, RankerModel.Load(Shipped.RankerFile).FittedFrom);
    }

    [Fact]
    public void Every_article_is_found_by_its_own_question()
    {
        Assert.All(Shipped.Articles, article =>
        {
            var evaluation = Answerer.Evaluate(article.Question, new(article.Question));
            Assert.Equal(article.Id, evaluation.Candidates[0].Article.Id);
        });
    }

    [Theory]
    [InlineData("业委会几个人任期几年能连任吗", "members.number", "members.term", "members.reelect")]
    [InlineData("选完业委会几天备案要带哪些材料", "filing.deadline", "filing.materials")]
    public void A_message_without_punctuation_is_answered_question_by_question(string text, params string[] ids)
    {
        var answer = Assert.IsType<Answer>(Answerer.Ask(new(text)));

        Assert.Equal(ids, answer.Parts.Select(part => part.Article.Id));
    }

    [Theory]
    [InlineData("换物业要多少人同意才能通过")]
    [InlineData("申请交上去多久没人答复怎么办")]
    [InlineData("业委会主任谁选的")]
    public void One_question_stays_one(string text)
    {
        var reply = Answerer.Ask(new(text));

        Assert.Empty(reply is Answer answer ? answer.Parts : []);
    }

    [Theory]
    [InlineData("filing.deadline", "拿啥材料", "filing.materials")]
    [InlineData("prep.members", "谁当组长", "prep.leader")]
    [InlineData("lift.vote", "那一楼不同意呢", "lift.objection")]
    public void A_follow_up_is_completed_from_its_topic(string topic, string text, string id)
    {
        var answer = Assert.IsType<Answer>(Answerer.Ask(new(text, TopicArticleId: topic)));

        Assert.Equal(id, answer.Article.Id);
    }

    [Fact]
    public void What_follows_a_choice_leans_on_the_first_of_it()
    {
        var clarification = new Clarification([Shipped.Articles[3], Shipped.Articles[5]]);

        Assert.Equal(Shipped.Articles[3].Id, clarification.TopicId);
        Assert.Equal(Shipped.Articles[5].Id, new Answer(Shipped.Articles[5]).TopicId);
        Assert.Null(new Refusal(RefusalReason.NoAnswer, null).TopicId);
    }
}
