using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class BadInputTests(DefaultApp shared, ClockApp timed)
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"message\"")]
    [InlineData("""{"text":"no type"}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"message","text":{"a":1}}""")]
    [InlineData("""{"type":"message","timestamp":"yesterday","text":"x"}""")]
    [InlineData("""{"type":"message","text":"\ud800"}""")]
    [InlineData("""{"type":"message","text":"x","channelData":{"clientActivityID":"\udc00"}}""")]
    [InlineData("""{"type":"message","text":"x","channelData":{"\ud800":1}}""")]
    [InlineData("""{"type":"message","text":"x","id":"\ud83d"}""")]
    [InlineData("""{"type":"message","value":"\ud800"}""")]
    [InlineData("""{"type":"event","name":"outreach/community","value":{"key":"\ud800"}}""")]
    [InlineData("""{"type":"event","name":"outreach/feedback","value":{"verdict":"\ud800","activityId":"|1"}}""")]
    [InlineData("""{"type":"message","text":"x","somethingNew":["\ud800"]}""")]
    [InlineData("""{"type":"message"}""")]
    [InlineData("""{"type":"message","text":"  "}""")]
    [InlineData("""{"type":"message","text":"\u0000"}""")]
    [InlineData("""{"type":"message","text":"x","deliveryMode":"expectReplies"}""")]
    public async Task A_body_that_is_no_message_is_refused_and_nothing_is_stored(string body)
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var answer = await client.SendRawAsync(body);

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.BadRequest, "BadArgument");
        Assert.Equal(0, await CountAsync(app, client));
    }

    [Fact]
    public async Task Json_nested_a_thousand_deep_is_refused()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var answer = await client.SendRawAsync($$"""{"type":"message","text":"x","channelData":{{new string('[', 1000)}}{{new string(']', 1000)}}}""");

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.BadRequest, "BadArgument");
    }

    [Theory]
    [InlineData(1024 * 1024, 'a')]
    [InlineData(260 * 1024, '业')]
    public async Task A_message_over_the_limit_is_too_big(int length, char letter)
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var answer = await client.SendRawAsync($$"""{"type":"message","text":"{{new string(letter, length)}}"}""");

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge, "MessageSizeTooBig");
        Assert.Equal(0, await CountAsync(app, client));
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_cut_off_at_the_limit()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", client.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v3/directline/conversations/{client.ConversationId}/activities");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StringContent($$"""{"type":"message","text":"{{new string('a', 2 * 1024 * 1024)}}"}""", Encoding.UTF8, "application/json");

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge, "MessageSizeTooBig");
    }

    [Fact]
    public async Task Five_thousand_emoji_get_a_kind_answer()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        await client.SayAsync(string.Concat(Enumerable.Repeat("👍🏽", 5000)));
        var (activities, _) = await client.PollAsync();

        Assert.Contains(activities, activity => (string?)activity["from"]!["role"] == "bot" && ((string?)activity["text"])?.Length > 0);
    }

    [Fact]
    public async Task Null_and_control_characters_are_dropped_and_line_breaks_stay()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        using var answer = await client.SendRawAsync("""{"type":"message","text":"你\u0000好\u0007\n在\t吗\u001b"}""");
        var (activities, _) = await client.PollAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("你好\n在\t吗", (string?)activities[0]["text"]);
        Assert.Equal("bot", (string?)activities[1]["from"]!["role"]);
    }

    [Fact]
    public async Task Html_stays_text()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);

        await client.SayAsync("<script>alert(1)</script><img src=x onerror=alert(1)>");
        using var polled = await client.CallAsync(HttpMethod.Get, $"conversations/{client.ConversationId}/activities");
        var (activities, _) = await client.PollAsync();

        Assert.Equal("application/json", polled.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(polled.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("<script>alert(1)</script><img src=x onerror=alert(1)>", (string?)activities[0]["text"]);
        Assert.Equal("bot", (string?)activities[1]["from"]!["role"]);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_broken_upload_is_refused(string contentType)
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", client.Token);
        using var body = new ByteArrayContent("nothing like that"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var answer = await http.PostAsync($"/v3/directline/conversations/{client.ConversationId}/upload", body, TestContext.Current.CancellationToken);

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.BadRequest, "BadArgument");
    }

    [Fact]
    public async Task An_upload_over_the_limit_is_too_big()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var http = app.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", client.Token);
        using var body = new ByteArrayContent(new byte[9 * 1024 * 1024]);
        body.Headers.ContentType = new("video/mp4");

        using var answer = await http.PostAsync($"/v3/directline/conversations/{client.ConversationId}/upload", body, TestContext.Current.CancellationToken);

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge, "MessageSizeTooBig");
    }

    [Fact]
    public async Task Too_many_messages_get_a_kind_refusal_that_says_when_to_come_back()
    {
        var app = timed.App;
        using var client = await DirectLineClient.OpenAsync(app);
        for (var n = 0; n < 3; n++)
            await client.SayAsync("你好");

        using var answer = await client.SendRawAsync("""{"type":"message","text":"你好"}""");

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.TooManyRequests, "TooManyRequests");
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        Assert.Contains("您发得有点快", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_that_fails_says_so_in_the_protocols_words_and_the_next_one_works()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var whole = await db.Database.SqlQueryRaw<string>("SELECT \"Reference\" AS \"Value\" FROM \"Conversations\" WHERE \"ChannelConversationId\" = {0}", client.ConversationId!).SingleAsync(TestContext.Current.CancellationToken);
        await SetReferenceAsync(db, client, "not a cipher");

        using var failed = await client.SendRawAsync("""{"type":"message","text":"谢谢","channelData":{"clientActivityID":"again"}}""");
        await SetReferenceAsync(db, client, whole);
        await client.SayAsync("谢谢", "again");

        await DirectLineClient.AssertErrorAsync(failed, HttpStatusCode.BadGateway, "BotRejectedActivity");
        var (activities, _) = await client.PollAsync();
        Assert.Equal(2, activities.Count(activity => (string?)activity["from"]!["role"] == "user"));
    }

    private static Task<int> SetReferenceAsync(OutreachDb db, DirectLineClient client, string value) => db.WriteAsync(
        () => db.Database.ExecuteSqlAsync($"UPDATE \"Conversations\" SET \"Reference\" = {value} WHERE \"ChannelConversationId\" = {client.ConversationId}", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

    private static async Task<int> CountAsync(OutreachApp app, DirectLineClient client)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await db.Conversations.CountAsync(c => c.ChannelConversationId == client.ConversationId, TestContext.Current.CancellationToken);
    }
}
