using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Knowledge;

public sealed class AnswererTests
{
    private static Reply Ask(string text, string? topic = null) => TestKnowledge.Answerer.Ask(new(text, TopicArticleId: topic));

    [Theory]
    [InlineData("业主大会投票要多少人参加才有效", "voting.quorum")]
    [InlineData("没交物业费把我家电掐了合法不", "fees.no-cutoff")]
    [InlineData("沒交回選票能算同意嗎", "counting.not-returned")]
    [InlineData("俺们想撵物业咋整", "property.change")]
    [InlineData("你好请问什么事得四分之三同意呀谢谢", "voting.major")]
    [InlineData("欠物页费能停水停店吗", "fees.no-cutoff")]
    [InlineData("zenme huan wuye", "property.change")]
    public void Finds_the_article_in_the_words_of_owners(string text, string id)
    {
        var reply = Ask(text);

        Assert.Equal(id, reply switch { Answer answer => answer.Article.Id, Clarification choice => choice.Candidates[0].Id, _ => null });
    }

    [Theory]
    [InlineData("今天天气怎么样")]
    [InlineData("明天会不会下雨")]
    [InlineData("红烧肉怎么做好吃")]
    public void Refuses_what_is_not_ours_with_the_place_to_turn_to(string text)
    {
        var refusal = Assert.IsType<Refusal>(Ask(text));

        Assert.Equal(RefusalReason.OutOfScope, refusal.Reason);
        Assert.Equal("这个我帮不上，我只懂业委会和物业的规矩。", refusal.Redirect);
        Assert.Equal(ScopeKind.Far, refusal.Kind);
    }

    [Fact]
    public void A_near_question_gets_its_own_redirect()
    {
        var refusal = Assert.IsType<Refusal>(Ask("房东押金不退咋办"));

        Assert.Equal("deposit", refusal.GroupId);
        Assert.StartsWith("押金不归我管", refusal.Redirect, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("😀😀😀")]
    [InlineData("。。。？？？")]
    [InlineData("\uD83D")]
    [InlineData("\0\0")]
    public void Nothing_in_words_gets_a_friendly_hint(string text)
    {
        var refusal = Assert.IsType<Refusal>(Ask(text));

        Assert.Equal(RefusalReason.NoAnswer, refusal.Reason);
        Assert.Contains("打字", refusal.Redirect, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_language_gets_a_line_in_both() =>
        Assert.StartsWith("I can answer only in Chinese.", Assert.IsType<Refusal>(Ask("How do we set up an owners' committee?")).Redirect, StringComparison.Ordinal);

    [Fact]
    public void Ten_thousand_characters_are_asked_for_in_pieces() =>
        Assert.Contains("分段", Assert.IsType<Refusal>(Ask(new string('业', 10_000))).Redirect, StringComparison.Ordinal);

    [Theory]
    [InlineData("那要多少人同意呢", "voting.ordinary")]
    [InlineData("如果是大事呢", "voting.major")]
    public void A_follow_up_is_completed_from_the_topic(string text, string id)
    {
        var answer = Assert.IsType<Answer>(Ask(text, topic: "voting.quorum"));

        Assert.Equal(id, answer.Article.Id);
        Assert.Equal(answer.Article.Question, answer.Understood);
    }

    [Theory]
    [InlineData("详细点", Elaboration.Longer)]
    [InlineData("说简单点", Elaboration.Simpler)]
    [InlineData("刚才那个可以通俗点吗", Elaboration.Simpler)]
    [InlineData("依据是什么", Elaboration.Grounds)]
    [InlineData("谁规定的", Elaboration.Grounds)]
    public void The_topic_is_told_again_in_another_form(string text, Elaboration elaboration)
    {
        var answer = Assert.IsType<Answer>(Ask(text, topic: "fees.no-cutoff"));

        Assert.Equal("fees.no-cutoff", answer.Article.Id);
        Assert.Equal(elaboration, answer.Elaboration);
    }

    [Fact]
    public void Several_questions_are_answered_one_by_one()
    {
        var answer = Assert.IsType<Answer>(Ask("开业主大会要来多少人？没交物业费能停电吗？"));

        Assert.Equal(["voting.quorum", "fees.no-cutoff"], answer.Parts.Select(part => part.Article.Id));
    }

    [Fact]
    public void A_thousand_callers_at_once_get_what_one_gets() =>
        Parallel.For(0, 1000, i => Assert.Equal("voting.quorum", ((Answer)Ask("开业主大会要来多少人")).Article.Id));
}
