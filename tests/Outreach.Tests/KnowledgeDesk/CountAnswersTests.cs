using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.KnowledgeDesk;
using Outreach.Storage;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.KnowledgeDesk;

public sealed class CountAnswersTests
{
    [Fact]
    public async Task Answers_are_counted_once_and_shown_only_for_five_owners_or_more_and_only_within_the_scope()
    {
        await using var scene = await LeadScene.CreateAsync();
        var count = scene.Rooms.Get<IEnumerable<IDueWork>>().OfType<CountAnswers>().Single();
        var numbers = scene.Rooms.Get<AnswerStatistics>();
        var query = new StatisticsQuery(new(2026, 11, 1), null, null);
        for (var i = 0; i < 4; i++)
            await AnswerAsync(scene, "chunhuiyuan");
        await AnswerAsync(scene, "anjuli");

        await count.RunDueAsync(Current.CancellationToken);
        scene.Rooms.Clock.Advance(TimeSpan.FromMinutes(2));
        await count.RunDueAsync(Current.CancellationToken);
        await count.RunDueAsync(Current.CancellationToken);
        var four = await numbers.ReadAsync(query, scene.Street(), Current.CancellationToken);
        var all = await numbers.ReadAsync(query, LeadScene.Keeper, Current.CancellationToken);
        var other = await numbers.ReadAsync(query with { CommunityId = scene.Community("anjuli").Id }, scene.Street(), Current.CancellationToken);

        Assert.Equal((4, (int?)null), (four.Owners, four.Total));
        Assert.Equal((5, (int?)5), (all.Owners, all.Total));
        Assert.Equal(new StatisticsLine("voting.quorum", 5), Assert.Single(all.Articles));
        Assert.Equal(new StatisticsLine("voting", 5), Assert.Single(all.Topics));
        Assert.Equal((5, 5), (all.Kinds[AnswerKind.Answer], all.Confidence[4]));
        Assert.Null(other.Total);
    }

    /// <summary>An owner of a community is answered.</summary>
    private static async Task AnswerAsync(LeadScene scene, string community)
    {
        var person = await scene.PersonAsync();
        await scene.Rooms.TurnAsync(async db =>
        {
            (await db.Contacts.SingleAsync(c => c.Id == person.Contact.Id, Current.CancellationToken)).CommunityId = scene.Community(community).Id;
            var conversation = await db.Conversations.SingleAsync(c => c.Id == person.ConversationId, Current.CancellationToken);
            var result = new AnswerResult { Kind = AnswerKind.Answer, Text = "要三分之二。", ArticleId = "voting.quorum", Confidence = .93 };
            scene.Rooms.Get<ConversationLog>().Append(db, conversation, Speaker.Bot, Turn.ToActivity(result, Shown.AsText), null, null, null, null);
        });
    }
}
