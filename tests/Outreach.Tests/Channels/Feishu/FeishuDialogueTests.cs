using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Channels.Feishu;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Tests.Campaigns;

namespace Outreach.Tests.Channels.Feishu;

/// <summary>What people read who talk with the bot of a Feishu application.</summary>
[Collection(RobotApps.Name)]
public sealed class FeishuDialogueTests(Robots shared)
{
    private readonly string _owner = $"ou_{Guid.NewGuid():N}";

    [Fact]
    public async Task Is_greeted_asks_and_signs_up_to_the_receipt_by_taps_on_the_cards()
    {
        await EnterAsync(lastMessage: "");
        var greeting = (await ReadAsync(1))[0];
        await shared.Feishu.SayAsync(_owner, "换物业要多少人同意");
        var answer = (await ReadAsync(2))[1];
        await shared.Feishu.SayAsync(_owner, "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000161");
        await TapAsync((await ReadAsync(3))[2], "同意");
        await TapAsync((await ReadAsync(4))[3], "同意转交");
        var receipt = (await ReadAsync(5))[4];

        Assert.StartsWith("您好，我是业委会助手", greeting.Text, StringComparison.Ordinal);
        Assert.Equal(["怎么成立", "我要登记", "小区进展"], greeting.Buttons.Select(button => button.Text));
        Assert.Contains("依据：《", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("登记好了", receipt.Text, StringComparison.Ordinal);
        Assert.All(shared.Feishu.Ledger(_owner), read => Assert.Equal(FeishuWay.Message, read.Way));
    }

    [Fact]
    public async Task Who_comes_back_is_not_greeted_anew()
    {
        await EnterAsync(lastMessage: "");
        await ReadAsync(1);

        Assert.Equal(200, (await EnterAsync(lastMessage: "om_1")).Status);
        Assert.Equal(200, (await EnterAsync(lastMessage: "")).Status);
        await shared.UntilSentAsync(_owner);

        Assert.Single(shared.Feishu.Ledger(_owner));
    }

    [Fact]
    public async Task A_tap_on_a_verdict_is_kept_with_its_answer_and_says_so()
    {
        await shared.Feishu.SayAsync(_owner, "换物业要多少人同意");
        var answer = (await ReadAsync(1))[0];

        var pushed = await TapAsync(answer, "有帮助");

        Assert.Equal("已收到", (string?)JsonNode.Parse(pushed.Body)!["toast"]!["content"]);
        var message = (await shared.MessagesAsync(_owner)).First(m => m.From == Speaker.Bot);
        await using var db = shared.Open();
        Assert.Equal(FeedbackVerdict.Helpful, (await db.AnswerFeedbacks.SingleAsync(f => f.MessageId == message.Id, Robots.Stop)).Verdict);
    }

    [Fact]
    public async Task A_tap_in_the_old_manner_is_taken_as_well()
    {
        await EnterAsync(lastMessage: "");
        var greeting = (await ReadAsync(1))[0];

        var pushed = await shared.Feishu.TapOldAsync(_owner, greeting.MessageId, greeting.Buttons.Single(button => button.Text == "我要登记").Value);

        Assert.Equal(200, pushed.Status);
        Assert.Contains("小区", (await ReadAsync(2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_button_that_is_not_ours_is_left_alone()
    {
        Assert.Equal(new(1, 200, "{}"), await shared.Feishu.TapAsync(_owner, "om_1", new JsonObject { ["key"] = "somebody else's" }));
        Assert.Equal(new(1, 200, "{}"), await shared.Feishu.TapAsync(_owner, "om_1", null));

        Assert.Null(await shared.FindAsync(_owner));
    }

    [Fact]
    public async Task One_message_is_one_turn_however_often_and_under_whatever_event_it_comes()
    {
        var id = $"om_{Guid.NewGuid():N}";
        var envelope = shared.Feishu.Message(_owner, "text", new() { ["text"] = "换物业要多少人同意" }, null, id);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Feishu.PushAsync((JsonObject)envelope.DeepClone())));
        await shared.Feishu.SayAsync(_owner, "换物业要多少人同意", messageId: id);
        await shared.UntilSentAsync(_owner);

        Assert.Single(shared.Feishu.Ledger(_owner));
        Assert.Equal(2, (await shared.MessagesAsync(_owner)).Count);
    }

    [Fact]
    public async Task In_a_group_who_calls_the_bot_is_asked_to_write_alone_and_nothing_of_it_is_kept()
    {
        var group = $"oc_{Guid.NewGuid():N}";

        await shared.Feishu.SayAsync(_owner, "我叫演示甲，电话13900000162", group);
        await shared.Feishu.SayAsync(_owner, "在吗", group);
        var uncalled = shared.Feishu.Message(_owner, "text", new() { ["text"] = "和机器人无关" }, group + "x", null);
        uncalled["event"]!["message"]!.AsObject().Remove("mentions");
        Assert.Equal(200, (await shared.Feishu.PushAsync(uncalled)).Status);

        var read = Assert.Single(shared.Feishu.Ledger(group));
        Assert.Equal(FeishuWay.Reply, read.Way);
        Assert.Contains("私聊", read.Text, StringComparison.Ordinal);
        Assert.Empty(shared.Feishu.Ledger(group + "x"));
        Assert.Null(await shared.FindAsync(_owner));
    }

    [Fact]
    public async Task Who_is_called_in_a_message_is_not_part_of_its_words()
    {
        var message = shared.Feishu.Message(_owner, "text", new() { ["text"] = "@_user_1 换物业要@_user_10 多少人同意" }, null, null);
        message["event"]!["message"]!["mentions"] = new JsonArray(new JsonObject { ["key"] = "@_user_1", ["name"] = "甲" }, new JsonObject { ["key"] = "@_user_10", ["name"] = "乙" });

        await shared.Feishu.PushAsync(message);

        Assert.Contains("依据：《", (await ReadAsync(1))[0].Text, StringComparison.Ordinal);
        Assert.Equal("换物业要 多少人同意", (string?)JsonNode.Parse((await shared.MessagesAsync(_owner))[0].Activity)!["text"]);
    }

    [Fact]
    public async Task What_another_bot_says_is_left_alone()
    {
        var message = shared.Feishu.Message(_owner, "text", new() { ["text"] = "谢谢" }, null, null);
        message["event"]!["sender"]!["sender_type"] = "app";

        Assert.Equal(new(1, 200, "{}"), await shared.Feishu.PushAsync(message));
        Assert.Null(await shared.FindAsync(_owner));
    }

    [Theory]
    [InlineData("image", """{"image_key":"x"}""")]
    [InlineData("audio", """{"file_key":"x"}""")]
    [InlineData("media", """{"file_key":"x"}""")]
    [InlineData("sticker", """{"file_key":"x"}""")]
    [InlineData("location", """{"name":"x"}""")]
    [InlineData("something_new", "{}")]
    public async Task What_is_no_text_is_answered_politely(string kind, string content)
    {
        Assert.Equal(200, (await shared.Feishu.SendAsync(_owner, kind, JsonNode.Parse(content)!.AsObject())).Status);

        await ReadAsync(1);
    }

    [Fact]
    public async Task Rich_words_are_words()
    {
        await shared.Feishu.SendAsync(_owner, "post", JsonNode.Parse("""{"title":"","content":[[{"tag":"text","text":"换物业要"},{"tag":"img","image_key":"x"}],[{"tag":"a","text":"多少人同意","href":"https://example.cn"}]]}""")!.AsObject());

        Assert.Contains("依据：《", (await ReadAsync(1))[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_staff_wrote_reaches_the_owner_as_they_wrote_it_and_calls_nobody()
    {
        await shared.Feishu.SayAsync(_owner, "谢谢");
        await ReadAsync(1);

        await shared.ReplyAsStaffAsync(_owner, "全角　空格，“引号”，反斜线\\u4e1a，<b>&，换行\n😀𠀀 <at user_id=\"all\">所有人</at>");

        Assert.EndsWith("】全角　空格，“引号”，反斜线\\u4e1a，<b>&，换行\n😀𠀀 ＜at user_id=\"all\">所有人</at>", (await ReadAsync(2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_thing_staff_may_write_fits_one_message()
    {
        await shared.Feishu.SayAsync(_owner, "谢谢");
        await ReadAsync(1);

        await shared.ReplyAsStaffAsync(_owner, new string('业', 2000));

        Assert.EndsWith(new string('业', 2000), (await ReadAsync(2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_taken_back_is_fetched_once_more()
    {
        await shared.Feishu.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        var calls = shared.Feishu.TokenCalls;
        shared.Feishu.Faults.Next(VendorFault.RevokesToken);

        await shared.ReplyAsStaffAsync(_owner, "一");
        await ReadAsync(2);

        Assert.Equal(calls + 1, shared.Feishu.TokenCalls);
        Assert.Equal(2, shared.Feishu.Ledger(_owner).Count);
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task A_message_whose_answer_was_lost_is_sent_again_and_read_once(VendorFault fault)
    {
        await shared.Feishu.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Feishu.Faults.Next(fault, fault, fault);      // all tries of the first time
        await shared.ReplyAsStaffAsync(_owner, "只读一次");
        await shared.UntilWaitingAsync(_owner);

        shared.Clock.Advance(TimeSpan.FromMinutes(10));
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_owner);

        Assert.Equal(2, shared.Feishu.Ledger(_owner).Count);
        Assert.NotNull((await shared.MessagesAsync(_owner))[^1].SentAt);
    }

    [Fact]
    public async Task An_hour_after_a_lost_answer_the_vendor_knows_no_key_and_nothing_is_sent_again()
    {
        await shared.Feishu.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Feishu.Faults.Next(VendorFault.LosesAnswer, VendorFault.LosesAnswer, VendorFault.LosesAnswer);
        await shared.ReplyAsStaffAsync(_owner, "只读一次");
        await shared.UntilWaitingAsync(_owner);

        shared.Clock.Advance(TimeSpan.FromHours(2));
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_owner);

        Assert.Equal(2, shared.Feishu.Ledger(_owner).Count);
    }

    [Fact]
    public async Task What_was_said_while_the_vendor_was_down_arrives_later_in_order()
    {
        await shared.Feishu.SayAsync(_owner, "谢谢");
        await ReadAsync(1);
        shared.Feishu.Faults.Lasting = VendorFault.BadGateway;
        try
        {
            Assert.Equal(200, (await shared.Feishu.SayAsync(_owner, "换物业要多少人同意")).Status);
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
            foreach (var words in (string[])["第一句", "第二句"])
                await shared.ReplyAsStaffAsync(_owner, words);
            await shared.UntilWaitingAsync(_owner);
            shared.Clock.Advance(TimeSpan.FromMinutes(10));
        }
        finally
        {
            shared.Feishu.Faults.Lasting = VendorFault.None;
        }
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_owner);

        var read = shared.Feishu.Ledger(_owner);
        Assert.Equal(4, read.Count);
        Assert.Contains("依据：《", read[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("第一句", read[2].Text, StringComparison.Ordinal);
        Assert.EndsWith("第二句", read[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_fast_for_one_person_comes_a_moment_later()
    {
        for (var n = 0; n < 7; n++)
            await shared.Feishu.SayAsync(_owner, "谢谢");
        await shared.UntilWaitingAsync(_owner);
        shared.Clock.Advance(TimeSpan.FromSeconds(40));
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_owner);

        Assert.Equal(7, shared.Feishu.Ledger(_owner).Count);
        Assert.Contains(230020, shared.Feishu.Refusals);
    }

    [Fact]
    public async Task Somebody_out_of_range_is_gone()
    {
        shared.Feishu.Dismiss(_owner);

        var end = await shared.App.Services.GetRequiredService<FeishuChannel>().SendAsync(To(_owner), new() { Type = ActivityTypes.Message, Text = "x" }, "test", Robots.Stop);

        Assert.Equal((SendClass.RecipientGone, "230013"), (end.Class, end.VendorCode));
    }

    [Fact]
    public async Task A_notice_reaches_two_hundred_people_by_one_call_and_who_is_gone_is_named()
    {
        var people = Enumerable.Range(0, 120).Select(n => $"{_owner}-{n}").ToList();
        shared.Feishu.Hire([.. people.Take(118)]);

        var ends = await shared.App.Services.GetRequiredService<FeishuChannel>().SendManyAsync(
            [.. people.Select(To)], new() { Type = ActivityTypes.Message, Text = "明天下午三点开会" }, "1-test", Robots.Stop);

        Assert.All(ends.Take(118), end => Assert.Equal(SendClass.Ok, end.Class));
        Assert.All(ends.Skip(118), end => Assert.Equal(SendClass.RecipientGone, end.Class));
        Assert.All(people.Take(118), one => Assert.Equal((FeishuWay.Batch, "明天下午三点开会"), (Assert.Single(shared.Feishu.Ledger(one)).Way, shared.Feishu.Ledger(one)[0].Text)));
    }

    [Fact]
    public async Task A_batch_without_an_answer_is_not_made_again()
    {
        shared.Feishu.Hire(_owner);
        shared.Feishu.Faults.Next(VendorFault.LosesAnswer);

        var ends = await shared.App.Services.GetRequiredService<FeishuChannel>().SendManyAsync([To(_owner)], new() { Type = ActivityTypes.Message, Text = "x" }, "1-test", Robots.Stop);

        Assert.Equal(SendClass.AmbiguousSent, Assert.Single(ends).Class);
        Assert.Single(shared.Feishu.Ledger(_owner));
    }

    [Fact]
    public async Task A_campaign_reaches_who_signed_up_in_feishu_and_in_dingtalk_once()
    {
        var other = $"u{Guid.NewGuid():N}";
        foreach (var (said, count) in new[] { ("我是春晖苑3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000163", 1), ("同意", 2), ("不转交", 3) })
        {
            await shared.Feishu.SayAsync(_owner, said);
            await ReadAsync(count);
            await shared.Ding.SayAsync(other, said.Replace("163", "164", StringComparison.Ordinal));
            await Robots.UntilAsync(() => shared.Ding.Ledger(other).Count >= count, $"{count} answers");
            shared.Clock.Advance(TimeSpan.FromSeconds(2));
        }
        long id;
        shared.Clock.SetUtcNow(new(shared.Clock.GetUtcNow().UtcDateTime.Date.AddDays(1).AddHours(2), TimeSpan.Zero));      // ten in the morning, no quiet hour
        await using (var db = shared.Open())
        {
            var community = await db.Communities.SingleAsync(c => c.Key == "chunhuiyuan", Robots.Stop);
            var campaign = CampaignSeeds.Planned(community, shared.Clock.GetUtcNow());
            db.Add(campaign);
            await db.SaveChangesAsync(Robots.Stop);
            id = campaign.Id;
        }

        var grain = shared.App.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(id);
        await grain.CarryOnAsync();
        await grain.CarryOnAsync();

        await using var after = shared.Open();
        var ends = await after.Deliveries.Where(d => d.CampaignId == id).Join(after.Contacts.Where(c => c.UserId == _owner || c.UserId == other), d => d.ContactId, c => c.Id, (d, c) => d).ToListAsync(Robots.Stop);
        Assert.Equal([("dingtalk", DeliveryState.Sent, null), ("feishu", DeliveryState.Sent, null)], ends.OrderBy(d => d.Channel).Select(d => (d.Channel, d.State, d.LastError)));
        Assert.All(ends, d => Assert.NotNull(d.MessageId));
        Assert.Equal(FeishuWay.Batch, Assert.Single(shared.Feishu.Ledger(_owner), read => read.Text.Contains("本周六开会", StringComparison.Ordinal)).Way);
        Assert.Equal(DingTalkWay.WorkNotice, Assert.Single(shared.Ding.Ledger(other), read => read.Text.Contains("本周六开会", StringComparison.Ordinal)).Way);
    }

    [Fact]
    public async Task A_notices_picture_is_handed_over_once_and_stands_in_the_card_with_its_description()
    {
        var (notice, jpeg) = await PicturedAsync();
        var channel = shared.App.Services.GetRequiredService<FeishuChannel>();
        var other = Hired($"{_owner}-2");
        var before = shared.Feishu.Images.Count;

        var first = await channel.SendManyAsync([To(Hired(_owner))], notice, $"1-{Guid.NewGuid():N}", Robots.Stop);
        var second = await channel.SendManyAsync([To(other)], notice with { SuggestedActions = new() { Actions = [new() { Type = "imBack", Title = "参加" }] } }, $"1-{Guid.NewGuid():N}", Robots.Stop);

        Assert.All([first, second], ends => Assert.Equal(SendClass.Ok, Assert.Single(ends).Class));
        Assert.Equal(before + 1, shared.Feishu.Images.Count);
        foreach (var reader in new[] { _owner, other })
        {
            var read = Assert.Single(shared.Feishu.Ledger(reader));
            var image = Assert.Single(read.Content["elements"]!.AsArray(), element => (string?)element!["tag"] == "img")!;
            Assert.Equal(("interactive", "周六开会。\n培训海报"), (read.Kind, read.Text));
            Assert.Equal(jpeg, shared.Feishu.Images[(string)image["img_key"]!]);
            Assert.Equal(reader == other ? ["参加"] : [], read.Buttons.Select(button => button.Text));
        }
    }

    [Fact]
    public async Task An_application_that_may_not_upload_gives_the_address_and_a_vendor_that_is_down_waits()
    {
        var (notice, _) = await PicturedAsync();
        var channel = shared.App.Services.GetRequiredService<FeishuChannel>();
        shared.Feishu.Faults.Next(VendorFault.Broken, VendorFault.Broken, VendorFault.Broken);
        var down = await channel.SendAsync(To(Hired(_owner)), notice, $"delivery/{_owner}", Robots.Stop);
        Assert.Equal((SendClass.Transient, 0), (down.Class, shared.Feishu.Ledger(_owner).Count));

        shared.Feishu.MayUpload = false;
        try
        {
            Assert.Equal(SendClass.Ok, (await channel.SendAsync(To(_owner), notice, $"delivery/{_owner}", Robots.Stop)).Class);
        }
        finally
        {
            shared.Feishu.MayUpload = true;
        }

        var read = Assert.Single(shared.Feishu.Ledger(_owner));
        Assert.Equal("text", read.Kind);
        Assert.StartsWith("周六开会。\n图片（培训海报）：https://ywh.example.org/pictures/", read.Text, StringComparison.Ordinal);
    }

    private async Task<(Activity Notice, byte[] Jpeg)> PicturedAsync()
    {
        var file = TestPictures.RedAndBlue(60, 40);
        var taken = (await shared.App.Services.GetRequiredService<NoticePictures>().TakeAsync(new Microsoft.AspNetCore.Http.FormFile(new MemoryStream(file), 0, file.Length, "picture", "x.jpg"), Robots.Stop)).File!;
        var picture = new NoticePicture(taken.Id, "培训海报", taken.Width, taken.Height).At("https://ywh.example.org");
        return (new() { Type = ActivityTypes.Message, Text = "周六开会。", Attachments = [picture.ToAttachment()] }, taken.Bytes);
    }

    private static ConversationReference To(string openId) => new() { ChannelId = "feishu", Account = "default", ConversationId = openId, UserId = openId };

    private Task<FeishuPushed> EnterAsync(string lastMessage) => shared.Feishu.EventAsync("im.chat.access_event.bot_p2p_chat_entered_v1", new()
    {
        ["chat_id"] = "oc-" + _owner,
        ["operator_id"] = new JsonObject { ["open_id"] = Hired(_owner) },
        ["last_message_id"] = lastMessage,
    });

    private string Hired(string openId)
    {
        shared.Feishu.Hire(openId);
        return openId;
    }

    private Task<FeishuPushed> TapAsync(FeishuRead card, string title) => shared.Feishu.TapAsync(_owner, card.MessageId, card.Buttons.Single(button => button.Text == title).Value);

    private async Task<IReadOnlyList<FeishuRead>> ReadAsync(int count)
    {
        await Robots.UntilAsync(() => shared.Feishu.Ledger(_owner).Count >= count, $"{count} messages; refused with {string.Join(' ', shared.Feishu.Refusals)}");
        return shared.Feishu.Ledger(_owner);
    }
}
