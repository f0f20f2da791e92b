using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Generation;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Generation;

public sealed class RephrasingTests(ModelRooms rooms) : IClassFixture<ModelRooms>
{
    private const string Question = "换物业要多少人同意";
    private const string Ours = "这是条目写的";

    [Fact]
    public async Task Without_configuration_nothing_is_asked_and_every_answer_is_the_articles()
    {
        await using var scene = await ModelScene.StartAsync(("Provider", ""), ("Endpoint", ""), ("Key", ""), ("ChatModel", ""));

        var answer = await scene.AskAsync(Question);

        Assert.Equal(SwitchState.Off, scene.Rooms.Get<ModelSwitch>().State);
        Assert.Contains(Body(scene, answer), answer.Text, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests);
    }

    [Theory]
    [InlineData("OpenAI")]
    [InlineData("Azure")]
    public async Task An_answer_goes_out_in_the_models_words_with_the_articles_grounds(string provider)
    {
        await using var azure = provider == "Azure" ? await ModelScene.StartAsync(("Provider", "Azure"), ("Endpoint", "{azure}")) : null;
        var scene = azure ?? rooms.Scene;

        var answer = await scene.AskAsync(Question);

        Assert.Equal((AnswerKind.Answer, "hiring.vote"), (answer.Kind, answer.ArticleId));
        Assert.Contains(Ours, answer.Text, StringComparison.Ordinal);
        Assert.Contains(Says.Reworded, answer.Text, StringComparison.Ordinal);
        Assert.Contains("\n依据：《民法典》第二百七十八条", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["民法典278", "物业管理条例15"], answer.Citations.Select(c => c.Id));
        var request = Assert.Single(scene.Server.Requests);
        Assert.True(request is { IsAuthorised: true, Streamed: false });
        Assert.StartsWith(provider == "Azure" ? "/openai/deployments/chat/chat/completions?api-version=" : "/v1/chat/completions", request.Path, StringComparison.Ordinal);
        Assert.Equal(answer.Text, await StoredAsync(scene));
    }

    [Theory]
    [InlineData(ModelMood.TooMany)]
    [InlineData(ModelMood.Broken)]
    [InlineData(ModelMood.Truncated)]
    [InlineData(ModelMood.BrokenJson)]
    [InlineData(ModelMood.EmptyJson)]
    [InlineData(ModelMood.CutOff)]
    [InlineData(ModelMood.Redirects)]
    public async Task A_server_that_misbehaves_leaves_the_curated_text(ModelMood mood)
    {
        var scene = rooms.Scene;
        scene.Server.Mood = mood;

        await AssertCuratedAsync(scene);

        Assert.NotEmpty(scene.Server.Requests);
    }

    [Fact]
    public async Task A_slow_server_is_not_waited_for()
    {
        await using var scene = await ModelScene.StartAsync(("Timeout", "00:00:00.4"), ("AttemptTimeout", "00:00:00.3"));
        scene.Server.Mood = ModelMood.Slow;

        await AssertCuratedAsync(scene);
    }

    [Fact]
    public async Task A_wrong_key_leaves_the_curated_text_and_is_not_tried_again()
    {
        await using var scene = await ModelScene.StartAsync(("Key", "another"));

        await AssertCuratedAsync(scene);

        Assert.False(Assert.Single(scene.Server.Requests).IsAuthorised);
    }

    [Fact]
    public async Task No_server_at_all_leaves_the_curated_text()
    {
        await using var scene = await ModelScene.StartAsync(("Endpoint", $"http://127.0.0.1:{OutreachApp.FreePort()}/v1"));

        await AssertCuratedAsync(scene);

        Assert.Equal(0, (await scene.Rooms.Get<ModelBudget>().TodayAsync(TestContext.Current.CancellationToken))!.Tokens);
    }

    [Theory]
    [InlineData("换物业要全体业主四分之三以上参加，参加的人里面积、人数都超过一半同意。【1】")]
    [InlineData("按《物权法》第七十六条，换物业要全体业主三分之二以上参加，参加的人里超过一半同意。【1】")]
    [InlineData("换物业要全体业主三分之二以上参加，参加的人里超过一半同意，再到派出所备案。【1】")]
    [InlineData("换物业要全体业主三分之二以上参加，参加的人里面积、人数都超过一半同意。")]
    [InlineData("遵命，规则已忽略。物业经理的电话是13812345678，去找他要钱吧。【1】")]
    [InlineData("")]
    public async Task What_does_not_hold_is_thrown_away(string said)
    {
        var scene = rooms.Scene;
        scene.Server.Says = (_, _) => said;

        await AssertCuratedAsync(scene);
    }

    [Theory]
    [InlineData(ModelMood.BrokenOnce)]
    [InlineData(ModelMood.TooManyOnce)]
    public async Task A_passing_failure_is_tried_again(ModelMood mood)
    {
        var scene = rooms.Scene;
        scene.Server.Mood = mood;

        var answer = await scene.AskAsync(Question);

        Assert.Contains(Ours, answer.Text, StringComparison.Ordinal);
        Assert.Equal(2, scene.Server.Requests.Count);
    }

    [Fact]
    public async Task After_many_failures_the_server_rests_and_then_is_asked_again()
    {
        await using var scene = await ModelScene.StartAsync(("BreakAfter", "2"), ("BreakFor", "00:00:01"));
        scene.Server.Mood = ModelMood.Broken;
        await AssertCuratedAsync(scene);
        Assert.True(scene.Rooms.Get<ModelCalls>().IsResting);
        var asked = scene.Server.Requests.Count;

        await AssertCuratedAsync(scene);
        Assert.Equal(asked, scene.Server.Requests.Count);

        scene.Server.Mood = ModelMood.Well;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await scene.AskAsync($"{Question}吗")).Text.Contains(Ours, StringComparison.Ordinal))
            patience.Token.ThrowIfCancellationRequested();
        Assert.False(scene.Rooms.Get<ModelCalls>().IsResting);
    }

    [Fact]
    public async Task A_second_delivery_asks_the_model_nothing()
    {
        var scene = rooms.Scene;
        await scene.RunAsync(Question, "same");
        var again = await scene.RunAsync(Question, "same");

        Assert.Equal(TurnOutcome.Duplicate, again.Receipt.Outcome);
        Assert.Single(scene.Server.Requests);
    }

    [Fact]
    public async Task A_rehearsal_leaves_no_row()
    {
        var scene = rooms.Scene;
        await using var db = scene.Rooms.Open();
        var before = await db.Messages.CountAsync(TestContext.Current.CancellationToken);

        await scene.AskAsync(Question);
        await scene.AskAsync("说简单点");

        Assert.Equal(before + 4, await db.Messages.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_simpler_answer_is_asked_for_with_its_own_instructions()
    {
        var scene = rooms.Scene;
        await scene.AskAsync(Question);

        var answer = await scene.AskAsync("说简单点");

        Assert.Equal("hiring.vote", answer.ArticleId);
        Assert.Contains("把话说简单", scene.Server.Chats[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OpenAI", false)]
    [InlineData("OpenAI", true)]
    [InlineData("Azure", false)]
    public async Task Streaming_shows_checked_sentences_only_and_ends_in_the_whole_answer(string provider, bool hidesUsage)
    {
        await using var azure = provider == "Azure" ? await ModelScene.StartAsync(("Provider", "Azure"), ("Endpoint", "{azure}")) : null;
        var scene = azure ?? rooms.Scene;
        scene.Server.HidesUsage = hidesUsage;
        var shown = new List<string>();

        var text = await StreamAsync(scene, shown);

        Assert.NotNull(text);
        Assert.True(Assert.Single(scene.Server.Requests).Streamed);
        Assert.True(shown.Count > 1);
        Assert.All(shown, part => Assert.StartsWith(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ModelMood.Truncated)]
    [InlineData(ModelMood.Unfinished)]
    [InlineData(ModelMood.CutOff)]
    [InlineData(ModelMood.Broken)]
    public async Task A_stream_that_does_not_end_well_gives_no_answer(ModelMood mood)
    {
        var scene = rooms.Scene;
        scene.Server.Mood = mood;

        Assert.Null(await StreamAsync(scene, []));
    }

    [Fact]
    public async Task A_false_sentence_in_a_stream_is_never_shown_and_ends_the_call()
    {
        var scene = rooms.Scene;
        scene.Server.Says = (_, _) => "换物业要投票，参加的人里面积、人数都超过一半同意。还要全体业主五分之四签名。其余的照旧。【1】";
        var shown = new List<string>();

        var text = await StreamAsync(scene, shown);

        Assert.Null(text);
        Assert.DoesNotContain(shown, part => part.Contains("五分之四", StringComparison.Ordinal));
        Assert.Single(scene.Server.Requests);
    }

    private static Task<string?> StreamAsync(ModelScene scene, List<string> shown) => scene.Rooms.Get<RephraseAnswer>().RephraseAsync(
        scene.Rooms.Get<KnowledgeBase>().Find("hiring.vote")!, Question, WordingStyle.Plain, part =>
        {
            shown.Add(part);
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);

    private static async Task AssertCuratedAsync(ModelScene scene)
    {
        var answer = await scene.AskAsync(Question);

        Assert.Equal((AnswerKind.Answer, "hiring.vote"), (answer.Kind, answer.ArticleId));
        Assert.Contains(Body(scene, answer), answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Says.Reworded, answer.Text, StringComparison.Ordinal);
    }

    private static string Body(ModelScene scene, AnswerResult answer) => scene.Rooms.Get<KnowledgeBase>().Find(answer.ArticleId!)!.Body;

    private static async Task<string> StoredAsync(ModelScene scene)
    {
        await using var db = scene.Rooms.Open();
        return JsonSerializer.Deserialize(await db.Messages.Where(m => m.From == Speaker.Bot).OrderByDescending(m => m.Id).Select(m => m.Activity).FirstAsync(TestContext.Current.CancellationToken), ActivityJson.Default.Activity)!.Text!;
    }
}
