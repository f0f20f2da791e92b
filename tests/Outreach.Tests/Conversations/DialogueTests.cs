using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Tests.Conversations;

public sealed class DialogueTests(Asking asking) : IClassFixture<Asking>
{
    private readonly string _conversation = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Signs_up_from_one_sentence_in_two_consents()
    {
        var collect = await SayAsync("俺是锦绣花园3号楼2单元501嘞老王 支持弄业委会 13900000000");
        var check = await SayAsync("中");
        var receipt = await SayAsync("同意转交");

        Assert.Equal(["同意", "不同意"], collect.Suggestions);
        Assert.Contains("请核对：锦绣花园（演示），支持成立，老王，3号楼2单元501，139****0000", check.Text, StringComparison.Ordinal);
        Assert.Equal(["同意转交", "不转交"], check.Suggestions);
        Assert.StartsWith("登记好了", receipt.Text, StringComparison.Ordinal);
        var lead = await LeadAsync();
        Assert.Equal(("老王", "+8613900000000", "3号楼2单元501", Wishes.Support, PassOnState.Given), (lead!.Name, lead.Phone, lead.Room, lead.Wishes, lead.PassOn));
    }

    [Fact]
    public async Task Asks_at_most_four_questions_between_the_wish_and_the_receipt()
    {
        var answers = new List<AnswerResult>();
        foreach (var said in (string[])["我要登记", "锦绣 支持", "1", "姓张 3-2-501", "不转交"])
            answers.Add(await SayAsync(said));

        Assert.All(answers[..4], answer => Assert.Equal(AnswerKind.Form, answer.Kind));
        Assert.StartsWith("登记好了", answers[4].Text, StringComparison.Ordinal);
        Assert.Equal(PassOnState.Refused, (await LeadAsync())!.PassOn);
    }

    [Fact]
    public async Task Nothing_stands_anywhere_after_a_no_to_the_first_consent()
    {
        await SayAsync("我是春晖苑5号楼1单元302的赵六 支持成立 13711112222");
        var answer = await SayAsync("不同意");

        Assert.Equal("好，什么都没记。照样能提问、看进展。", answer.Text);
        Assert.Null(await LeadAsync());
        var (state, texts) = await StoredAsync();
        Assert.DoesNotContain(texts, text => text.Contains("13711112222", StringComparison.Ordinal) || text.Contains("302", StringComparison.Ordinal) || text.Contains("赵六", StringComparison.Ordinal));
        Assert.DoesNotContain("302", state, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_yes_to_the_fields_is_no_yes_to_passing_on()
    {
        foreach (var said in (string[])["阳光城 我支持成立", "同意", "孙 1-1-101 不留电话"])
            await SayAsync(said);
        var again = await SayAsync("对");
        var settled = await SayAsync("嗯");

        Assert.Equal(["同意转交", "不转交"], again.Suggestions);
        Assert.Contains("不转交", settled.Text, StringComparison.Ordinal);
        Assert.Equal(PassOnState.Refused, (await LeadAsync())!.PassOn);
    }

    [Fact]
    public async Task Vague_words_are_asked_again_once_and_then_count_as_no()
    {
        await SayAsync("翠竹苑 支持成立 我要登记");
        var again = await SayAsync("嗯");
        var over = await SayAsync("哦");

        Assert.Equal(["同意", "不同意"], again.Suggestions);
        Assert.Contains("什么都没记", over.Text, StringComparison.Ordinal);
        Assert.Null(await LeadAsync());
    }

    [Fact]
    public async Task A_question_interrupts_the_form_and_the_form_goes_on()
    {
        await SayAsync("我要登记");
        await SayAsync("锦绣花园");
        await SayAsync("2");
        await SayAsync("同意");
        var answer = await SayAsync("等下 筹备组谁当组长");
        var check = await SayAsync("李 不填");

        Assert.Equal((AnswerKind.Answer, "prep.leader"), (answer.Kind, answer.ArticleId));
        Assert.EndsWith("接着登记：怎么称呼您？", answer.Text, StringComparison.Ordinal);
        Assert.Contains("加入筹备组，李", check.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_with_a_sign_up_is_answered_first()
    {
        var answer = await SayAsync("我想报名 业委会几个人组成");
        var next = await SayAsync("春晖苑 支持");

        Assert.Equal((AnswerKind.Answer, "members.number"), (answer.Kind, answer.ArticleId));
        Assert.Equal(["同意", "不同意"], next.Suggestions);
    }

    [Fact]
    public async Task An_emergency_in_the_middle_of_a_form_gets_the_number_and_the_form_stays()
    {
        await SayAsync("我要登记");
        var emergency = await SayAsync("着火嘞");
        var form = await SayAsync("春晖苑 支持");

        Assert.Equal((AnswerKind.Safety, "119，马上打。快离开，别坐电梯。"), (emergency.Kind, emergency.Text));
        Assert.Equal(["同意", "不同意"], form.Suggestions);
    }

    [Fact]
    public async Task Corrections_change_only_what_they_name()
    {
        foreach (var said in (string[])["锦绣花园 支持成立 我要登记", "同意", "王 3号楼2单元501 13811112222"])
            await SayAsync(said);
        var corrected = await SayAsync("不对 是5号楼");
        var which = await SayAsync("改成6");
        var building = await SayAsync("6号楼");

        Assert.Contains("改好了：5号楼2单元501。其他没动。", corrected.Text, StringComparison.Ordinal);
        Assert.Equal(["6号楼", "房号6"], which.Suggestions);
        Assert.Contains("6号楼2单元501", building.Text, StringComparison.Ordinal);
        await SayAsync("同意转交");
        Assert.Equal("6号楼2单元501", (await LeadAsync())!.Room);
    }

    [Theory]
    [InlineData("改意愿", "参选委员", "请核对：春晖苑（演示），参选委员，周，2号楼1单元302，138****2222。")]
    [InlineData("改称呼", "吴", "请核对：春晖苑（演示），支持成立，吴，2号楼1单元302，138****2222。")]
    [InlineData("改房号", "7号楼3单元1201", "请核对：春晖苑（演示），支持成立，周，7号楼3单元1201，138****2222。")]
    [InlineData("改电话", "139 0000 1111", "请核对：春晖苑（演示），支持成立，周，2号楼1单元302，139****1111。")]
    [InlineData("我要改一下手机号", "不留了", "请核对：春晖苑（演示），支持成立，周，2号楼1单元302，电话不留。")]
    [InlineData("改房号", "不填", "请核对：春晖苑（演示），支持成立，周，138****2222。")]
    public async Task One_row_of_the_summary_is_asked_for_again_and_the_summary_comes_back(string press, string said, string check)
    {
        await ReachSummaryAsync();

        var question = await SayAsync(press);
        var back = await SayAsync(said);
        await SayAsync("同意转交");

        Assert.DoesNotContain("请核对", question.Text, StringComparison.Ordinal);
        Assert.Contains(check, back.Text, StringComparison.Ordinal);
        Assert.Equal(["同意转交", "不转交"], back.Suggestions);
        var lead = (await LeadAsync())!;
        Assert.Equal(PassOnState.Given, lead.PassOn);
        Assert.Equal(check.Contains("电话不留", StringComparison.Ordinal), lead.Phone is null);
        Assert.Equal(said == "不填", lead.Room is null);
    }

    [Fact]
    public async Task Another_community_takes_the_stored_sign_up_along()
    {
        await ReachSummaryAsync();

        await SayAsync("改小区");
        var room = await SayAsync("阳光城");
        var back = await SayAsync("1-1-101");

        Assert.StartsWith("小区改好了，房号要重说", room.Text, StringComparison.Ordinal);
        Assert.Contains("请核对：阳光城（演示），支持成立，周，1号楼1单元101", back.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountLeadsAsync());
    }

    [Fact]
    public async Task A_change_that_is_dropped_or_not_understood_leaves_everything_as_it_was()
    {
        const string unchanged = "请核对：春晖苑（演示），支持成立，周，2号楼1单元302，138****2222。";
        await ReachSummaryAsync();

        await SayAsync("改电话");
        var dropped = await SayAsync("算了 不改了");
        await SayAsync("改电话");
        var tooShort = await SayAsync("1380000");
        var given = await SayAsync("13800");

        Assert.Contains(unchanged, dropped.Text, StringComparison.Ordinal);
        Assert.StartsWith("这个号7位，手机号要11位。", tooShort.Text, StringComparison.Ordinal);
        Assert.Contains(unchanged, given.Text, StringComparison.Ordinal);
        Assert.Equal("+8613811112222", (await LeadAsync())!.Phone);
    }

    [Fact]
    public async Task A_question_in_the_middle_of_a_change_is_answered_and_the_change_goes_on()
    {
        await ReachSummaryAsync();
        await SayAsync("改房号");

        var answer = await SayAsync("筹备组谁当组长");
        var back = await SayAsync("9号楼1单元502");

        Assert.Equal("prep.leader", answer.ArticleId);
        Assert.Contains("接着改：改成几号楼几单元几号", answer.Text, StringComparison.Ordinal);
        Assert.Contains("9号楼1单元502", back.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_sign_up_updates_the_first()
    {
        foreach (var said in (string[])["锦绣花园 支持成立 我要登记", "同意", "王 不填", "不转交"])
            await SayAsync(said);
        var second = await SayAsync("锦绣花园 我想加入筹备组");

        Assert.Equal("您登记过，意愿改成加入筹备组。", second.Text);
        Assert.Equal(Wishes.JoinGroup, (await LeadAsync())!.Wishes);
    }

    [Fact]
    public async Task Two_flats_are_signed_up_for_one_after_the_other()
    {
        await SayAsync("我要登记");
        await SayAsync("两套房 锦绣花园一套阳光城一套 支持");
        await SayAsync("同意");
        await SayAsync("王 5号楼1单元302 13911112222");
        var next = await SayAsync("同意转交");
        var check = await SayAsync("3-1-201");

        Assert.Contains("接着办阳光城（演示）", next.Text, StringComparison.Ordinal);
        Assert.Contains("阳光城（演示），支持成立，王，3号楼1单元201，139****2222", check.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_corrects_withdraws_and_erases_ones_own_data()
    {
        foreach (var said in (string[])["锦绣花园 支持成立 我要登记", "同意", "钱 2-1-302 13511112222", "同意转交"])
            await SayAsync(said);

        Assert.Contains("钱，2号楼1单元302，135****2222", (await SayAsync("你存俺啥了")).Text, StringComparison.Ordinal);
        Assert.Equal("电话改成138****0000，其他没动。", (await SayAsync("换号了 13800000000")).Text);
        Assert.StartsWith("已停止转交", (await SayAsync("撤回转交")).Text, StringComparison.Ordinal);
        Assert.Equal(["同意转交", "不转交"], (await SayAsync("同意转交")).Suggestions);
        Assert.Contains("已转给", (await SayAsync("可以")).Text, StringComparison.Ordinal);
        Assert.Equal(["确定删除", "先不删"], (await SayAsync("都给我删喽")).Suggestions);
        Assert.Equal("删好了。只留一个看不出号码的“别联系”标记。", (await SayAsync("确定")).Text);
        Assert.Null(await LeadAsync());
    }

    [Theory]
    [InlineData("我租嘞房能报名不", "只想了解")]
    [InlineData("我替俺爸报 房子是他的", "只想了解")]
    public async Task Tenants_and_families_may_only_ask_to_be_informed(string said, string offered) => Assert.Equal([offered], (await SayAsync(said)).Suggestions);

    [Fact]
    public async Task Others_data_is_not_recorded_and_taken_out_of_the_message()
    {
        var answer = await SayAsync("对门老李可热心 电话13812345678");

        Assert.Contains("别人的信息我没记", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain((await StoredAsync()).Texts, text => text.Contains("13812345678", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stops_resumes_and_chooses_notices_at_once()
    {
        Assert.Equal(AnswerKind.Optout, (await SayAsync("别老给我发了")).Kind);
        Assert.NotNull((await ContactAsync()).OptedOutAt);
        Assert.Equal("好，只发“我的小区”。", (await SayAsync("光要俺小区的中不")).Text);
        Assert.Equal((NoticeTopics.MyCommunity, null), ((await ContactAsync()).Topics, (await ContactAsync()).OptedOutAt));
        Assert.Equal(AnswerKind.Optin, (await SayAsync("又想收了")).Kind);
    }

    [Fact]
    public async Task Asks_for_a_person_once_and_keeps_the_place_in_the_queue()
    {
        var asked = await SayAsync("转人工", "chunhuiyuan");
        await SayAsync("找个真人");

        Assert.Equal(AnswerKind.Handover, asked.Kind);
        Assert.Equal(1, await CountHandoversAsync());
    }

    [Theory]
    [InlineData("想死的心都有了")]
    [InlineData("不如一死了之")]
    public async Task Who_thinks_of_dying_reads_the_number_first(string said)
    {
        var answer = await SayAsync(said);

        Assert.Equal(AnswerKind.Safety, answer.Kind);
        Assert.StartsWith("120或110，现在就打", answer.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountHandoversAsync());
    }

    [Theory]
    [InlineData("热死了")]
    [InlineData("烦死了")]
    [InlineData("累死了")]
    [InlineData("笑死")]
    [InlineData("想死你了")]
    public async Task Who_only_speaks_strongly_is_sent_to_nobody(string said) => Assert.NotEqual(AnswerKind.Safety, (await SayAsync(said)).Kind);

    [Theory]
    [InlineData("隔壁在客厅开托管班")]
    [InlineData("对门把住房改成麻将馆了")]
    public async Task A_flat_used_for_business_is_our_matter(string said)
    {
        var answer = await SayAsync(said);

        Assert.Equal((AnswerKind.Answer, "parking.home-business"), (answer.Kind, answer.ArticleId));
        Assert.Contains(answer.Citations, citation => citation.Id == "民法典279");
    }

    [Fact]
    public async Task Two_clarifications_in_a_row_bring_a_person_among_the_choices()
    {
        var first = await SayAsync("票的事");
        var second = await SayAsync("车位的事");

        Assert.Equal((AnswerKind.Clarification, Says.NoneOfThese), (first.Kind, first.Suggestions[^1]));
        Assert.DoesNotContain(Says.Human, first.Suggestions);
        Assert.Equal((AnswerKind.Clarification, Says.Human), (second.Kind, second.Suggestions[^2]));
    }

    [Theory]
    [InlineData("取消")]
    [InlineData("算了不弄了")]
    [InlineData("怎么取消报名")]
    public async Task Asks_what_to_cancel_when_nothing_is_open(string said) => Assert.Equal(["取消登记", "不收通知", "删信息"], (await SayAsync(said)).Suggestions);

    [Fact]
    public async Task Remembers_the_topic_for_follow_ups()
    {
        await SayAsync("换物业得多少人投");
        var followed = await SayAsync("详细点");

        Assert.Equal(AnswerKind.Answer, followed.Kind);
        Assert.NotNull(followed.ArticleId);
    }

    [Theory]
    [InlineData("详细点")]
    [InlineData("刚才那个说简单点")]
    [InlineData("法律依据是什么")]
    [InlineData("没看懂")]
    public async Task Asks_for_the_question_when_there_is_nothing_to_tell_in_another_form(string said) =>
        Assert.StartsWith("您想听哪件事？", (await SayAsync(said)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Progress_below_five_households_tells_no_number()
    {
        var answer = await SayAsync("河畔花园多少人报了");

        Assert.Equal(AnswerKind.Progress, answer.Kind);
        Assert.Contains("不到5户，先不报数", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_community_has_is_said_to_be_unknown()
    {
        await SayAsync("我们小区到哪一步了");
        var unknown = await SayAsync("春风里");
        var question = await SayAsync("业委会任期几年");

        Assert.Equal(AnswerKind.Progress, unknown.Kind);
        Assert.Contains("名单里没找到“春风里”", unknown.Text, StringComparison.Ordinal);
        Assert.Equal(AnswerKind.Answer, question.Kind);
    }

    private async Task ReachSummaryAsync()
    {
        foreach (var said in (string[])["春晖苑 支持成立 我要登记", "同意", "周 2号楼1单元302 13811112222"])
            await SayAsync(said);
    }

    private async Task<int> CountLeadsAsync()
    {
        await using var db = await OpenAsync();
        var contact = await ContactAsync();
        return await db.Leads.CountAsync(l => l.ContactId == contact.Id && l.OpenKey != null, TestContext.Current.CancellationToken);
    }

    private async Task<AnswerResult> SayAsync(string text, string? community = null) => (await asking.SayAsync(_conversation, text, community))!;

    private async Task<Lead?> LeadAsync()
    {
        await using var db = await OpenAsync();
        var contact = await ContactAsync();
        return await db.Leads.Where(l => l.ContactId == contact.Id).OrderByDescending(l => l.Id).FirstOrDefaultAsync(TestContext.Current.CancellationToken);
    }

    private async Task<Contact> ContactAsync()
    {
        await using var db = await OpenAsync();
        return await db.Contacts.SingleAsync(c => c.UserId.EndsWith(_conversation), TestContext.Current.CancellationToken);
    }

    private async Task<int> CountHandoversAsync()
    {
        await using var db = await OpenAsync();
        var contact = await ContactAsync();
        return await db.Handovers.CountAsync(h => h.ConversationId == contact.ConversationId, TestContext.Current.CancellationToken);
    }

    private async Task<(string State, IReadOnlyList<string> Texts)> StoredAsync()
    {
        await using var db = await OpenAsync();
        var contact = await ContactAsync();
        var state = await db.Conversations.Where(c => c.ContactId == contact.Id).Select(c => c.State).SingleAsync(TestContext.Current.CancellationToken);
        var texts = await db.Messages.Where(m => m.ConversationId == contact.ConversationId && m.From == Speaker.Owner).Select(m => m.Activity).ToListAsync(TestContext.Current.CancellationToken);
        return (state ?? "", texts);
    }

    private Task<OutreachDb> OpenAsync() => asking.Service<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
}
