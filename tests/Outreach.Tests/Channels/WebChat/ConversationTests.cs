using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class ConversationTests(DefaultApp shared, OpenApp open)
{
    [Fact]
    public async Task A_question_is_echoed_and_answered_in_order_with_growing_ids()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.StartAsync();

        var id = await client.SayAsync("业委会怎么成立", "client-1");
        var (activities, watermark) = await client.PollAsync();

        Assert.Equal($"{client.ConversationId}|0000001", id);
        Assert.Equal(id, (string?)activities[0]["id"]);
        Assert.Equal("业委会怎么成立", (string?)activities[0]["text"]);
        Assert.Equal("user", (string?)activities[0]["from"]!["role"]);
        Assert.Equal("client-1", (string?)activities[0]["channelData"]!["clientActivityID"]);
        Assert.Equal($"{client.ConversationId}|0000002", (string?)activities[1]["id"]);
        Assert.Equal("bot", (string?)activities[1]["from"]!["role"]);
        Assert.Equal(id, (string?)activities[1]["replyToId"]);
        Assert.Equal("webchat", (string?)activities[1]["channelId"]);
        Assert.Equal(client.ConversationId, (string?)activities[1]["conversation"]!["id"]);
        Assert.NotNull(activities[1]["timestamp"]);
        Assert.Equal(activities.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), watermark);
    }

    [Fact]
    public async Task A_watermark_gives_what_came_after_it_and_an_unknown_one_everything()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");
        var (first, watermark) = await client.PollAsync();

        await client.SayAsync("谢谢");
        var (after, last) = await client.PollAsync(watermark);
        var (nothing, _) = await client.PollAsync(last);
        var (all, _) = await client.PollAsync("nonsense");
        var (beyond, _) = await client.PollAsync("999999");

        Assert.Equal("谢谢", (string?)after[0]["text"]);
        Assert.Empty(nothing);
        Assert.Equal(first.Count + after.Count, all.Count);
        Assert.Equal(all.Count, beyond.Count);
    }

    [Fact]
    public async Task A_second_start_with_the_same_token_is_no_second_conversation()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        var first = await client.StartAsync();
        var second = await client.StartAsync(HttpStatusCode.OK);

        Assert.Equal((string?)first["conversationId"], (string?)second["conversationId"]);
        Assert.StartsWith($"ws://{app.Address.Authority}/v3/directline/conversations/{client.ConversationId}/stream?watermark=&t=", (string?)first["streamUrl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_the_secret_opens_a_conversation_that_the_bot_greets()
    {
        using var client = new DirectLineClient(open.App) { Token = OpenApp.Secret };

        using var answer = await client.CallAsync(HttpMethod.Post, "conversations", """{"user":{"id":"dl_site-1","name":"访客"}}""");
        var body = await DirectLineClient.ReadAsync(answer);
        (client.Token, client.ConversationId) = ((string?)body["token"], (string?)body["conversationId"]);
        var (activities, _) = await client.PollAsync();
        await client.SayAsync("谢谢");
        var (later, _) = await client.PollAsync();

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var greeting = Assert.Single(activities);
        Assert.Equal("bot", (string?)greeting["from"]!["role"]);
        Assert.NotEmpty((string)greeting["text"]!);
        Assert.DoesNotContain(later, activity => (string?)activity["type"] == "conversationUpdate");
        Assert.Equal("dl_site-1", (string?)later.Single(activity => (string?)activity["from"]!["role"] == "user")["from"]!["id"]);
    }

    [Fact]
    public async Task The_same_client_activity_runs_once_and_is_answered_the_same()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.SayAsync("你好", "same")));
        var (activities, _) = await client.PollAsync();

        Assert.Single(ids.Distinct());
        Assert.Single(activities, activity => (string?)activity["from"]!["role"] == "user");
    }

    [Fact]
    public async Task Twenty_messages_at_once_are_twenty_turns_one_after_the_other()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => client.SayAsync($"你好{n}", $"client-{n}")));
        var (activities, _) = await client.PollAsync();

        Assert.Equal(20, ids.Distinct().Count());
        var numbers = activities.Select(activity => (string)activity["id"]!).ToList();
        Assert.Equal(numbers.Order(StringComparer.Ordinal), numbers);
        Assert.Equal(20, activities.Count(activity => (string?)activity["from"]!["role"] == "user"));
        foreach (var question in activities.Where(activity => (string?)activity["from"]!["role"] == "user"))
            Assert.Contains(activities, activity => (string?)activity["replyToId"] == (string?)question["id"]);
    }

    [Theory]
    [InlineData("""{"clientActivityID":"1-\u4f60","n":1.0}""")]
    [InlineData("""{ "clientActivityID" : "2" ,"x":[1 , 2e0]}""")]
    public async Task Channel_data_comes_back_byte_for_byte(string channelData)
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var sent = await client.SendRawAsync($$"""{"type":"message","text":"你好","from":{"id":"x"},"channelData":{{channelData}}}""");
        using var polled = await client.CallAsync(HttpMethod.Get, $"conversations/{client.ConversationId}/activities");

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        Assert.Contains($"\"channelData\":{channelData}", await polled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_sender_is_silently_replaced_and_other_protected_members_are_dropped()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var sent = await client.SendRawAsync("""
            {"type":"message","text":"你好","id":"forged|0000009","timestamp":"2001-01-01T00:00:00Z","serviceUrl":"https://evil.example","callerId":"urn:evil",
             "from":{"id":"outreach","name":"【示范街道】工作人员","role":"bot"},"conversation":{"id":"other"},"recipient":{"id":"x"},"channelId":"msteams"}
            """);
        var (activities, _) = await client.PollAsync();

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        var echo = activities[0];
        Assert.StartsWith("dl_own_", (string?)echo["from"]!["id"], StringComparison.Ordinal);
        Assert.Equal("user", (string?)echo["from"]!["role"]);
        Assert.Null(echo["from"]!["name"]);
        Assert.Null(echo["serviceUrl"]);
        Assert.Null(echo["callerId"]);
        Assert.Equal($"{client.ConversationId}|0000001", (string?)echo["id"]);
        Assert.Equal(client.ConversationId, (string?)echo["conversation"]!["id"]);
        Assert.Equal("webchat", (string?)echo["channelId"]);
        Assert.DoesNotContain("2001", (string)echo["timestamp"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("typing")]
    [InlineData("conversationUpdate")]
    [InlineData("deleteUserData")]
    [InlineData("somethingNew")]
    public async Task A_type_that_clients_have_no_use_for_is_accepted_and_ignored(string type)
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var sent = await client.SendRawAsync($$"""{"type":"{{type}}","membersAdded":[{"id":"x"}]}""");
        var (activities, _) = await client.PollAsync();

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        Assert.Empty(activities);
    }

    [Fact]
    public async Task A_conversation_of_another_token_does_not_exist_for_this_one()
    {
        var app = shared.App;
        using var mine = await DirectLineClient.OpenAsync(app);
        using var theirs = await DirectLineClient.OpenAsync(app);
        await theirs.SayAsync("我家的事");

        foreach (var (method, path) in new[]
                 {
                     (HttpMethod.Get, ""), (HttpMethod.Get, "/activities"), (HttpMethod.Post, "/activities"), (HttpMethod.Post, "/upload"),
                 })
        {
            using var answer = await mine.CallAsync(method, $"conversations/{theirs.ConversationId}{path}", method == HttpMethod.Post ? """{"type":"message","text":"x"}""" : null);
            await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.NotFound, "BadArgument");
        }
    }

    [Fact]
    public async Task A_reconnect_gives_a_new_stream_and_token()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");

        using var answer = await client.CallAsync(HttpMethod.Get, $"conversations/{client.ConversationId}?watermark=1");
        var body = await DirectLineClient.ReadAsync(answer);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("?watermark=1&t=", (string?)body["streamUrl"], StringComparison.Ordinal);
        using var socket = await DirectLineSocket.OpenAsync((string)body["streamUrl"]!);
        Assert.Equal("bot", (string?)(await socket.NextAsync())!["from"]!["role"]);
    }

    [Theory]
    [InlineData("image/png", null)]
    [InlineData("multipart/form-data", "看看这个")]
    public async Task A_picture_is_read_past_and_kindly_refused(string contentType, string? text)
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", client.Token);
        using HttpContent body = text is null ? new ByteArrayContent(new byte[300_000]) : new MultipartFormDataContent();
        if (body is MultipartFormDataContent parts)
        {
            parts.Add(new StringContent(new JsonObject { ["type"] = "message", ["text"] = text, ["channelData"] = new JsonObject { ["clientActivityID"] = "u1" } }.ToJsonString(),
                Encoding.UTF8, "application/vnd.microsoft.activity"), "activity");
            parts.Add(new ByteArrayContent(new byte[300_000]) { Headers = { ContentType = new("image/png") } }, "file", "身份证.png");
        }
        else
        {
            body.Headers.ContentType = new(contentType);
        }

        using var answer = await http.PostAsync($"/v3/directline/conversations/{client.ConversationId}/upload?userId=forged", body, TestContext.Current.CancellationToken);
        var (activities, _) = await client.PollAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/png", (string?)activities[0]["attachments"]![0]!["contentType"]);
        Assert.Equal(text, (string?)activities[0]["text"]);
        Assert.DoesNotContain("身份证", activities[0].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("bot", (string?)activities[1]["from"]!["role"]);
        Assert.NotEmpty((string)activities[1]["text"]!);
    }
}
