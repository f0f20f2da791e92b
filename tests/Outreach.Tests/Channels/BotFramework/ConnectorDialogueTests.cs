using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.BotFramework;

/// <summary>What owners in the apps behind Azure Bot Service read.</summary>
[Collection(CalledBackApps.Name)]
public sealed class ConnectorDialogueTests(CalledBack shared)
{
    private readonly string _conversation = $"a:b|c/{Guid.NewGuid():N}";      // ids may hold anything
    private readonly string _user = $"29:{Guid.NewGuid():N}";
    private int _said;

    [Fact]
    public async Task Teams_greets_answers_with_its_ground_and_signs_up_to_the_receipt()
    {
        await JoinAsync("msteams");
        var greeting = (await ReadAsync(1))[0];
        Assert.StartsWith("您好，我是业委会助手", greeting.Text, StringComparison.Ordinal);
        Assert.StartsWith("join-", greeting.ReplyTo, StringComparison.Ordinal);
        Assert.Equal(["怎么成立", "我要登记", "小区进展"], ButtonsOf(greeting));
        Assert.Null(greeting.Activity["suggestedActions"]);
        Assert.Equal("application/vnd.microsoft.card.adaptive", (string?)Assert.Single(greeting.Activity["attachments"]!.AsArray())!["contentType"]);
        Assert.Equal(greeting.Text, (string?)greeting.Activity["attachments"]![0]!["content"]!["fallbackText"]);

        await SayAsync("msteams", "换物业要多少人同意");
        var answer = (await ReadAsync(2))[1];
        Assert.Equal("in-1", answer.ReplyTo);
        Assert.Contains("依据：《", answer.Text, StringComparison.Ordinal);
        Assert.Contains(answer.Activity["entities"]!.AsArray(), entity => entity?["citation"] is JsonArray { Count: > 0 });
        Assert.Null(answer.Activity["channelData"]);
        var opened = ActionsOf(answer).Single(action => (string?)action["title"] == "看依据")["card"]!["body"]!.AsArray();
        Assert.Contains(opened, line => ((string?)line!["inlines"]![0]!["text"])!.Contains("《民法典》", StringComparison.Ordinal));
        Assert.Contains(opened, line => ((string?)line!["inlines"]![0]!["text"])!.Contains("起施行", StringComparison.Ordinal));

        await SayAsync("msteams", "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000123");
        Assert.Equal(["同意", "不同意"], ButtonsOf((await ReadAsync(3))[2]));
        await SayAsync("msteams", "同意");
        var check = ButtonsOf((await ReadAsync(4))[3]);      // the summary's card, then the consent's
        Assert.Equal(["同意转交", "不转交"], check.Where(button => button.EndsWith("转交", StringComparison.Ordinal)));
        Assert.Equal(check.Distinct(), check);
        await SayAsync("msteams", "同意转交");
        Assert.StartsWith("登记好了", (await ReadAsync(5))[4].Text, StringComparison.Ordinal);

        await JoinAsync("msteams");      // once a conversation
        await SayAsync("msteams", "谢谢");
        Assert.Equal(6, (await ReadAsync(6)).Count);
        Assert.All((await ReadAsync(6))[1..], entry => Assert.Equal((string?)entry.Activity["replyToId"], entry.ReplyTo));
        Assert.DoesNotContain(shared.Connector.Refusals, refusal => refusal.StartsWith("400", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_without_buttons_numbers_the_choices_and_takes_a_number()
    {
        await JoinAsync("email");
        await ReadAsync(1);
        await SayAsync("email", "1");
        await ReadAsync(2);
        await SayAsync("email", "1");

        var read = await ReadAsync(3);

        Assert.EndsWith("\n1. 怎么成立\n2. 我要登记\n3. 小区进展", read[0].Text, StringComparison.Ordinal);
        Assert.Matches(@"^您问的是哪件？\n1\. [^\n]+？\n2\. [^\n]+\n(3\. [^\n]+\n)?\d\. 都不是$", read[1].Text);
        Assert.Contains("依据：《", read[2].Text, StringComparison.Ordinal);
        Assert.All(read, entry => Assert.Null(entry.Activity["suggestedActions"]));
    }

    [Fact]
    public async Task What_a_card_shows_is_plain_words_and_its_buttons_say_theirs()
    {
        await SayAsync("msteams", "我是锦绣花园3号楼2单元501的业主，我叫演示甲，支持成立业委会，电话13900000127");
        var collect = (await ReadAsync(1))[0];
        Assert.Equal(["同意", "不同意"], ButtonsOf(collect));
        Assert.Contains(collect.Activity["summary"]!.ToString(), (string)collect.Activity["attachments"]![0]!["content"]!["fallbackText"]!, StringComparison.Ordinal);

        await DeliverAsync(shared.Connector.Tap(collect, "同意", "tap-1"));
        var check = (await ReadAsync(2))[1];

        var lines = check.Activity["attachments"]![0]!["content"]!["body"]!.AsArray();
        Assert.All(lines, line => Assert.All(line!["inlines"]!.AsArray(), run => Assert.Equal("TextRun", (string?)run!["type"])));      // reads no markup
        Assert.Contains(lines, line => (string?)line!["inlines"]![0]!["text"] == "称呼：" && ((string)line["inlines"]![1]!["text"]!).Contains('甲', StringComparison.Ordinal));
        Assert.Contains("改房号", ButtonsOf(check));
        await DeliverAsync(shared.Connector.Tap(check, "不转交", "tap-2"));
        Assert.StartsWith("登记好了", (await ReadAsync(3))[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("msteams")]
    [InlineData("webchat")]
    public async Task A_verdict_on_an_answer_is_kept_with_it(string channel)
    {
        await SayAsync(channel, "换物业要多少人同意");
        var answer = (await ReadAsync(1))[0];

        await DeliverAsync(shared.Connector.Tap(answer, "没答对", "tap-1"));

        Assert.StartsWith("没答到点上", (await ReadAsync(2))[1].Text, StringComparison.Ordinal);
        await using var db = shared.Open();
        var conversation = await shared.FindAsync(_conversation);
        var kept = await db.Set<AnswerFeedback>().SingleAsync(f => db.Set<Message>().Any(m => m.Id == f.MessageId && m.ConversationId == conversation!.Id), CalledBack.Stop);
        Assert.Equal(FeedbackVerdict.Wrong, kept.Verdict);
    }

    [Fact]
    public async Task A_tap_that_comes_as_an_invoke_is_answered_in_its_shape_and_is_one_turn_however_often_it_comes()
    {
        var tap = Invoke("adaptiveCard/action", new JsonObject { ["type"] = "Action.Execute", ["data"] = new JsonObject { ["say"] = "换物业要多少人同意" } });

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Connector.DeliverAsync(shared.App.Address, tap)));
        await shared.UntilSentAsync(_conversation);

        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(CalledBack.Stop))!;
            Assert.Equal((200, "application/vnd.microsoft.activity.message", "已选：换物业要多少人同意"), ((int)body["statusCode"]!, (string)body["type"]!, (string)body["value"]!));
        }
        Assert.Contains("依据：《", Assert.Single(await ReadAsync(1)).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await shared.MessagesAsync(_conversation)).Count);
    }

    [Fact]
    public async Task An_invoke_that_expects_replies_gets_them_with_its_own_answer_as_the_last()
    {
        var tap = Invoke("adaptiveCard/action", new JsonObject { ["type"] = "Action.Execute", ["data"] = new JsonObject { ["say"] = "换物业要多少人同意" } });
        tap["deliveryMode"] = "expectReplies";

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, tap);

        var activities = JsonNode.Parse(await answer.Content.ReadAsStringAsync(CalledBack.Stop))!["activities"]!.AsArray();
        Assert.Equal(["message", "invokeResponse"], activities.Select(activity => (string?)activity!["type"]));
        Assert.Contains("依据：《", (string?)activities[0]!["text"], StringComparison.Ordinal);
        Assert.Equal(200, (int)activities[1]!["value"]!["status"]!);
        await shared.UntilSentAsync(_conversation);
        Assert.Empty(shared.Connector.Ledger(_conversation));
    }

    [Theory]
    [InlineData("adaptiveCard/action", null, HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("adaptiveCard/action", "{}", HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("adaptiveCard/action", """{"type":7}""", HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("adaptiveCard/action", """{"type":"Action.Submit","data":{"say":"x"}}""", HttpStatusCode.BadRequest, "NotSupported")]
    [InlineData("adaptiveCard/action", """{"type":"Action.Execute"}""", HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("adaptiveCard/action", """{"type":"Action.Execute","data":{"say":" "}}""", HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("adaptiveCard/action", """{"type":"Action.Execute","data":{"verdict":"great","answer":"1"}}""", HttpStatusCode.BadRequest, "BadRequest")]
    [InlineData("message/submitAction", "{}", HttpStatusCode.NotImplemented, null)]
    [InlineData("task/fetch", "{}", HttpStatusCode.NotImplemented, null)]
    public async Task An_invoke_that_is_none_of_ours_runs_no_turn(string name, string? action, HttpStatusCode status, string? code)
    {
        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, Invoke(name, action is null ? null : JsonNode.Parse(action)));

        Assert.Equal(status, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(CalledBack.Stop);
        Assert.Equal(code, body.Length == 0 ? null : (string?)JsonNode.Parse(body)!["value"]!["code"]);
        Assert.Null(await shared.FindAsync(_conversation));
    }

    [Fact]
    public async Task A_tap_in_a_group_is_answered_with_the_wish_to_write_alone()
    {
        var tap = Invoke("adaptiveCard/action", new JsonObject { ["type"] = "Action.Execute", ["data"] = new JsonObject { ["say"] = "同意" } });
        tap["conversation"]!["conversationType"] = "channel";

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, tap);

        Assert.Contains("私聊", await answer.Content.ReadAsStringAsync(CalledBack.Stop), StringComparison.Ordinal);
        Assert.Null(await shared.FindAsync(_conversation));
    }

    [Fact]
    public async Task A_button_whose_tap_brings_only_its_value_is_read()
    {
        var tap = Activity("webchat", null);
        tap["value"] = "我要登记";

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, tap);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Contains("小区", (await ReadAsync(1))[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExpectReplies_carries_all_answers_in_the_response_and_sends_none()
    {
        var activity = Activity("webchat", "换物业要多少人同意");
        activity["deliveryMode"] = "expectReplies";

        var first = await RepliesAsync(activity);
        var again = await RepliesAsync(activity);

        var reply = Assert.Single(first["activities"]!.AsArray())!;
        Assert.Equal("in-1", (string?)reply["replyToId"]);
        Assert.Contains("依据：《", (string?)reply["text"], StringComparison.Ordinal);
        Assert.Equal(first.ToJsonString(), again.ToJsonString());
        await shared.UntilSentAsync(_conversation);
        Assert.Empty(shared.Connector.Ledger(_conversation));

        async Task<JsonNode> RepliesAsync(JsonObject sent)
        {
            using var answer = await shared.Connector.DeliverAsync(shared.App.Address, sent);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(CalledBack.Stop))!;
        }
    }

    [Fact]
    public async Task One_message_delivered_three_times_at_once_is_one_turn_and_one_answer()
    {
        var activity = Activity("telegram", "换物业要多少人同意");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Connector.DeliverAsync(shared.App.Address, activity)));
        await shared.UntilSentAsync(_conversation);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        Assert.Single(await ReadAsync(1));
        Assert.Equal(2, (await shared.MessagesAsync(_conversation)).Count);
    }

    [Fact]
    public async Task Five_people_whose_messages_have_one_id_are_five_turns()
    {
        var conversations = Enumerable.Range(0, 5).Select(n => $"{_conversation}-{n}").ToList();

        await Task.WhenAll(conversations.Select((conversation, n) =>
            shared.Connector.DeliverAsync(shared.App.Address, shared.Connector.Activity("telegram", conversation, $"{_user}-{n}", "same", "谢谢"))));

        foreach (var conversation in conversations)
        {
            await shared.UntilSentAsync(conversation);
            Assert.Single(shared.Connector.Ledger(conversation));
        }
    }

    [Theory]
    [InlineData("groupChat", null)]
    [InlineData("channel", null)]
    [InlineData(null, true)]
    public async Task A_group_gets_one_polite_line_and_nothing_of_it_is_kept(string? type, bool? isGroup)
    {
        for (var delivery = 0; delivery < 2; delivery++)
        {
            var activity = shared.Connector.Activity("msteams", _conversation, _user, "in-group", "<at>业委会助手</at> 我家501漏水");
            activity["conversation"] = new JsonObject { ["id"] = _conversation, ["conversationType"] = type, ["isGroup"] = isGroup };
            if (type is null)
                activity["conversation"]!.AsObject().Remove("conversationType");
            if (isGroup is null)
                activity["conversation"]!.AsObject().Remove("isGroup");
            using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Contains("私聊", Assert.Single(shared.Connector.Ledger(_conversation)).Text, StringComparison.Ordinal);
        Assert.Null(await shared.FindAsync(_conversation));
    }

    [Fact]
    public async Task Who_calls_the_bot_in_a_group_of_Teams_finds_it_in_a_chat_of_their_own()
    {
        for (var call = 0; call < 2; call++)
        {
            var activity = InTeam("message");
            activity["text"] = "<at>业委会助手</at> 我家501漏水";
            using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        var chat = shared.Connector.ChatWith(_user)!;
        await CalledBack.UntilAsync(() => shared.Connector.Ledger(chat).Count > 0, "the greeting");

        Assert.StartsWith("您好，我是业委会助手", Assert.Single(shared.Connector.Ledger(chat)).Text, StringComparison.Ordinal);
        Assert.Contains("私聊", Assert.Single(shared.Connector.Ledger(_conversation)).Text, StringComparison.Ordinal);
        Assert.Null(await shared.FindAsync(_conversation));
        await shared.ReplyAsStaffAsync(chat, "您好，漏水的事可以报修。");
        await CalledBack.UntilAsync(() => shared.Connector.Ledger(chat).Count == 2, "what staff wrote");
    }

    [Theory]
    [InlineData("installationUpdate")]
    [InlineData("conversationUpdate")]
    public async Task A_group_that_takes_the_bot_in_is_told_to_write_alone_and_nobody_is_written_to(string type)
    {
        var activity = InTeam(type);
        if (type == "installationUpdate")
            activity["action"] = "add";
        else
            activity["membersAdded"] = new JsonArray(new JsonObject { ["id"] = (string?)activity["recipient"]!["id"] });

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("私聊", Assert.Single(shared.Connector.Ledger(_conversation)).Text, StringComparison.Ordinal);
        Assert.Null(shared.Connector.ChatWith(_user));
    }

    [Theory]
    [InlineData(VendorFault.None)]
    [InlineData(VendorFault.LosesAnswer)]
    public async Task A_chat_that_is_gone_is_opened_again_and_written_to_once(VendorFault whileOpening)
    {
        var first = Activity("msteams", "谢谢");
        first["conversation"]!["tenantId"] = shared.Connector.Tenant;
        await DeliverAsync(first);
        await ReadAsync(1);
        await shared.UntilSentAsync(_conversation);
        shared.Connector.Lose(_conversation);
        shared.Connector.Faults.Next(VendorFault.None, whileOpening);

        await shared.ReplyAsStaffAsync(_conversation, "第一句。");
        await shared.UntilSentAsync(_conversation);
        await shared.ReplyAsStaffAsync(_conversation, "第二句。");
        await shared.UntilSentAsync(_conversation);

        var chat = shared.Connector.ChatWith(_user)!;
        Assert.Equal(["第一句。", "第二句。"], shared.Connector.Ledger(chat).Select(entry => entry.Text[^4..]));
        Assert.All(shared.Connector.Ledger(chat), entry => Assert.Null(entry.ReplyTo));
        Assert.Single(shared.Connector.Ledger(_conversation));
    }

    [Fact]
    public async Task A_person_whose_chat_is_gone_and_who_has_no_organisation_is_left_alone()
    {
        await AskedAsync();
        shared.Connector.Lose(_conversation);

        await shared.ReplyAsStaffAsync(_conversation, "还在吗");
        await shared.UntilSentAsync(_conversation);

        Assert.Null(shared.Connector.ChatWith(_user));
    }

    [Fact]
    public async Task The_mention_of_the_bot_is_no_part_of_the_question()
    {
        var activity = Activity("msteams", "<at>业委会助手</at> 谢谢");
        activity["entities"] = new JsonArray(new JsonObject
        {
            ["type"] = "mention",
            ["text"] = "<at>业委会助手</at>",
            ["mentioned"] = new JsonObject { ["id"] = (string?)activity["recipient"]!["id"], ["name"] = "业委会助手" },
        });

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);

        await ReadAsync(1);
        Assert.DoesNotContain("助手", (await shared.MessagesAsync(_conversation))[0].Activity, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tokens_never_go_to_a_host_that_is_not_on_the_list()
    {
        var before = shared.Connector.TokenFetches;
        var activity = Activity("webchat", "谢谢");
        activity["serviceUrl"] = "https://attacker.example.com/amer/";

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
        await shared.UntilWaitingAsync(_conversation);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(before, shared.Connector.TokenFetches);
        Assert.Empty(shared.Connector.Ledger(_conversation));
    }

    [Fact]
    public async Task Staff_write_to_an_owner_who_was_there_before()
    {
        await AskedAsync();
        shared.Clock.Advance(TimeSpan.FromDays(3));

        await shared.ReplyAsStaffAsync(_conversation, "您好，周六上午九点碰头。");

        var note = (await ReadAsync(2))[1];
        Assert.Matches("^【.*工作人员】您好，周六上午九点碰头。$", note.Text);
        Assert.Null(note.ReplyTo);
    }

    [Theory]
    [InlineData(VendorFault.Broken)]
    [InlineData(VendorFault.BadGateway)]
    [InlineData(VendorFault.Precondition)]
    [InlineData(VendorFault.RevokesToken)]
    public async Task A_passing_trouble_of_the_vendor_costs_nothing(VendorFault fault)
    {
        await AskedAsync();
        shared.Connector.Faults.Next(fault);

        await shared.ReplyAsStaffAsync(_conversation, "在的。");

        Assert.Equal(2, (await ReadAsync(2)).Count);
        await shared.UntilSentAsync(_conversation);
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    public async Task A_message_whose_answer_was_lost_is_not_sent_again(VendorFault fault)
    {
        await AskedAsync();
        shared.Connector.Faults.Next(fault);

        await shared.ReplyAsStaffAsync(_conversation, "只读一次。");
        await shared.UntilSentAsync(_conversation);
        shared.Clock.Advance(TimeSpan.FromMinutes(10));
        await shared.RunDueAsync();
        await SayAsync("webchat", "谢谢");

        Assert.Single(await ReadAsync(3), entry => entry.Text.EndsWith("只读一次。", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_many_requests_wait_as_long_as_the_vendor_says()
    {
        await AskedAsync();
        shared.Connector.Faults.Next(VendorFault.TooMany);

        await shared.ReplyAsStaffAsync(_conversation, "稍后到。");
        await shared.UntilWaitingAsync(_conversation);
        shared.Clock.Advance(TimeSpan.FromSeconds(110));
        await shared.RunDueAsync();
        await SayAsync("webchat", "业委会几个人");      // what the owner writes meanwhile does not hurry the vendor
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, CalledBack.Stop);
        Assert.Single(shared.Connector.Ledger(_conversation));
        shared.Clock.Advance(TimeSpan.FromSeconds(40));
        await shared.RunDueAsync();

        var read = await ReadAsync(3);
        Assert.EndsWith("稍后到。", read[1].Text, StringComparison.Ordinal);
        Assert.Equal("in-2", read[2].ReplyTo);
    }

    [Fact]
    public async Task Ten_minutes_without_the_vendor_lose_nothing_and_keep_the_order()
    {
        await AskedAsync();
        shared.Connector.Faults.Lasting = VendorFault.Broken;
        try
        {
            foreach (var words in (string[])["第一句", "第二句", "第三句"])
                await shared.ReplyAsStaffAsync(_conversation, words);
            await shared.UntilWaitingAsync(_conversation);
            shared.Clock.Advance(TimeSpan.FromMinutes(10));
        }
        finally
        {
            shared.Connector.Faults.Lasting = VendorFault.None;
        }
        await shared.RunDueAsync();
        await shared.UntilSentAsync(_conversation);

        Assert.Equal(["第一句", "第二句", "第三句"], shared.Connector.Ledger(_conversation).Skip(1).Select(entry => entry.Text[^3..]));
    }

    [Fact]
    public async Task A_channel_that_takes_no_replies_gets_a_message_of_its_own()
    {
        shared.Connector.WithoutReply.Add("line");
        await SayAsync("line", "谢谢");

        Assert.Null((await ReadAsync(1))[0].ReplyTo);
    }

    [Fact]
    public async Task A_conversation_that_the_bot_was_taken_out_of_is_left_alone()
    {
        await AskedAsync();
        shared.Connector.Remove(_conversation);

        await shared.ReplyAsStaffAsync(_conversation, "还在吗");
        await shared.UntilSentAsync(_conversation);
        shared.Clock.Advance(TimeSpan.FromMinutes(10));
        await shared.RunDueAsync();

        Assert.Single(shared.Connector.Ledger(_conversation));
    }

    [Theory]
    [InlineData("installationUpdate")]
    [InlineData("contactRelationUpdate")]
    public async Task Who_installs_the_bot_is_greeted_once_and_who_removes_it_is_left_alone_until_they_come_back(string type)
    {
        await ChangeAsync(type, "add");
        Assert.StartsWith("您好，我是业委会助手", (await ReadAsync(1))[0].Text, StringComparison.Ordinal);
        await JoinAsync("msteams");
        await shared.UntilSentAsync(_conversation);
        Assert.Null(await UnreachableAsync());

        await ChangeAsync(type, "remove");
        Assert.NotNull(await UnreachableAsync());
        await SayAsync("msteams", "谢谢");

        Assert.Null(await UnreachableAsync());
        Assert.Equal(2, (await ReadAsync(2)).Count);

        async Task ChangeAsync(string name, string action)
        {
            var activity = shared.Connector.Activity("msteams", _conversation, _user, $"change-{Guid.NewGuid():N}", null);
            (activity["type"], activity["action"]) = (name, action);
            activity.Remove("text");
            using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_bot_that_is_taken_out_of_the_conversation_writes_to_it_no_more()
    {
        await AskedAsync();
        var activity = Activity("webchat", null);
        activity["type"] = "conversationUpdate";
        activity["membersRemoved"] = new JsonArray(new JsonObject { ["id"] = (string?)activity["recipient"]!["id"] });

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(await UnreachableAsync());
    }

    [Fact]
    public async Task Who_waits_longer_than_a_moment_sees_that_the_bot_writes()
    {
        Task<HttpResponseMessage> delivery;
        await using (await shared.HoldWritesAsync())
        {
            delivery = shared.Connector.DeliverAsync(shared.App.Address, Activity("msteams", "谢谢"));
            await CalledBack.UntilAsync(() => shared.Connector.Typings(_conversation) == 1, "the sign that the bot writes");
        }
        using var answer = await delivery;

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Single(await ReadAsync(1));
        Assert.Equal(1, shared.Connector.Typings(_conversation));
    }

    private async Task<DateTimeOffset?> UnreachableAsync()
    {
        await using var db = shared.Open();
        return await db.Contacts.Where(c => c.UserId == _user).Select(c => c.UnreachableSince).SingleAsync(CalledBack.Stop);
    }

    private JsonObject Activity(string channel, string? text) => shared.Connector.Activity(channel, _conversation, _user, $"in-{++_said}", text);

    /// <summary>Something in a channel of a team.</summary>
    private JsonObject InTeam(string type)
    {
        var activity = Activity("msteams", null);
        activity.Remove("text");
        activity["type"] = type;
        activity["conversation"] = new JsonObject { ["id"] = _conversation, ["conversationType"] = "channel", ["isGroup"] = true };
        activity["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = shared.Connector.Tenant } };
        return activity;
    }

    private JsonObject Invoke(string name, JsonNode? action)
    {
        var activity = Activity("msteams", null);
        activity.Remove("text");
        (activity["type"], activity["name"]) = ("invoke", name);
        if (action is not null)
            activity["value"] = new JsonObject { ["action"] = action };
        return activity;
    }

    private async Task DeliverAsync(JsonObject activity)
    {
        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task SayAsync(string channel, string text)
    {
        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, Activity(channel, text));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Theory]
    [InlineData("msteams", true)]
    [InlineData("telegram", true)]
    [InlineData("email", false)]
    public async Task A_notices_picture_is_attached_where_the_app_shows_it_and_a_line_elsewhere(string channel, bool isAttached)
    {
        await SayAsync(channel, "谢谢");
        await ReadAsync(1);
        await shared.UntilSentAsync(_conversation);
        var to = JsonSerializer.Deserialize((await shared.FindAsync(_conversation))!.Reference!, ActivityJson.Default.ConversationReference)!;
        var notice = new Activity { Type = ActivityTypes.Message, Text = "周六开会。", Attachments = [new Picture("https://ywh.example.org/pictures/0a1b.jpg", "培训海报", 1080, 720).ToAttachment()] };

        var sent = await shared.App.Services.GetRequiredService<ChannelSet>().Find("botframework")!.SendAsync(to, notice, "delivery/1", CalledBack.Stop);

        Assert.Equal(SendClass.Ok, sent.Class);
        var read = (await ReadAsync(2))[1];
        Assert.Equal(isAttached ? "周六开会。" : "周六开会。\n图片（培训海报）：https://ywh.example.org/pictures/0a1b.jpg", read.Text);
        var attached = read.Activity["attachments"]?.AsArray().SingleOrDefault(one => (string?)one!["contentType"] == "image/jpeg");
        Assert.Equal(isAttached ? "培训海报 https://ywh.example.org/pictures/0a1b.jpg" : null, attached is null ? null : $"{attached["name"]} {attached["contentUrl"]}");
    }

    private async Task AskedAsync()
    {
        await SayAsync("webchat", "谢谢");
        await ReadAsync(1);
        await shared.UntilSentAsync(_conversation);
    }

    private async Task JoinAsync(string channel)
    {
        var activity = shared.Connector.Activity(channel, _conversation, _user, $"join-{Guid.NewGuid():N}", null);
        activity["type"] = "conversationUpdate";
        activity.Remove("text");
        activity["membersAdded"] = new JsonArray(new JsonObject { ["id"] = (string?)activity["recipient"]!["id"] }, new JsonObject { ["id"] = _user });
        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>What the person read, once it is that much.</summary>
    private async Task<List<ConnectorEntry>> ReadAsync(int count)
    {
        await CalledBack.UntilAsync(() => shared.Connector.Ledger(_conversation).Count >= count, $"{count} messages, refused: {string.Join("; ", shared.Connector.Refusals)}");
        return [.. shared.Connector.Ledger(_conversation)];
    }

    private static List<string> ButtonsOf(ConnectorEntry entry) =>
        [.. ActionsOf(entry).Where(action => (string?)action["data"]?["say"] is not null).Select(action => (string)action["title"]!)];

    private static IEnumerable<JsonNode> ActionsOf(ConnectorEntry entry) =>
        (entry.Activity["attachments"]?.AsArray() ?? []).SelectMany(card => card!["content"]!["actions"]?.AsArray() ?? []).Select(action => action!);
}
