using Outreach.Communities;
using Outreach.Conversations;
using Outreach.KnowledgeDesk;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.KnowledgeDesk;

public sealed class QuestionDeskTests
{
    [Fact]
    public async Task Like_questions_stand_together_by_frequency_and_only_those_of_the_own_subtree()
    {
        await using var scene = await LeadScene.CreateAsync();
        var (mine, other) = (scene.Community().Id, scene.Community("anjuli").Id);
        await AskAsync(scene, mine, UnansweredQuestion.NoAnswer, "小区的狗咬人了谁来管", "狗咬人了谁管");
        await AskAsync(scene, other, UnansweredQuestion.NoneOfThese, "狗咬人谁来管");
        await AskAsync(scene, mine, UnansweredQuestion.OutOfScope, "今天天气怎么样");
        await AskAsync(scene, null, UnansweredQuestion.NoAnswer, "楼顶信号塔有辐射吗");
        await ThumbsDownAsync(scene, mine, "充电桩能装到自家车位吗");
        var desk = scene.Rooms.Get<QuestionDesk>();

        var all = await desk.ReadAsync(null, 1, LeadScene.Keeper, Current.CancellationToken);
        var street = await desk.ReadAsync(null, 1, scene.Street(), Current.CancellationToken);
        var outside = await desk.ReadAsync(QuestionOrigin.OutOfScope, 1, scene.Street(), Current.CancellationToken);
        var nobody = await desk.ReadAsync(null, 1, scene.Street() with { Roles = StaffRoles.Community }, Current.CancellationToken);

        Assert.Equal([3, 1, 1], all.Groups.Select(g => g.Count));
        Assert.Equal((1, 2), (all.Groups[0].Origins[QuestionOrigin.NoneOfThese], all.Groups[0].Origins[QuestionOrigin.NoAnswer]));
        Assert.Equal([2, 1], street.Groups.Select(g => g.Count));
        Assert.Equal(["今天天气怎么样"], outside.Groups.Single().Wordings);
        Assert.Empty(nobody.Groups);
    }

    [Fact]
    public async Task What_is_not_ours_does_not_come_back_and_rows_of_others_stay()
    {
        await using var scene = await LeadScene.CreateAsync();
        await AskAsync(scene, scene.Community().Id, UnansweredQuestion.NoAnswer, "狗咬人了谁管");
        await AskAsync(scene, scene.Community("anjuli").Id, UnansweredQuestion.NoAnswer, "楼顶信号塔有辐射吗");
        var desk = scene.Rooms.Get<QuestionDesk>();
        var keys = (await desk.ReadAsync(null, 1, LeadScene.Keeper, Current.CancellationToken)).Groups.SelectMany(g => g.Keys).ToList();

        var settled = await desk.SettleAsync(keys, Settlement.NotOurs, scene.Street(), Current.CancellationToken);
        await AskAsync(scene, scene.Community().Id, UnansweredQuestion.NoAnswer, "请问狗咬人了谁管");
        var left = await desk.ReadAsync(null, 1, LeadScene.Keeper, Current.CancellationToken);

        Assert.Equal(1, settled);
        Assert.Equal(["楼顶信号塔有辐射吗"], left.Groups.SelectMany(g => g.Wordings));
    }

    private static Task AskAsync(LeadScene scene, long? communityId, string reason, params string[] texts) => scene.Rooms.TurnAsync(db =>
    {
        db.UnansweredQuestions.AddRange(texts.Select(text => new UnansweredQuestion { Question = text, Reason = reason, CommunityId = communityId, At = scene.Rooms.Clock.GetUtcNow() }));
        return Task.CompletedTask;
    });

    private static Task ThumbsDownAsync(LeadScene scene, long? communityId, string text) => scene.Rooms.TurnAsync(db =>
    {
        db.AnswerFeedbacks.Add(new() { MessageId = 1, Verdict = FeedbackVerdict.Wrong, Question = text, CommunityId = communityId, At = scene.Rooms.Clock.GetUtcNow() });
        return Task.CompletedTask;
    });
}
