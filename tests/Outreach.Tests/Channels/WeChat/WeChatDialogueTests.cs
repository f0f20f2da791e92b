using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeChat;

/// <summary>What followers of an official account read.</summary>
[Collection(CalledBackApps.Name)]
public sealed class WeChatDialogueTests(CalledBack shared)
{
    private readonly string _owner = $"o{Guid.NewGuid():N}";

    public static TheoryData<WeChatMode> Modes => [WeChatMode.Plain, WeChatMode.Compatible, WeChatMode.Safe];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Follows_asks_and_signs_up_to_the_receipt(WeChatMode mode)
    {
        var account = mode == WeChatMode.Plain ? shared.Plain : shared.Safe;
        account.Mode = mode;
        try
        {
            await account.FollowAsync(_owner, "c:chunhuiyuan;p:lobby");
            await account.SayAsync(_owner, "换物业要多少人同意");
            foreach (var said in (string[])["我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000124", "同意", "同意转交"])
                await account.SayAsync(_owner, said);
            await UntilReadAsync(account, 5);
        }
        finally
        {
            account.Mode = mode == WeChatMode.Plain ? WeChatMode.Plain : WeChatMode.Safe;
        }

        var read = account.Ledger(_owner);
        Assert.StartsWith("您好，我是业委会助手，自动回答。您是从春晖苑", read[0].Text, StringComparison.Ordinal);
        Assert.Contains("依据：《", read[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("1. 同意\n2. 不同意", read[2].Text, StringComparison.Ordinal);
        Assert.EndsWith("1. 同意转交\n2. 不转交", read[3].Text, StringComparison.Ordinal);
        Assert.StartsWith("登记好了", read[4].Text, StringComparison.Ordinal);
        Assert.Equal(5, read.Count);
        Assert.All(read, one => Assert.NotEqual(WeChatWay.Failure, one.Way));
    }

    [Fact]
    public async Task One_message_delivered_three_times_at_once_is_one_turn_with_one_answer()
    {
        var id = shared.Safe.NextMessageId();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Safe.SayAsync(_owner, "换物业要多少人同意", id)));
        await shared.UntilSentAsync(_owner);

        Assert.Equal(2, (await shared.MessagesAsync(_owner)).Count);
        Assert.Single(shared.Safe.Ledger(_owner).Select(read => read.Text).Distinct());      // the vendor shows the answer of one of its three deliveries
        Assert.All(shared.Safe.Ledger(_owner), read => Assert.Equal(WeChatWay.Passive, read.Way));
    }

    [Fact]
    public async Task A_redelivery_gets_the_recorded_answer()
    {
        var id = shared.Safe.NextMessageId();
        await shared.Safe.SayAsync(_owner, "换物业要多少人同意", id);
        shared.Clock.Advance(TimeSpan.FromSeconds(5));

        await shared.Safe.SayAsync(_owner, "换物业要多少人同意", id);

        var read = shared.Safe.Ledger(_owner);
        Assert.Equal(2, read.Count);
        Assert.Equal(read[0].Text, read[1].Text);
        Assert.Equal(2, (await shared.MessagesAsync(_owner)).Count);
    }

    [Fact]
    public async Task Five_people_whose_messages_have_one_id_are_five_turns()
    {
        var id = shared.Plain.NextMessageId();
        var owners = Enumerable.Range(0, 5).Select(n => $"{_owner}-{n}").ToList();

        await Task.WhenAll(owners.Select(owner => shared.Plain.SayAsync(owner, "谢谢", id)));

        foreach (var owner in owners)
        {
            await shared.UntilSentAsync(owner);
            Assert.Single(shared.Plain.Ledger(owner));
        }
    }

    [Fact]
    public async Task An_answer_that_is_late_comes_as_a_message_once_and_blocks_nothing_on_its_connection()
    {
        var id = shared.Slow.NextMessageId();
        await using (await shared.HoldWritesAsync())
        {
            var pushed = await shared.Slow.SayAsync(_owner, "换物业要多少人同意", id);
            Assert.Equal(new(1, 200), pushed);
            Assert.Empty(shared.Slow.Ledger(_owner));
            // The next push comes over the same connection.
            Assert.Equal(new(1, 200), await shared.Slow.EventAsync($"{_owner}-other", "VIEW", [("EventKey", "https://www.example.cn")], isTap: false));
        }
        await UntilReadAsync(shared.Slow, 1);
        await shared.UntilSentAsync(_owner);

        await shared.Slow.SayAsync(_owner, "换物业要多少人同意", id);

        var read = Assert.Single(shared.Slow.Ledger(_owner));
        Assert.Equal(WeChatWay.CustomerService, read.Way);
        Assert.Contains("依据：《", read.Text, StringComparison.Ordinal);
        Assert.Equal(["有帮助", "没答对"], read.Menu.Select(line => line.Content).TakeLast(2));
    }

    [Fact]
    public async Task A_late_greeting_reaches_somebody_who_only_followed()
    {
        await using (await shared.HoldWritesAsync())
            await shared.Slow.FollowAsync(_owner);

        await UntilReadAsync(shared.Slow, 1);

        var read = Assert.Single(shared.Slow.Ledger(_owner));
        Assert.Equal(WeChatWay.CustomerService, read.Way);
        Assert.Equal(["怎么成立", "我要登记", "小区进展"], read.Menu.Select(line => line.Content));
        await shared.Slow.TapAsync(_owner, read.Menu[1]);
        await UntilReadAsync(shared.Slow, 2);
        Assert.Contains("小区", shared.Slow.Ledger(_owner)[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tap_on_a_verdict_is_kept_with_its_answer()
    {
        await using (await shared.HoldWritesAsync())
            await shared.Slow.SayAsync(_owner, "换物业要多少人同意");
        await UntilReadAsync(shared.Slow, 1);

        await shared.Slow.TapAsync(_owner, shared.Slow.Ledger(_owner)[0].Menu.Single(line => line.Content == "有帮助"));

        await using var db = shared.Open();
        var answer = (await shared.MessagesAsync(_owner)).First(m => m.From == Speaker.Bot);
        await CalledBack.UntilAsync(() => db.AnswerFeedbacks.AnyAsync(f => f.MessageId == answer.Id, CalledBack.Stop), "the verdict");
        Assert.Equal(FeedbackVerdict.Helpful, (await db.AnswerFeedbacks.SingleAsync(f => f.MessageId == answer.Id, CalledBack.Stop)).Verdict);
    }

    [Fact]
    public async Task Staff_write_within_the_window_and_what_does_not_fit_waits_for_the_owners_next_message()
    {
        await shared.Safe.SayAsync(_owner, "谢谢");
        await UntilReadAsync(shared.Safe, 1);
        shared.Clock.Advance(TimeSpan.FromMinutes(2));
        var refused = shared.Safe.Refusals.Count;

        for (var n = 1; n <= 6; n++)
            await shared.ReplyAsStaffAsync(_owner, $"第{n}句");
        await UntilReadAsync(shared.Safe, 6);
        await shared.UntilWaitingAsync(_owner);

        Assert.Equal(refused, shared.Safe.Refusals.Count);      // counted on our side: the vendor need not say no
        Assert.Equal(["第1句", "第2句", "第3句", "第4句", "第5句"], Staff(shared.Safe));
        shared.Clock.Advance(TimeSpan.FromMinutes(2));
        await shared.Safe.SayAsync(_owner, "收到");
        await shared.UntilSentAsync(_owner);
        Assert.Equal(["第1句", "第2句", "第3句", "第4句", "第5句", "第6句"], Staff(shared.Safe));
    }

    [Fact]
    public async Task After_48_hours_a_staff_message_waits_for_the_owner()
    {
        await shared.Safe.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromHours(48));

        await shared.ReplyAsStaffAsync(_owner, "您好　明天见😀");
        await shared.UntilWaitingAsync(_owner);
        shared.Clock.Advance(TimeSpan.FromDays(1));
        await shared.RunDueAsync();
        Assert.Empty(Staff(shared.Safe));
        await shared.Safe.SayAsync(_owner, "在吗");
        await shared.UntilSentAsync(_owner);

        Assert.EndsWith("工作人员】您好　明天见😀", Assert.Single(shared.Safe.Ledger(_owner), read => read.Way == WeChatWay.CustomerService).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_staff_wrote_reaches_the_owner_as_they_wrote_it()
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromSeconds(1));

        await shared.ReplyAsStaffAsync(_owner, "全角　空格，“引号”，反斜线\\u4e1a，<b>&，换行\n😀𠀀\u200d，控制\u0001字符");
        await shared.UntilSentAsync(_owner);

        Assert.EndsWith("】全角　空格，“引号”，反斜线\\u4e1a，<b>&，换行\n😀𠀀\u200d，控制字符", shared.Plain.Ledger(_owner)[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_thing_staff_may_write_fits_one_message()
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromSeconds(1));

        await shared.ReplyAsStaffAsync(_owner, new string('业', 2000));
        await shared.UntilSentAsync(_owner);

        Assert.Equal(WeChatWay.CustomerService, shared.Plain.Ledger(_owner)[^1].Way);
    }

    [Theory]
    [InlineData(VendorFault.Broken)]
    [InlineData(VendorFault.RevokesToken)]
    public async Task A_passing_trouble_of_the_vendor_costs_nothing(VendorFault fault)
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromMinutes(1));
        shared.Plain.Faults.Next(fault);

        await shared.ReplyAsStaffAsync(_owner, "在的");
        await shared.UntilSentAsync(_owner);

        Assert.Equal(["在的"], Staff(shared.Plain));
    }

    [Fact]
    public async Task One_token_serves_until_five_minutes_before_its_end()
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromHours(3));
        await shared.ReplyAsStaffAsync(_owner, "一");
        await shared.UntilSentAsync(_owner);
        var calls = shared.Plain.TokenCalls;

        shared.Clock.Advance(TimeSpan.FromMinutes(110));
        await shared.ReplyAsStaffAsync(_owner, "二");
        await shared.UntilSentAsync(_owner);
        Assert.Equal(calls, shared.Plain.TokenCalls);
        shared.Clock.Advance(TimeSpan.FromMinutes(6));
        await shared.ReplyAsStaffAsync(_owner, "三");
        await shared.UntilSentAsync(_owner);

        Assert.Equal(calls + 1, shared.Plain.TokenCalls);
        Assert.Equal(["一", "二", "三"], Staff(shared.Plain));
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task A_message_whose_answer_was_lost_is_not_sent_again(VendorFault fault)
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
        shared.Plain.Faults.Next(fault);

        await shared.ReplyAsStaffAsync(_owner, "只读一次");
        await shared.UntilSentAsync(_owner);
        shared.Clock.Advance(TimeSpan.FromMinutes(10));
        await shared.RunDueAsync();
        await shared.Plain.SayAsync(_owner, "谢谢");
        await shared.UntilSentAsync(_owner);

        Assert.Equal(["只读一次"], Staff(shared.Plain));
    }

    [Fact]
    public async Task Ten_minutes_without_the_vendor_answer_owners_all_the_same_and_keep_the_staffs_words_in_order()
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Plain.Faults.Lasting = VendorFault.Broken;
        try
        {
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
            foreach (var words in (string[])["第一句", "第二句", "第三句"])
                await shared.ReplyAsStaffAsync(_owner, words);
            await shared.UntilWaitingAsync(_owner);
            shared.Clock.Advance(TimeSpan.FromMinutes(5));
            await shared.Plain.SayAsync(_owner, "换物业要多少人同意");
            Assert.Contains("依据：《", shared.Plain.Ledger(_owner)[1].Text, StringComparison.Ordinal);
            Assert.Equal(WeChatWay.Passive, shared.Plain.Ledger(_owner)[1].Way);
            await shared.UntilWaitingAsync(_owner);
            shared.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        finally
        {
            shared.Plain.Faults.Lasting = VendorFault.None;
        }
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_owner);

        Assert.Equal(["第一句", "第二句", "第三句"], Staff(shared.Plain));
    }

    [Fact]
    public async Task What_a_dead_process_was_sending_is_not_sent_again()
    {
        await shared.Plain.SayAsync(_owner, "谢谢");
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
        shared.Plain.Faults.Lasting = VendorFault.Broken;
        await shared.ReplyAsStaffAsync(_owner, "也许读过");
        await shared.UntilWaitingAsync(_owner);
        shared.Plain.Faults.Lasting = VendorFault.None;
        await using (var db = shared.Open())
            await db.WriteAsync(() => db.Messages.Where(m => m.From == Speaker.Staff && m.SentAt == null && m.ConversationId == db.Set<Conversation>().Single(c => c.ChannelConversationId == _owner).Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.ClaimedBy, "an epoch that is over"), CalledBack.Stop), CalledBack.Stop);

        shared.Clock.Advance(TimeSpan.FromMinutes(10));
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_owner);

        Assert.Empty(Staff(shared.Plain));
    }

    [Fact]
    public async Task Somebody_who_left_is_unreachable_until_they_come_back()
    {
        await shared.Plain.FollowAsync(_owner);
        await shared.Plain.UnfollowAsync(_owner);
        Assert.NotNull((await ContactAsync()).UnreachableSince);

        await shared.Plain.FollowAsync(_owner);
        Assert.Null((await ContactAsync()).UnreachableSince);
    }

    [Fact]
    public async Task A_scan_in_a_stairwell_tells_the_community_and_shows_its_progress()
    {
        await shared.Plain.FollowAsync(_owner);
        await shared.Plain.ScanAsync(_owner, "c:chunhuiyuan");
        await UntilReadAsync(shared.Plain, 2);

        Assert.Contains("春晖苑", shared.Plain.Ledger(_owner)[1].Text, StringComparison.Ordinal);
        Assert.NotNull((await ContactAsync()).CommunityId);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("voice")]
    [InlineData("video")]
    [InlineData("shortvideo")]
    [InlineData("location")]
    [InlineData("something_new")]
    public async Task What_is_no_text_is_answered_politely(string type)
    {
        await shared.Plain.SendAsync(_owner, type, ("MediaId", "m"));
        await UntilReadAsync(shared.Plain, 1);

        Assert.NotEqual(WeChatWay.Failure, shared.Plain.Ledger(_owner)[0].Way);
    }

    [Theory]
    [InlineData("VIEW")]
    [InlineData("LOCATION")]
    [InlineData("TEMPLATESENDJOBFINISH")]
    [InlineData("something_new")]
    public async Task Events_that_want_nothing_end_without_a_message(string name)
    {
        Assert.Equal(new(1, 200), await shared.Plain.EventAsync(_owner, name, [("EventKey", "x")], isTap: false));

        Assert.Empty(shared.Plain.Ledger(_owner));
        Assert.Null(await shared.FindAsync(_owner));
    }

    private async Task<Contact> ContactAsync()
    {
        await using var db = shared.Open();
        return await db.Contacts.AsNoTracking().SingleAsync(c => c.UserId == _owner, CalledBack.Stop);
    }

    private Task UntilReadAsync(WeChatServer account, int count) => CalledBack.UntilAsync(
        () => account.Ledger(_owner).Count >= count, $"{count} messages; refused with {string.Join(' ', account.Refusals)}");

    /// <summary>What staff wrote, without the office's name, in the order in which the follower read it.</summary>
    private List<string> Staff(WeChatServer account) =>
        [.. account.Ledger(_owner).Where(read => read.Text.Contains("工作人员】", StringComparison.Ordinal)).Select(read => read.Text[(read.Text.IndexOf('】', StringComparison.Ordinal) + 1)..])];
}
