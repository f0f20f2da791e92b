using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.KnowledgeDesk;
using Outreach.Storage;
using Outreach.Tests.Knowledge;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.KnowledgeDesk;

public sealed class QuestionDeskTests
{
    private static readonly Dictionary<string, string?> SmallKnowledge = new() { ["Knowledge:Path"] = TestKnowledge.Folder };

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

    [Fact]
    public async Task What_is_not_ours_is_refused_from_then_on_on_every_node_until_it_is_taken_back()
    {
        await using var scene = await LeadScene.CreateAsync(SmallKnowledge);
        const string text = "阳台养的多肉烂根了怎么救";
        await AskAsync(scene, scene.Community().Id, UnansweredQuestion.NoAnswer, text, "多肉烂根了还能不能救");
        var (desk, questions, serving) = (scene.Rooms.Get<ScopeDesk>(), scene.Rooms.Get<QuestionDesk>(), scene.Rooms.Get<ServingKnowledge>());
        var elsewhere = new ServingKnowledge(scene.Rooms.Get<KnowledgeBase>());
        using var node = new PublishedArticles(scene.Rooms.Get<IDbContextFactory<OutreachDb>>(), elsewhere, scene.Rooms.Get<AuditLog>(), scene.Rooms.Clock, NullLogger<PublishedArticles>.Instance);
        async Task<IReadOnlyList<string>> KeysAsync() => [.. (await questions.ReadAsync(null, 1, LeadScene.Keeper, Current.CancellationToken)).Groups.SelectMany(g => g.Keys)];

        var taught = await desk.TeachAsync(await KeysAsync(), LeadScene.Keeper, Current.CancellationToken);
        await node.RefreshAsync(Current.CancellationToken);

        Assert.True(taught is { Outcome: TeachOutcome.InForce, Settled: 2 }, taught.ToString());
        foreach (var one in new[] { serving, elsewhere })
            Assert.Equal((RefusalReason.OutOfScope, taught.Redirect), one.Answerer.Ask(new($"请问{text}呢")) is Refusal refusal ? (refusal.Reason, refusal.Redirect) : default);
        Assert.Empty(await KeysAsync());
        Assert.Equal(TeachOutcome.NothingThere, (await desk.TeachAsync(["u1"], LeadScene.Keeper, Current.CancellationToken)).Outcome);

        var moved = await desk.SendElsewhereAsync(taught.LessonId, "deposit", LeadScene.Keeper, Current.CancellationToken);
        Assert.Equal(moved.Redirect, ((Refusal)serving.Answerer.Ask(new(text))).Redirect);
        Assert.Contains("押金", moved.Redirect, StringComparison.Ordinal);

        var back = await desk.TakeBackAsync(taught.LessonId, LeadScene.Keeper, Current.CancellationToken);
        await node.RefreshAsync(Current.CancellationToken);
        Assert.Equal(2, back.Settled);
        Assert.Equal(2, (await KeysAsync()).Count);
        Assert.Same(serving.Shipped, serving.Knowledge);
        Assert.Same(elsewhere.Shipped, elsewhere.Knowledge);
    }

    [Fact]
    public async Task A_lesson_of_a_street_waits_for_the_top_of_the_tree_and_one_that_would_silence_our_own_answers_is_refused()
    {
        await using var scene = await LeadScene.CreateAsync(SmallKnowledge);
        await AskAsync(scene, scene.Community().Id, UnansweredQuestion.NoAnswer, "多肉烂根了怎么救");
        var (desk, serving) = (scene.Rooms.Get<ScopeDesk>(), scene.Rooms.Get<ServingKnowledge>());

        var proposed = await desk.TeachAsync(["u1"], scene.Street(), Current.CancellationToken);
        Assert.Equal(TeachOutcome.Proposed, proposed.Outcome);
        Assert.Same(serving.Shipped, serving.Knowledge);
        Assert.Equal(TeachOutcome.MayNot, (await desk.ConfirmAsync(proposed.LessonId, scene.Street(), Current.CancellationToken)).Outcome);
        Assert.Equal(TeachOutcome.InForce, (await desk.ConfirmAsync(proposed.LessonId, LeadScene.Keeper, Current.CancellationToken)).Outcome);
        Assert.NotSame(serving.Shipped, serving.Knowledge);

        var ours = serving.Shipped.Find("voting.quorum")!;
        await AskAsync(scene, null, UnansweredQuestion.NoneOfThese, [.. ours.Variants.Select(variant => variant + "啊")]);
        var keys = Enumerable.Range(2, ours.Variants.Count).Select(n => $"u{n}").ToList();
        var harmful = await desk.TeachAsync(keys, LeadScene.Keeper, Current.CancellationToken);
        if (harmful.Outcome == TeachOutcome.WouldHarm)
            Assert.NotNull(harmful.Harmed);
        else
            Assert.All(ours.Variants, variant => Assert.IsType<Answer>(serving.Answerer.Ask(new(variant))));      // learned without harm
    }

    [Fact]
    public void What_was_taught_leaves_as_the_file_that_it_would_be_read_from()
    {
        OutOfScopeGroup[] groups = [new("near.water", ScopeKind.Near, "供水的事请找供水公司。", ["水费多少一吨", "it's: a 'test' # no comment"]), ScopeLessons.Elsewhere with { Questions = ["- 横线开头"] }];
        var problems = new List<Problem>();

        var read = KnowledgeFiles.OutOfScope(ArticleTransfer.WriteScope(groups), "outofscope.yaml", problems);

        Assert.Empty(problems);
        Assert.Equal(groups.Select(g => (g.Id, g.Kind, g.Redirect, string.Join('|', g.Questions))), read.Select(g => (g.Id, g.Kind, g.Redirect, string.Join('|', g.Questions))));
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
