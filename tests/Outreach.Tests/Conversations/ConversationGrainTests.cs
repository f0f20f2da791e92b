using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Tests.Conversations;

public sealed class ConversationGrainTests(ClockedProgram program) : IClassFixture<ClockedProgram>
{
    private static readonly StaffScope Bureau = new("s1", "演示员", StaffRoles.Bureau, null, "/", 0);

    private readonly OutreachApp _app = program.App;
    private readonly string _talk = $"c-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_second_delivery_runs_nothing_and_gets_the_first_receipt()
    {
        var first = await SayAsync("你好", key: "k1");
        var second = await SayAsync("你好", key: "k1");

        Assert.Equal((TurnOutcome.Answered, TurnOutcome.Duplicate), (first.Outcome, second.Outcome));
        Assert.Equal(first.Sequence, second.Sequence);
        Assert.Equal(first.Replies, second.Replies);
        Assert.Equal(2, await CountMessagesAsync());
    }

    [Fact]
    public async Task Twenty_messages_at_once_are_answered_one_by_one()
    {
        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SayAsync("换物业要多少人同意", key: $"k{i}")));

        Assert.All(receipts, receipt => Assert.Equal(TurnOutcome.Answered, receipt.Outcome));
        Assert.Equal(Enumerable.Range(1, 40), receipts.SelectMany(receipt => receipt.Replies.Prepend(receipt.Sequence)).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("=HYPERLINK(\"http://x\")")]
    [InlineData("\ud83d")]
    public async Task Odd_text_gets_a_kind_reply(string text) => Assert.Equal(TurnOutcome.Answered, (await SayAsync(text)).Outcome);

    [Fact]
    public async Task Very_long_texts_get_a_kind_reply()
    {
        foreach (var text in (string[])[new string('好', 1_000_000), string.Concat(Enumerable.Repeat("😀", 5000)), new string('a', 6000)])
            Assert.Equal((TurnOutcome.Answered, 1), ((await SayAsync(text)) is var receipt ? receipt.Outcome : default, receipt.Replies.Count));
    }

    [Fact]
    public async Task A_draft_without_consent_is_wiped_after_half_an_hour_also_without_a_message()
    {
        await SayAsync("我是春晖苑5号楼1单元302的老赵 支持成立 13711112222");
        Assert.Contains("13711112222", await StateAsync(), StringComparison.Ordinal);

        program.Clock.Advance(TimeSpan.FromMinutes(31));
        await RunDueAsync();

        Assert.DoesNotContain("13711112222", await StateAsync(), StringComparison.Ordinal);
        await SayAsync("同意");
        await using var db = await OpenAsync();
        Assert.False(await db.Leads.AnyAsync(l => Own(db).Any(c => c.Id == l.ConversationId), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_unfinished_form_is_reminded_of_once()
    {
        foreach (var said in (string[])["锦绣花园 支持成立 我要登记", "同意"])
            await SayAsync(said);

        for (var day = 0; day < 3; day++)
        {
            program.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
            await RunDueAsync();
        }

        await using var db = await OpenAsync();
        var texts = (await Messages(db).Where(m => m.From == Speaker.Bot).Select(m => m.Activity).ToListAsync(TestContext.Current.CancellationToken))
            .Select(json => JsonSerializer.Deserialize(json, ActivityJson.Default.Activity)!.Text!);
        Assert.Single(texts, text => text == "昨天登记到称呼，还办吗？");
    }

    [Fact]
    public async Task Staff_take_answer_and_hand_back_and_the_bot_is_silent_meanwhile()
    {
        await SayAsync("转人工");
        var handovers = _app.Services.GetRequiredService<Handovers>();
        await using var db = await OpenAsync();
        var waiting = await OwnHandovers(db).SingleAsync(TestContext.Current.CancellationToken);
        var token = Guid.NewGuid();

        Assert.Equal(TakeOutcome.Taken, await handovers.TakeAsync(waiting.Id, TakeOver.OnlyIfFree, Bureau, TestContext.Current.CancellationToken));
        Assert.Equal(TakeOutcome.TakenByColleague, await handovers.TakeAsync(waiting.Id, TakeOver.OnlyIfFree, Bureau with { StaffId = "s2" }, TestContext.Current.CancellationToken));
        Assert.Empty((await SayAsync("我的电话是13911112222")).Replies);
        Assert.Single((await SayAsync("着火了")).Replies);
        Assert.Equal(StaffReplyOutcome.Sent, await handovers.ReplyAsync(waiting.ConversationId, "您好，我来答。", token, Bureau, TestContext.Current.CancellationToken));
        Assert.Equal(StaffReplyOutcome.SentBefore, await handovers.ReplyAsync(waiting.ConversationId, "您好，我来答。", token, Bureau, TestContext.Current.CancellationToken));
        Assert.Equal(CloseOutcome.Closed, await handovers.CloseAsync(waiting.Id, null, Bureau, TestContext.Current.CancellationToken));
        Assert.Single((await SayAsync("有帮助")).Replies);
        Assert.Single((await SayAsync("换物业要多少人同意")).Replies);
    }

    [Fact]
    public async Task Staff_of_another_area_see_no_request()
    {
        await SayAsync("转人工");
        await using var db = await OpenAsync();

        Assert.Empty(await OwnHandovers(db).VisibleTo(db, Bureau with { Roles = StaffRoles.Street, AreaPath = "/999/", AreaDepth = 3 }).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Single(await OwnHandovers(db).VisibleTo(db, Bureau).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await OwnHandovers(db).VisibleTo(db, Bureau with { Roles = StaffRoles.Administrator }).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_verdict_on_an_answer_is_kept_with_the_question()
    {
        var receipt = await SayAsync("换物业要多少人同意");
        foreach (var verdict in (string[])["helpful", "wrong"])
            await SendAsync(new()
            {
                Type = ActivityTypes.Event,
                Name = "outreach/feedback",
                Value = JsonSerializer.SerializeToElement(new { activityId = $"{_talk}|{receipt.Replies[0]:0000000}", verdict }),
            }, null);

        await using var db = await OpenAsync();
        var kept = await db.AnswerFeedbacks.SingleAsync(f => Messages(db).Any(m => m.Id == f.MessageId), TestContext.Current.CancellationToken);
        Assert.Equal((FeedbackVerdict.Wrong, "换物业要多少人同意", "hiring.vote"), (kept.Verdict, kept.Question, kept.ArticleId));
    }

    [Fact]
    public async Task A_verdict_keeps_nothing_of_the_question_that_points_to_a_person()
    {
        var receipt = await SayAsync("换物业要多少人同意 我是3号楼2单元501的 回我13812345678");
        await SendAsync(new()
        {
            Type = ActivityTypes.Event,
            Name = "outreach/feedback",
            Value = JsonSerializer.SerializeToElement(new { activityId = $"{_talk}|{receipt.Replies[0]:0000000}", verdict = "helpful" }),
        }, null);

        await using var db = await OpenAsync();
        var kept = await db.AnswerFeedbacks.SingleAsync(f => Messages(db).Any(m => m.Id == f.MessageId), TestContext.Current.CancellationToken);
        Assert.Contains("换物业要多少人同意", kept.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("13812345678", kept.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("501", kept.Question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_to_a_notice_are_kept_for_seventy_two_hours()
    {
        await SayAsync("你好");
        await using (var db = await OpenAsync())
        {
            var conversation = await Own(db).SingleAsync(TestContext.Current.CancellationToken);
            await db.WriteAsync(async () =>
            {
                await _app.Services.GetRequiredService<ConversationLog>().AppendAsync(db, conversation.Id, Speaker.Bot,
                    new() { Type = ActivityTypes.Message, Text = "业委会知识培训报名\n\n11月28日（周六）上午9:00在社区二楼。" }, "delivery/1", null, TestContext.Current.CancellationToken);
                await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            }, TestContext.Current.CancellationToken);
        }

        await SayAsync("去 带俺媳妇");
        var where = await TextOfAsync(await SayAsync("在哪开"));
        var noVote = await TextOfAsync(await SayAsync("同意换物业"));
        await using var after = await OpenAsync();
        var kept = await after.NoticeReplies.SingleAsync(r => Own(after).Any(c => c.Id == r.ConversationId), TestContext.Current.CancellationToken);

        Assert.Equal((NoticeAnswer.Coming, 2), (kept.Answer, kept.People));
        Assert.Contains("社区二楼", where, StringComparison.Ordinal);
        Assert.Contains("不算投票", noVote, StringComparison.Ordinal);
    }

    private Task<TurnReceipt> SayAsync(string text, string? key = null) => SendAsync(new() { Type = ActivityTypes.Message, Text = text }, key);

    private Task<TurnReceipt> SendAsync(Activity activity, string? key)
    {
        var reference = new ConversationReference { ChannelId = "test", Account = "default", ConversationId = _talk, UserId = $"u-{_talk}" };
        return _app.Services.GetRequiredService<IGrainFactory>().GetGrain<IConversationGrain>(IConversationGrain.KeyOf("test", "default", _talk)).ReceiveAsync(new(
            JsonSerializer.Serialize(reference, ActivityJson.Wire.ConversationReference), JsonSerializer.Serialize(activity, ActivityJson.Wire.Activity), key));
    }

    private async Task RunDueAsync()
    {
        foreach (var work in _app.Services.GetServices<IDueWork>().Where(work => work.Name == "conversations"))
            await work.RunDueAsync(TestContext.Current.CancellationToken);
    }

    private async Task<string> StateAsync()
    {
        await using var db = await OpenAsync();
        return await Own(db).Select(c => c.State).SingleAsync(TestContext.Current.CancellationToken) ?? "";
    }

    private async Task<string> TextOfAsync(TurnReceipt receipt)
    {
        await using var db = await OpenAsync();
        var sequence = receipt.Replies[0];
        return JsonSerializer.Deserialize(await Messages(db).Where(m => m.Sequence == sequence).Select(m => m.Activity).SingleAsync(TestContext.Current.CancellationToken), ActivityJson.Default.Activity)!.Text!;
    }

    private async Task<int> CountMessagesAsync()
    {
        await using var db = await OpenAsync();
        return await Messages(db).CountAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>This test's conversation alone: the program is shared.</summary>
    private IQueryable<Conversation> Own(OutreachDb db) => db.Set<Conversation>().Where(c => c.ChannelConversationId == _talk);

    private IQueryable<Message> Messages(OutreachDb db) => db.Set<Message>().Where(m => db.Set<Conversation>().Any(c => c.Id == m.ConversationId && c.ChannelConversationId == _talk));

    private IQueryable<Handover> OwnHandovers(OutreachDb db) => db.Set<Handover>().Where(h => db.Set<Conversation>().Any(c => c.Id == h.ConversationId && c.ChannelConversationId == _talk));

    private Task<OutreachDb> OpenAsync() => _app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
}
