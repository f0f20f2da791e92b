using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Channels.DingTalk;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.DingTalk;

/// <summary>What people read who talk with the robot of a DingTalk application.</summary>
[Collection(RobotApps.Name)]
public sealed class DingTalkDialogueTests(Robots shared)
{
    private readonly string _owner = $"u{Guid.NewGuid():N}";

    private string Conversation => "cid-" + _owner;

    [Fact]
    public async Task Asks_and_signs_up_to_the_receipt_by_taps_on_the_choices()
    {
        await shared.Ding.SayAsync(_owner, "换物业要多少人同意");
        await shared.Ding.SayAsync(_owner, "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000151");
        var read = await ReadAsync(2);
        await shared.Ding.SayAsync(_owner, Choice(read[1], "同意"));
        await shared.Ding.SayAsync(_owner, Choice((await ReadAsync(3))[2], "同意转交"));
        read = await ReadAsync(4);

        Assert.Contains("依据：《", read[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("登记好了", read[3].Text, StringComparison.Ordinal);
        Assert.All(read, one => Assert.Equal(DingTalkWay.Session, one.Way));
        Assert.Equal("markdown", read[1].Kind);
        Assert.NotEqual("", read[1].Title);
        await using var db = shared.Open();
        Assert.Equal(Conversation, (await db.Conversations.SingleAsync(c => c.ChannelConversationId == Conversation, Robots.Stop)).ChannelConversationId);
    }

    [Fact]
    public async Task A_number_chooses_as_a_tap_does()
    {
        await shared.Ding.SayAsync(_owner, "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000152");
        Assert.Contains("1\\. [同意](", (await ReadAsync(1))[0].Text, StringComparison.Ordinal);

        await shared.Ding.SayAsync(_owner, "1");

        Assert.Contains("[同意转交](", (await ReadAsync(2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_message_delivered_three_times_at_once_is_one_turn_with_one_answer()
    {
        var id = $"msg{Guid.NewGuid():N}";

        var pushed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Ding.SayAsync(_owner, "换物业要多少人同意", messageId: id)));
        await shared.UntilSentAsync(Conversation);

        Assert.All(pushed, one => Assert.Equal(new(200, ""), one));
        Assert.Single(shared.Ding.Ledger(_owner));
        Assert.Equal(2, (await shared.MessagesAsync(Conversation)).Count);
    }

    [Fact]
    public async Task In_a_group_people_are_asked_once_in_a_while_to_write_alone_and_nothing_of_it_is_kept()
    {
        var group = $"cid-group-{_owner}";

        await shared.Ding.SayAsync(_owner, "我叫演示甲，电话13900000153", group);
        await shared.Ding.SayAsync(_owner, "在吗", group);
        var before = shared.Ding.Ledger(group).Count;
        shared.Clock.Advance(TimeSpan.FromMinutes(11));
        await shared.Ding.SayAsync(_owner, "在吗", group);

        Assert.Equal(1, before);
        Assert.Equal(2, shared.Ding.Ledger(group).Count);
        Assert.Contains("私聊", shared.Ding.Ledger(group)[0].Text, StringComparison.Ordinal);
        Assert.Empty(shared.Ding.Ledger(_owner));
        Assert.Null(await shared.FindAsync(group));
    }

    [Fact]
    public async Task When_the_session_is_over_the_robot_writes_to_the_person()
    {
        await shared.Ding.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Clock.Advance(TimeSpan.FromMinutes(91));

        await shared.ReplyAsStaffAsync(Conversation, "第二天见");

        var read = (await ReadAsync(2))[1];
        Assert.Equal((DingTalkWay.Batch, "sampleText"), (read.Way, read.Kind));
        Assert.EndsWith("】第二天见", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_twenty_answers_a_minute_go_the_other_way()
    {
        for (var n = 1; n <= 22; n++)
            await shared.Ding.SayAsync(_owner, "谢谢");

        var read = await ReadAsync(22);

        Assert.Equal(20, read.Count(one => one.Way == DingTalkWay.Session));
        Assert.Equal(2, read.Count(one => one.Way == DingTalkWay.Batch));
    }

    [Fact]
    public async Task An_address_for_answers_that_is_not_the_vendors_is_never_called()
    {
        await using var stranger = await WebhookReceiver.StartAsync(shared.Clock);
        foreach (var address in (string[])[stranger.Address.AbsoluteUri, "https://oapi.dingtalk.com.example/robot", "https://user@oapi.dingtalk.com/robot", "http://169.254.169.254/latest", "file:///etc/hostname", "no address"])
        {
            var message = shared.Ding.Message(_owner, "text", new() { ["content"] = "谢谢" }, null, null);
            message["sessionWebhook"] = address;
            await shared.Ding.CallBackAsync(message);
        }

        Assert.All(await ReadAsync(6), read => Assert.Equal(DingTalkWay.Batch, read.Way));
        Assert.Equal(0, stranger.Requests);
    }

    [Fact]
    public async Task A_token_taken_back_is_fetched_once_more()
    {
        await shared.Ding.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Clock.Advance(TimeSpan.FromMinutes(91));
        await shared.ReplyAsStaffAsync(Conversation, "一");
        await ReadAsync(2);
        var calls = shared.Ding.TokenCalls;
        shared.Ding.Faults.Next(VendorFault.RevokesToken);

        await shared.ReplyAsStaffAsync(Conversation, "二");

        Assert.EndsWith("二", (await ReadAsync(3))[2].Text, StringComparison.Ordinal);
        Assert.Equal(calls + 1, shared.Ding.TokenCalls);
    }

    [Fact]
    public async Task What_was_said_while_the_vendor_was_down_arrives_later_in_order()
    {
        await shared.Ding.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Ding.Faults.Lasting = VendorFault.Broken;
        try
        {
            Assert.Equal(200, (await shared.Ding.SayAsync(_owner, "换物业要多少人同意")).Status);
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
            foreach (var words in (string[])["第一句", "第二句"])
                await shared.ReplyAsStaffAsync(Conversation, words);
            await shared.UntilWaitingAsync(Conversation);
            shared.Clock.Advance(TimeSpan.FromMinutes(10));
        }
        finally
        {
            shared.Ding.Faults.Lasting = VendorFault.None;
        }
        await shared.RunDueAsync();
        await shared.UntilSentAsync(Conversation);

        var read = shared.Ding.Ledger(_owner);
        Assert.Equal(4, read.Count);
        Assert.Contains("依据：《", read[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("第一句", read[2].Text, StringComparison.Ordinal);
        Assert.EndsWith("第二句", read[3].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task A_message_whose_answer_was_lost_is_not_sent_again(VendorFault fault)
    {
        await shared.Ding.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Ding.Faults.Next(fault);

        await shared.Ding.SayAsync(_owner, "换物业要多少人同意");
        await shared.UntilSentAsync(Conversation);
        shared.Clock.Advance(TimeSpan.FromMinutes(10));
        await shared.RunDueAsync();

        Assert.Equal(2, shared.Ding.Ledger(_owner).Count);
    }

    [Theory]
    [InlineData("picture")]
    [InlineData("video")]
    [InlineData("file")]
    [InlineData("something_new")]
    public async Task What_is_no_text_is_answered_politely(string kind)
    {
        Assert.Equal(200, (await shared.Ding.SendAsync(_owner, kind, new() { ["downloadCode"] = "x" })).Status);

        await ReadAsync(1);
    }

    [Fact]
    public async Task Spoken_and_rich_words_are_words()
    {
        await shared.Ding.SendAsync(_owner, "audio", new() { ["recognition"] = "换物业要多少人同意", ["duration"] = 3000 });
        await shared.Ding.SendAsync(_owner, "richText", new() { ["richText"] = new JsonArray(new JsonObject { ["text"] = "换物业要" }, new JsonObject { ["text"] = "多少人同意" }) });

        Assert.All(await ReadAsync(2), read => Assert.Contains("依据：《", read.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_notice_reaches_a_hundred_people_by_one_call_and_who_is_gone_is_named()
    {
        var people = Enumerable.Range(0, 60).Select(n => $"{_owner}-{n}").ToList();
        shared.Ding.Hire([.. people.Take(58)]);

        var ends = await NotifyAsync("default", [.. people, "$:LWCP_v1:$stranger"], "明天下午三点开会");

        Assert.All(ends.Take(58), end => Assert.Equal(SendClass.Ok, end.Class));
        Assert.All(ends.Skip(58).Take(2), end => Assert.Equal(SendClass.RecipientGone, end.Class));
        Assert.Equal(SendClass.WindowClosed, ends[60].Class);
        Assert.Single(ends.Take(58).Select(end => end.MessageId).Distinct());
        Assert.All(people.Take(58), one => Assert.Equal(DingTalkWay.WorkNotice, Assert.Single(shared.Ding.Ledger(one)).Way));
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task A_notice_whose_answer_was_lost_is_sent_again_and_read_once(VendorFault fault)
    {
        shared.Ding.Hire(_owner);
        shared.Ding.Faults.Next(fault);

        var ends = await NotifyAsync("default", [_owner], "读一次的通知");

        Assert.Equal(SendClass.Ok, Assert.Single(ends).Class);
        Assert.Single(shared.Ding.Ledger(_owner));
    }

    [Fact]
    public async Task The_same_notice_on_the_same_day_is_not_called_delivered()
    {
        shared.Ding.Hire(_owner);
        await NotifyAsync("default", [_owner], "同一句话");

        var again = await NotifyAsync("default", [_owner], "同一句话");

        Assert.Equal(SendClass.AmbiguousSent, Assert.Single(again).Class);
        Assert.Single(shared.Ding.Ledger(_owner));
    }

    [Fact]
    public async Task Without_work_notices_the_robot_writes_to_twenty_at_a_time()
    {
        var people = Enumerable.Range(0, 45).Select(n => $"{_owner}-{n}").ToList();
        shared.Stream.Hire([.. people.Take(44)]);
        shared.Stream.Filtered.Add(people[1]);
        shared.Stream.FlowControlled.Add(people[2]);
        shared.Stream.Faults.Next(VendorFault.None, VendorFault.RevokesToken);

        var ends = await NotifyAsync("stream", people, "明天下午三点开会");

        Assert.Equal([SendClass.Ok, SendClass.RecipientGone, SendClass.RateLimited], ends.Take(3).Select(end => end.Class));
        Assert.Equal(SendClass.RecipientGone, ends[44].Class);
        Assert.All(ends.Skip(3).Take(41), end => Assert.Equal(SendClass.Ok, end.Class));
        Assert.Equal(42, people.Sum(one => shared.Stream.Ledger(one).Count));
        Assert.Equal(3, ends.Where(end => end.Class == SendClass.Ok).Select(end => end.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task A_batch_without_an_answer_is_unknown_for_its_twenty_alone()
    {
        var people = Enumerable.Range(0, 30).Select(n => $"{_owner}-{n}").ToList();
        shared.Stream.Hire([.. people]);
        shared.Stream.Faults.Next(VendorFault.LosesAnswer);

        var ends = await NotifyAsync("stream", people, "明天下午三点开会");

        Assert.All(ends.Take(20), end => Assert.Equal(SendClass.AmbiguousSent, end.Class));
        Assert.All(ends.Skip(20), end => Assert.Equal(SendClass.Ok, end.Class));
    }

    [Fact]
    public async Task A_missing_permission_is_told_and_no_further_call_made()
    {
        shared.Stream.IsForbidden = true;
        try
        {
            var refused = shared.Stream.Refusals.Count;
            var ends = await NotifyAsync("stream", Enumerable.Range(0, 60).Select(n => $"{_owner}-{n}").ToList(), "x");

            Assert.All(ends, end => Assert.Equal((SendClass.ConfigError, "Forbidden.AccessDenied.AccessTokenPermissionDenied"), (end.Class, end.VendorCode)));
            Assert.Equal(refused + 1, shared.Stream.Refusals.Count);
            Assert.Equal(SendClass.ConfigError, shared.App.Services.GetRequiredService<ChannelReports>().Find("dingtalk", "stream")!.LastError!.Class);
        }
        finally
        {
            shared.Stream.IsForbidden = false;
        }
    }

    [Fact]
    public async Task Who_leaves_the_organisation_is_unreachable_and_the_event_is_answered_in_its_envelope()
    {
        await shared.Ding.SayAsync(_owner, "谢谢");

        var check = await shared.Ding.EventAsync(new() { ["EventType"] = "check_url" });
        var left = await shared.Ding.EventAsync(new() { ["EventType"] = "user_leave_org", ["UserId"] = new JsonArray(_owner, "somebody else"), ["CorpId"] = "dingcorp" });

        Assert.Equal((200, true), check);
        Assert.Equal((200, true), left);
        await using var db = shared.Open();
        Assert.NotNull((await db.Contacts.SingleAsync(c => c.UserId == _owner, Robots.Stop)).UnreachableSince);
    }

    [Theory]
    [InlineData("default", DingTalkWay.WorkNotice, "markdown")]
    [InlineData("stream", DingTalkWay.Batch, "sampleMarkdown")]
    public async Task A_notices_picture_stands_in_its_one_message_and_a_link_in_it_stays_one(string account, DingTalkWay way, string kind)
    {
        var server = account == "default" ? shared.Ding : shared.Stream;
        server.Hire(_owner);
        var notice = new Activity
        {
            Type = ActivityTypes.Message,
            Text = "测试小区通知\n\n周六开会_请带*证件*\nhttps://ywh.example.org/a_b?c=(1)",
            Attachments = [new Picture("https://ywh.example.org/pictures/0a1b.jpg", "培训[海报]", 1080, 720).ToAttachment()],
        };

        var ends = await shared.App.Services.GetRequiredService<DingTalkChannel>().SendManyAsync(
            [new() { ChannelId = "dingtalk", Account = account, ConversationId = "cid-" + _owner, UserId = _owner }], notice, $"1-{Guid.NewGuid():N}", Robots.Stop);

        Assert.Equal(SendClass.Ok, Assert.Single(ends).Class);
        var read = Assert.Single(server.Ledger(_owner));
        Assert.Equal((way, kind, "测试小区通知"), (read.Way, read.Kind, read.Title));
        Assert.EndsWith("\n\n![培训［海报］](https://ywh.example.org/pictures/0a1b.jpg)", read.Text, StringComparison.Ordinal);
        Assert.Contains("周六开会＿请带＊证件＊", read.Text, StringComparison.Ordinal);
        Assert.Contains("](https://ywh.example.org/a_b?c=%281%29)", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marked_words_are_bold_and_lead_somewhere_and_all_else_is_as_typed()
    {
        shared.Ding.Hire(_owner);
        var notice = new Activity { Type = ActivityTypes.Message, Text = "通知\n周六*6*人，看公告（https://ywh.example.org/a_b）。", Entities = [MarkedText.ToEntity("通知\n**周六*6*人**，看[公_告](https://ywh.example.org/a_b)。")] };

        await shared.App.Services.GetRequiredService<DingTalkChannel>().SendManyAsync(
            [new() { ChannelId = "dingtalk", Account = "default", ConversationId = "cid-" + _owner, UserId = _owner }], notice, $"1-{Guid.NewGuid():N}", Robots.Stop);

        var read = Assert.Single(shared.Ding.Ledger(_owner));
        Assert.Equal(("markdown", "通知  \n**周六＊6＊人**，看[公＿告](https://ywh.example.org/a_b)。"), (read.Kind, read.Text));
    }

    private async Task<IReadOnlyList<SendResult>> NotifyAsync(string account, IReadOnlyList<string> people, string text) =>
        await shared.App.Services.GetRequiredService<DingTalkChannel>().SendManyAsync(
            [.. people.Select(one => new ConversationReference { ChannelId = "dingtalk", Account = account, ConversationId = "cid-" + one, UserId = one })],
            new() { Type = ActivityTypes.Message, Text = text }, $"1-{Guid.NewGuid():N}", Robots.Stop);

    /// <summary>The words that a tap on a choice says.</summary>
    private static string Choice(DingTalkRead read, string title)
    {
        var start = read.Text.IndexOf($"[{title}](dtmd://dingtalkclient/sendMessage?content=", StringComparison.Ordinal);
        Assert.True(start >= 0, read.Text);
        var link = read.Text[start..];
        return Uri.UnescapeDataString(link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..link.IndexOf(')', StringComparison.Ordinal)]);
    }

    private async Task<IReadOnlyList<DingTalkRead>> ReadAsync(int count)
    {
        await Robots.UntilAsync(() => shared.Ding.Ledger(_owner).Count >= count, $"{count} messages; refused with {string.Join(' ', shared.Ding.Refusals)}");
        return shared.Ding.Ledger(_owner);
    }
}
