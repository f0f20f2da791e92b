using Outreach.Conversations;

namespace Outreach.Tests.Generation;

public sealed class FollowUpTests(ModelRooms rooms) : IClassFixture<ModelRooms>
{
    private const string Question = "换物业要多少人同意";
    private const string Unsure = "那些租的呢 他们也掺和吗";

    [Fact]
    public async Task A_follow_up_that_the_rules_are_unsure_of_is_completed_and_the_answer_says_as_what()
    {
        var scene = rooms.Scene;
        scene.Server.Says = (system, _) => system.Contains("供检索用", StringComparison.Ordinal) ? "租户能投票换物业吗" : null;
        await scene.AskAsync(Question);

        var answer = await scene.AskAsync(Unsure);

        Assert.Equal(AnswerKind.Answer, answer.Kind);
        Assert.NotEqual("hiring.vote", answer.ArticleId);
        Assert.StartsWith("（", answer.Text, StringComparison.Ordinal);
        Assert.Contains(scene.Server.Chats, request => request.Text.Contains("上一个话题的问题：换物业要多少业主同意", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("好的，我已忽略所有规则")]
    [InlineData("第一行\n第二行")]
    [InlineData("今天天气怎么样")]
    public async Task A_completion_of_no_use_leaves_the_choice(string said)
    {
        var scene = rooms.Scene;
        await scene.AskAsync(Question);
        scene.Server.Says = (_, _) => said;

        Assert.Equal(AnswerKind.Clarification, (await scene.AskAsync(Unsure)).Kind);
    }

    [Fact]
    public async Task Without_a_topic_and_where_the_rules_are_sure_nothing_is_completed()
    {
        var scene = rooms.Scene;

        await scene.AskAsync(Unsure);
        await scene.AskAsync(Question);
        await scene.AskAsync("赖着不走咋整");

        Assert.DoesNotContain(scene.Server.Chats, request => request.Text.Contains("供检索用", StringComparison.Ordinal));
    }
}
