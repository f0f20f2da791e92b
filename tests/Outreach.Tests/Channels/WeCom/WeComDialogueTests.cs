using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Channels.WeCom;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.WeCom;

/// <summary>What members of a corp read in the application.</summary>
[Collection(WeComCorps.Name)]
public sealed class WeComDialogueTests : IDisposable
{
    private readonly WeComCorp _shared;
    private readonly string _member = $"m{Guid.NewGuid():N}";

    public WeComDialogueTests(WeComCorp shared)
    {
        _shared = shared;
        _shared.WeCom.AddMember(_member);
    }

    private WeComServer WeCom => _shared.WeCom;

    public void Dispose() => UseAccount("");

    [Fact]
    public async Task Enters_asks_and_signs_up_to_the_receipt()
    {
        await WeCom.EventAsync(_member, "enter_agent", ("EventKey", ""));
        await WeCom.EventAsync(_member, "enter_agent", ("EventKey", ""));      // every time the application is opened
        foreach (var said in (string[])["换物业要多少人同意", "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000124", "同意", "同意转交"])
            await WeCom.SayAsync(_member, said);
        await UntilReadAsync(5);

        var read = WeCom.Ledger(_member);
        Assert.StartsWith("您好，我是业委会助手，自动回答。", read[0].Text, StringComparison.Ordinal);
        Assert.Contains("依据：《", read[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("1. 同意\n2. 不同意", read[2].Text, StringComparison.Ordinal);
        Assert.StartsWith("登记好了", read[4].Text, StringComparison.Ordinal);
        Assert.Equal(5, read.Count);
        Assert.All(read, one => Assert.Equal("passive", one.MsgType));
        Assert.DoesNotContain(WeComServer.BadAnswer, WeCom.Refusals);
    }

    [Fact]
    public async Task One_message_delivered_three_times_at_once_is_one_turn_with_one_answer()
    {
        var id = WeCom.NextMessageId();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WeCom.SayAsync(_member, "换物业要多少人同意", id)));
        await _shared.UntilSentAsync(_member);

        Assert.Equal(2, (await _shared.MessagesAsync(_member)).Count);
        Assert.Single(WeCom.Ledger(_member).Select(read => read.Text).Distinct());
        Assert.All(WeCom.Ledger(_member), read => Assert.Equal("passive", read.MsgType));
    }

    [Fact]
    public async Task Five_members_whose_messages_have_one_id_are_five_turns()
    {
        var id = WeCom.NextMessageId();
        var members = Enumerable.Range(0, 5).Select(n => $"{_member}-{n}").ToList();

        await Task.WhenAll(members.Select(member => WeCom.SayAsync(member, "谢谢", id)));

        foreach (var member in members)
        {
            await _shared.UntilSentAsync(member);
            Assert.Single(WeCom.Ledger(member));
        }
    }

    [Fact]
    public async Task An_answer_that_is_late_comes_as_a_message_once()
    {
        UseAccount("/slow");
        var id = WeCom.NextMessageId();
        await using (await _shared.HoldWritesAsync())
        {
            var pushed = await WeCom.SayAsync(_member, "换物业要多少人同意", id);
            Assert.Equal((1, 200, 0), (pushed.Deliveries, pushed.Status, pushed.Body.Length));
            Assert.Empty(WeCom.Ledger(_member));
        }
        await UntilReadAsync(1);
        await _shared.UntilSentAsync(_member);

        await WeCom.SayAsync(_member, "换物业要多少人同意", id);

        var read = Assert.Single(WeCom.Ledger(_member));
        Assert.Equal("text", read.MsgType);
        Assert.Contains("依据：《", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_staff_wrote_reaches_the_member_as_they_wrote_it_and_equal_words_twice()
    {
        await WeCom.SayAsync(_member, "谢谢");
        const string words = "全角　空格，“引号”，反斜线\\u4e1a，<b>&，换行\n😀𠀀\u200d";

        foreach (var text in (string[])[words, "好", "好"])
        {
            await _shared.ReplyAsStaffAsync(_member, text);
            await _shared.UntilSentAsync(_member);
        }

        Assert.Equal([words, "好", "好"], Staff());
    }

    [Theory]
    [InlineData(VendorFault.Broken)]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task A_passing_trouble_of_the_vendor_costs_nothing_and_doubles_nothing(VendorFault fault)
    {
        await WeCom.SayAsync(_member, "谢谢");
        WeCom.Faults.Next(fault);

        await _shared.ReplyAsStaffAsync(_member, "在的");
        await _shared.UntilSentAsync(_member);

        Assert.Equal(["在的"], Staff());
    }

    [Fact]
    public async Task A_revoked_token_is_fetched_once_more()
    {
        await WeCom.SayAsync(_member, "谢谢");
        await _shared.ReplyAsStaffAsync(_member, "一");
        await _shared.UntilSentAsync(_member);
        var calls = WeCom.TokenCalls;
        WeCom.RevokeTokens();

        await _shared.ReplyAsStaffAsync(_member, "二");
        await _shared.ReplyAsStaffAsync(_member, "三");
        await _shared.UntilSentAsync(_member);

        Assert.Equal(calls + 1, WeCom.TokenCalls);
        Assert.Equal(["一", "二", "三"], Staff());
    }

    [Fact]
    public async Task Ten_minutes_without_the_vendor_answer_members_all_the_same_and_keep_the_staffs_words_in_order()
    {
        await WeCom.SayAsync(_member, "谢谢");
        WeCom.Faults.Lasting = VendorFault.Broken;
        try
        {
            foreach (var words in (string[])["第一句", "第二句", "第三句"])
                await _shared.ReplyAsStaffAsync(_member, words);
            await _shared.UntilWaitingAsync(_member);
            _shared.Clock.Advance(TimeSpan.FromMinutes(5));
            await WeCom.SayAsync(_member, "换物业要多少人同意");
            Assert.Contains("依据：《", WeCom.Ledger(_member)[^1].Text, StringComparison.Ordinal);
            await _shared.UntilWaitingAsync(_member);
            _shared.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        finally
        {
            WeCom.Faults.Lasting = VendorFault.None;
        }
        await _shared.RunDueAsync();
        await _shared.UntilSentAsync(_member);

        Assert.Equal(["第一句", "第二句", "第三句"], Staff());
    }

    [Fact]
    public async Task More_than_a_member_may_get_in_a_minute_waits_instead_of_being_dropped()
    {
        UseAccount("/slow");      // three a minute there
        await WeCom.SayAsync(_member, "谢谢");
        for (var n = 1; n <= 5; n++)
            await _shared.ReplyAsStaffAsync(_member, $"第{n}句");
        await _shared.UntilWaitingAsync(_member);
        Assert.InRange(Staff().Count, 1, 3);

        for (var minute = 0; minute < 3; minute++)
        {
            _shared.Clock.Advance(TimeSpan.FromSeconds(61));
            await _shared.RunDueAsync();
            await WeComCorp.UntilAsync(async () => (await _shared.MessagesAsync(_member)).All(m => m.ClaimedBy is null or OutgoingMessages.InResponse), "nobody sends");
        }
        await _shared.UntilSentAsync(_member);

        Assert.Equal(["第1句", "第2句", "第3句", "第4句", "第5句"], Staff());
        Assert.Equal(0, WeCom.Dropped(_member));
    }

    [Fact]
    public async Task Choices_are_a_card_where_the_account_wants_cards_and_a_tap_says_its_words()
    {
        UseAccount("/cards");
        await WeCom.EventAsync(_member, "subscribe");
        await UntilReadAsync(1);
        var card = WeCom.Ledger(_member)[0];

        await WeCom.TapAsync(_member, card, card.Buttons.Single(button => button.Text == "我要登记").Key);
        await UntilReadAsync(2);

        Assert.Equal("template_card", card.MsgType);
        Assert.Equal(["怎么成立", "我要登记", "小区进展"], card.Buttons.Select(button => button.Text));
        Assert.Contains("小区", WeCom.Ledger(_member)[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_call_reaches_many_and_says_of_each_whether()
    {
        var (gone, unlicensed) = ($"{_member}-gone", $"{_member}-x");
        WeCom.AddMember(unlicensed, isLicensed: false);
        var calls = WeCom.SendCalls;
        var channel = _shared.App.Services.GetRequiredService<WeComChannel>();

        var results = await channel.SendManyAsync([.. new[] { _member, gone, unlicensed }.Select(To)], new() { Type = ActivityTypes.Message, Text = "停水通知" }, "1-a", WeComCorp.Stop);
        var again = await channel.SendManyAsync([.. new[] { _member, gone, unlicensed }.Select(To)], new() { Type = ActivityTypes.Message, Text = "停水通知" }, "1-a", WeComCorp.Stop);
        var nobody = await channel.SendManyAsync([To(gone)], new() { Type = ActivityTypes.Message, Text = "停水通知" }, "1-b", WeComCorp.Stop);

        Assert.Equal([SendClass.Ok, SendClass.RecipientGone, SendClass.RecipientGone], results.Select(result => result.Class));
        Assert.Equal(results[0].MessageId, again[0].MessageId);
        Assert.Equal(SendClass.RecipientGone, nobody[0].Class);
        Assert.Equal(calls + 3, WeCom.SendCalls);
        Assert.Equal(["停水通知"], WeCom.Ledger(_member).Select(read => read.Text));
    }

    [Fact]
    public async Task A_link_is_a_card_that_opens_it()
    {
        var card = new HeroCard { Title = "操作手册", Text = "怎么成立业委会", Buttons = [new() { Type = "openUrl", Title = "查看", Value = System.Text.Json.JsonSerializer.SerializeToElement("https://www.example.cn/a") }] };

        var result = await _shared.App.Services.GetRequiredService<WeComChannel>().SendAsync(
            To(_member), new() { Type = ActivityTypes.Message, Attachments = [card.ToAttachment()] }, "test/1", WeComCorp.Stop);

        Assert.Equal(SendClass.Ok, result.Class);
        var read = Assert.Single(WeCom.Ledger(_member));
        Assert.Equal(("textcard", "操作手册\n怎么成立业委会", "https://www.example.cn/a"), (read.MsgType, read.Text, read.Url));
    }

    [Fact]
    public async Task Somebody_who_left_is_unreachable_until_they_come_back()
    {
        await WeCom.EventAsync(_member, "subscribe");
        await WeCom.EventAsync(_member, "unsubscribe");
        Assert.NotNull((await ContactAsync()).UnreachableSince);

        await WeCom.SayAsync(_member, "谢谢");
        Assert.Null((await ContactAsync()).UnreachableSince);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("voice")]
    [InlineData("location")]
    [InlineData("something_new")]
    public async Task What_is_no_text_is_answered_politely(string type)
    {
        await WeCom.SendAsync(_member, type, null, ("MediaId", "m"));
        await UntilReadAsync(1);

        Assert.Equal("passive", WeCom.Ledger(_member)[0].MsgType);
    }

    [Theory]
    [InlineData("view")]
    [InlineData("LOCATION")]
    [InlineData("something_new")]
    public async Task Events_that_want_nothing_end_without_a_message(string name)
    {
        var pushed = await WeCom.EventAsync(_member, name, ("EventKey", "x"));

        Assert.Equal((1, 200, 0), (pushed.Deliveries, pushed.Status, pushed.Body.Length));
        Assert.Null(await _shared.FindAsync(_member));
    }

    private static ConversationReference To(string member) =>
        new() { ChannelId = "wecom", Account = "default", ConversationId = member, UserId = member };

    private void UseAccount(string path) => WeCom.Pushes.Callback = new(_shared.App.Address, "/channels/wecom" + path);

    private async Task<Contact> ContactAsync()
    {
        await using var db = _shared.Open();
        return await db.Contacts.AsNoTracking().SingleAsync(c => c.UserId == _member, WeComCorp.Stop);
    }

    private Task UntilReadAsync(int count) => WeComCorp.UntilAsync(
        () => WeCom.Ledger(_member).Count >= count, $"{count} messages; refused with {string.Join(' ', WeCom.Refusals)}");

    /// <summary>What staff wrote, without the office's name, in the order in which the member read it.</summary>
    private List<string> Staff() =>
        [.. WeCom.Ledger(_member).Where(read => read.Text.Contains("工作人员】", StringComparison.Ordinal)).Select(read => read.Text[(read.Text.IndexOf('】', StringComparison.Ordinal) + 1)..])];
}
