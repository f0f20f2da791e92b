using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Chat;

public sealed class CommunityPageTests(Site site)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task A_community_shows_its_households_share_and_step(int width)
    {
        await SignUpAsync("chunhuiyuan", 86);
        await using var window = await site.OpenAsync(width);
        var page = window.Page;

        await page.GotoAsync("/c/chunhuiyuan");

        await Expect(page.Locator("h1")).ToHaveTextAsync("春晖苑（演示）");
        await Expect(page.Locator(".count")).ToHaveTextAsync("86 户已登记，愿意成立业委会");
        await Expect(page.GetByText("占 612 户的 14.1%")).ToBeVisibleAsync();
        await Expect(page.Locator(".steps .now b")).ToHaveTextAsync("征集意愿");
        await Expect(page.GetByText("演示数据")).ToBeVisibleAsync();
        Assert.Equal(132, await page.Locator(".invite img").EvaluateAsync<int>("e => e.offsetWidth"));
        await window.ScreenshotAsync($"community-{width}");
        await window.AssertAccessibleAsync();
        Assert.Empty(window.Errors);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
    }

    [Fact]
    public async Task Under_five_households_nothing_is_counted()
    {
        await SignUpAsync("hepanhuayuan", 4);
        await using var window = await site.OpenAsync(390);

        await window.Page.GotoAsync("/c/hepanhuayuan");

        await Expect(window.Page.Locator(".count")).ToHaveTextAsync("不到5户，先不报数");
        Assert.Equal(0, await window.Page.Locator(".share").CountAsync());
        await window.ScreenshotAsync("community-few-390");
    }

    [Fact]
    public async Task Signing_up_from_a_communitys_page_knows_the_community_and_asks_for_both_consents()
    {
        await using var window = await site.OpenAsync(390, new() { ReducedMotion = ReducedMotion.Reduce });
        var page = window.Page;
        await page.GotoAsync("/c/xinhejiayuan");
        await window.ScreenshotAsync("community-applied-390");
        await page.GetByRole(AriaRole.Link, new() { Name = "我想报名" }).ClickAsync();

        await Expect(page.Locator("#where")).ToHaveTextAsync("新河家园（演示）");
        await Expect(page.Locator(".bubble.owner")).ToHaveTextAsync("我想报名");
        await page.Locator(".chip", new() { HasText = "支持成立" }).ClickAsync();
        var first = page.Locator(".card .answers").Last;
        await Expect(first.Locator(".btn")).ToHaveCountAsync(2);
        await window.ScreenshotAsync("chat-consent-390");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "完整说明" })).ToHaveAttributeAsync("href", "/privacy");
        await AssertEqualButtonsAsync(page, first);
        await first.Locator(".btn").First.ClickAsync();
        await Expect(page.Locator(".turn.owner .state").Last).ToHaveTextAsync("已送达");
        await page.Locator("#say").FillAsync("姓张 3-2-501");
        await page.Keyboard.PressAsync("Enter");

        var second = page.Locator(".card").Last;
        await Expect(second.Locator(".head")).ToHaveTextAsync("请看一看，对不对？");
        await Expect(second).ToContainTextAsync("转给");
        await AssertEqualButtonsAsync(page, second.Locator(".answers"));
        await window.ScreenshotAsync("chat-second-consent-390");
        await window.AssertAccessibleAsync();
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
        await page.GetByRole(AriaRole.Button, new() { Name = "不转交" }).ClickAsync();
        await Expect(page.Locator("#log .bubble.bot").Last).ToContainTextAsync("登记好了");
        await page.ReloadAsync();
        await Expect(page.Locator("#where")).ToHaveTextAsync("新河家园（演示）");
        await Expect(page.Locator(".bubble.owner")).ToHaveCountAsync(5);
        await window.ScreenshotAsync("chat-signed-up-390");
    }

    [Fact]
    public async Task An_unknown_community_is_said_kindly()
    {
        await using var window = await site.OpenAsync(390);

        var answer = await window.Page.GotoAsync("/c/nowhere");

        Assert.Equal(404, answer!.Status);
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("没找到这个小区");
        await window.AssertAccessibleAsync();
    }

    // Neither answer may look like the expected one (PIPL 14).
    private static async Task AssertEqualButtonsAsync(IPage page, ILocator answers)
    {
        await page.Mouse.MoveAsync(0, 0);
        var looks = await answers.Locator(".btn").EvaluateAllAsync<string[]>(
            "all => all.map(e => { const s = getComputedStyle(e); return [e.offsetWidth, e.offsetHeight, s.color, s.backgroundColor, s.borderColor, s.fontWeight].join(); })");
        Assert.Equal(2, looks.Length);
        Assert.Equal(looks[0], looks[1]);
    }

    /// <summary>Brings a community to so many open sign-ups.</summary>
    private async Task SignUpAsync(string key, int households)
    {
        await using var db = await site.App.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(Stop);
        var community = await db.Communities.SingleAsync(c => c.Key == key, Stop);
        var missing = households - await db.Leads.CountAsync(l => l.CommunityId == community.Id, Stop);
        var now = DateTimeOffset.UnixEpoch;
        for (var n = 0; n < missing; n++)
        {
            var contact = new Contact { Channel = "webchat", Account = "default", UserId = $"dl_test_{key}_{n}", CreatedAt = now, LastSeenAt = now };
            db.Contacts.Add(contact);
            await db.SaveChangesAsync(Stop);
            var conversation = new Conversation
            {
                Channel = "webchat",
                Account = "default",
                ChannelConversationId = contact.UserId,
                ContactId = contact.Id,
                CreatedAt = now,
                LastActiveAt = now,
                Reference = "{}",
            };
            db.Conversations.Add(conversation);
            await db.SaveChangesAsync(Stop);
            db.Leads.Add(new()
            {
                ContactId = contact.Id,
                ConversationId = conversation.Id,
                CommunityId = community.Id,
                CommunityTyped = community.Name,
                Wishes = Wishes.Support,
                Key = $"test-{contact.Id}",
                CreatedAt = now,
                UpdatedAt = now,
                EraseAt = now.AddYears(100),
                OpenKey = $"{contact.Id}/{community.Id}",
            });
        }
        await db.SaveChangesAsync(Stop);
    }
}
