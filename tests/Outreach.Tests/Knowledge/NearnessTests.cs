namespace Outreach.Tests.Knowledge;

public sealed class NearnessTests
{
    private static readonly string[] Questions = ["没交回的选票算同意吗", "物业能停水催费吗", "开会要来多少人", "今天天气好吗", "票的事"];

    [Fact]
    public void Without_a_measure_and_with_one_that_says_nothing_the_answers_are_the_same()
    {
        foreach (var text in Questions)
        {
            var without = TestKnowledge.Answerer.Ask(new(text));
            var flat = TestKnowledge.Answerer.Ask(new(text, Nearness: _ => 0));

            Assert.Equal(without.Alternatives.Select(a => (a.Article.Id, a.Score)), flat.Alternatives.Select(a => (a.Article.Id, a.Score)));
            Assert.Equal((without.GetType(), without.Confidence), (flat.GetType(), flat.Confidence));
        }
    }

    [Fact]
    public void A_near_article_rises_above_one_that_only_shares_words()
    {
        var before = TestKnowledge.Answerer.Ask(new("票的事"));
        var second = before.Alternatives[1].Article.Id;

        var after = TestKnowledge.Answerer.Ask(new("票的事", Nearness: id => id == second ? .9f : .1f));

        Assert.Equal(second, after.Alternatives[0].Article.Id);
    }
}
