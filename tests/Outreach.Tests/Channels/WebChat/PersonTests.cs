using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Activities;
using Outreach.Channels.WebChat;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class PersonTests(DefaultApp shared, ClockApp timed)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Visits_without_a_message_leave_no_row()
    {
        var app = shared.App;
        var before = await CountAsync(app);

        for (var n = 0; n < 5; n++)
        {
            using var client = await DirectLineClient.OpenAsync(app);
            await client.StartAsync();
            await client.PollAsync();
        }

        Assert.Equal(before, await CountAsync(app));
    }

    [Fact]
    public async Task Who_comes_back_after_eight_days_finds_the_conversation_and_the_notice_that_came_meanwhile()
    {
        var (app, clock) = (timed.App, timed.Clock);
        using var before = await DirectLineClient.OpenAsync(app);
        await before.SayAsync("业委会怎么成立");

        clock.Advance(TimeSpan.FromDays(8));
        await SendAsync(app, before.ConversationId!, "通知：周六上午9:00培训", "delivery/1");
        using var after = await DirectLineClient.OpenAsync(app, before.Cookie);
        var (activities, _) = await after.PollAsync();

        Assert.Equal(before.ConversationId, after.ConversationId);
        Assert.Equal(before.Cookie, after.Cookie);
        Assert.Equal("业委会怎么成立", (string?)activities[0]["text"]);
        Assert.Equal("通知：周六上午9:00培训", (string?)activities[^1]["text"]);
    }

    [Fact]
    public async Task The_cookie_is_nowhere_in_the_database()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");

        await using var db = await OpenAsync(app);
        var person = await (from conversation in db.Conversations
                            where conversation.ChannelConversationId == client.ConversationId
                            join contact in db.Contacts on conversation.ContactId equals contact.Id
                            join known in db.WebChatPersons on contact.UserId equals known.UserId
                            select known).SingleAsync(Stop);
        var cookie = client.Cookie!.Split('=')[1];
        Assert.DoesNotContain(cookie[..12], person.CookieHash + person.UserId + client.ConversationId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_tabs_of_a_new_visitor_share_one_conversation()
    {
        var app = shared.App;
        var (persons, conversations, _) = await CountAsync(app);
        using var first = await DirectLineClient.OpenAsync(app);
        using var second = await DirectLineClient.OpenAsync(app, first.Cookie);

        await Task.WhenAll(first.SayAsync("你好"), second.SayAsync("谢谢"));

        Assert.Equal(first.ConversationId, second.ConversationId);
        var after = await CountAsync(app);
        Assert.Equal((persons + 1, conversations + 1), (after.Persons, after.Conversations));
    }

    [Fact]
    public async Task This_is_not_me_makes_a_new_person_and_the_old_cookie_leads_nowhere()
    {
        var app = shared.App;
        using var owner = await DirectLineClient.OpenAsync(app);
        await owner.SayAsync("我家的事");

        using var forgotten = await owner.CallAsync(HttpMethod.Post, "tokens/forget", null, ("Cookie", owner.Cookie!), ("Sec-Fetch-Site", "same-origin"));
        using var next = await DirectLineClient.OpenAsync(app);
        using var thief = await DirectLineClient.OpenAsync(app, owner.Cookie);

        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        Assert.StartsWith("outreach_person=; expires=Thu, 01 Jan 1970", Assert.Single(forgotten.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.NotEqual(owner.ConversationId, next.ConversationId);
        Assert.NotEqual(owner.ConversationId, thief.ConversationId);
        Assert.NotEqual(owner.Cookie, thief.Cookie);
        Assert.Empty((await thief.PollAsync()).Activities);
    }

    [Fact]
    public async Task Another_site_cannot_make_us_forget()
    {
        var app = shared.App;
        using var owner = await DirectLineClient.OpenAsync(app);

        using var answer = await owner.CallAsync(HttpMethod.Post, "tokens/forget", null, ("Cookie", owner.Cookie!), ("Sec-Fetch-Site", "cross-site"));

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.Forbidden, "BadArgument");
    }

    [Fact]
    public async Task After_half_a_year_without_a_visit_the_person_is_forgotten()
    {
        var (app, clock) = (timed.App, timed.Clock);
        using var early = await DirectLineClient.OpenAsync(app);
        await early.SayAsync("你好");

        clock.Advance(TimeSpan.FromDays(170));
        using var visit = await DirectLineClient.OpenAsync(app, early.Cookie);
        clock.Advance(TimeSpan.FromDays(170));
        using var again = await DirectLineClient.OpenAsync(app, early.Cookie);
        clock.Advance(TimeSpan.FromDays(181));
        using var late = await DirectLineClient.OpenAsync(app, early.Cookie);
        await app.Services.GetRequiredService<WebChatPersons>().RunDueAsync(Stop);

        Assert.Equal(early.ConversationId, visit.ConversationId);
        Assert.Equal(early.ConversationId, again.ConversationId);
        Assert.NotEqual(early.ConversationId, late.ConversationId);
        await using var db = await OpenAsync(app);
        var last = clock.GetUtcNow() - WebChatPersons.CookieLifetime;
        Assert.Equal(0, await db.WebChatPersons.CountAsync(p => p.LastSeenAt < last, Stop));
    }

    [Theory]
    [InlineData("outreach_person=short")]
    [InlineData("outreach_person=../../../etc/passwd0000000000000000000000000000")]
    public async Task A_made_up_cookie_is_replaced(string cookie)
    {
        var app = shared.App;

        using var client = await DirectLineClient.OpenAsync(app, cookie);

        Assert.NotEqual(cookie, client.Cookie);
    }

    private static async Task<(int Persons, int Conversations, int Contacts)> CountAsync(OutreachApp app)
    {
        await using var db = await OpenAsync(app);
        return (await db.WebChatPersons.CountAsync(Stop), await db.Conversations.CountAsync(Stop), await db.Contacts.CountAsync(Stop));
    }

    private static async Task<OutreachDb> OpenAsync(OutreachApp app) =>
        await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(Stop);

    private static Task<SendResult> SendAsync(OutreachApp app, string conversationId, string text, string key) =>
        app.Services.GetRequiredService<ChannelSet>().Find("webchat")!.SendAsync(
            new() { ChannelId = "webchat", Account = "default", ConversationId = conversationId, UserId = "" }, new() { Type = ActivityTypes.Message, Text = text }, key, Stop);
}
