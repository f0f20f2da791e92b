using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class WebChatChannelTests(DefaultApp shared)
{
    private static readonly Activity Notice = new() { Type = ActivityTypes.Message, Text = "通知：周六上午9:00培训" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_notice_arrives_in_the_open_chat_and_is_sent_when_it_is_written()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");
        using var socket = await client.ConnectAsync((string)(await client.StartAsync(System.Net.HttpStatusCode.OK))["streamUrl"]!);

        var result = await ChannelOf(app).SendAsync(To(client), Notice, "delivery/17", Stop);
        var shown = await socket.NextAsync(activity => (string?)activity["text"] == Notice.Text);

        Assert.Equal(SendClass.Ok, result.Class);
        Assert.Equal(result.MessageId, (string?)shown["id"]);
        Assert.Equal("bot", (string?)shown["from"]!["role"]);
        await using var db = await OpenAsync(app);
        var conversation = await db.Conversations.SingleAsync(c => c.ChannelConversationId == client.ConversationId, Stop);
        Assert.NotNull((await db.Messages.AsNoTracking().SingleAsync(m => m.ConversationId == conversation.Id && m.OutgoingKey == "delivery/17", Stop)).SentAt);
    }

    [Fact]
    public async Task The_same_key_twenty_times_at_once_is_one_message()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");
        var (before, _) = await client.PollAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ChannelOf(app).SendAsync(To(client), Notice, "delivery/17", Stop)));
        var (after, _) = await client.PollAsync();

        Assert.All(results, result => Assert.Equal(SendClass.Ok, result.Class));
        Assert.Single(results.Select(result => result.MessageId).Distinct());
        Assert.Equal(before.Count + 1, after.Count);
    }

    [Fact]
    public async Task Notices_and_turns_at_once_keep_one_numbering()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 15).Select(n => ChannelOf(app).SendAsync(To(client), Notice, $"delivery/{n}", Stop))),
            Task.WhenAll(Enumerable.Range(0, 15).Select(n => client.SayAsync($"谢谢{n}", $"c{n}"))));
        var (activities, watermark) = await client.PollAsync();

        Assert.Equal(15, activities.Count(activity => (string?)activity["text"] == Notice.Text));
        Assert.Equal(16, activities.Count(activity => (string?)activity["from"]!["role"] == "user"));
        Assert.Equal(activities.Count, activities.Select(activity => (string?)activity["id"]).Distinct().Count());
        Assert.Equal(activities.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), watermark);
    }

    [Fact]
    public async Task A_conversation_that_is_not_there_is_a_recipient_who_is_gone()
    {
        var app = shared.App;

        var result = await ChannelOf(app).SendAsync(
            new() { ChannelId = "webchat", Account = "default", ConversationId = "none", UserId = "dl_none" }, Notice, "delivery/1", Stop);

        Assert.Equal(SendClass.RecipientGone, result.Class);
    }

    private static IChannel ChannelOf(OutreachApp app) => app.Services.GetRequiredService<ChannelSet>().Find("webchat")!;

    private static ConversationReference To(DirectLineClient client) =>
        new() { ChannelId = "webchat", Account = "default", ConversationId = client.ConversationId!, UserId = "dl" };

    private static async Task<OutreachDb> OpenAsync(OutreachApp app) =>
        await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(Stop);
}
