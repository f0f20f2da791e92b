using System.Text.RegularExpressions;
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

        var check = page.Locator(".card").Nth(1);
        var second = page.Locator(".card").Last;
        await Expect(check.Locator(".head")).ToHaveTextAsync("请看一看，对不对？");
        await Expect(check.Locator("dt")).ToHaveTextAsync(["小区", "意愿", "称呼", "房号", "电话"]);
        await Expect(second.Locator("dt")).ToHaveTextAsync(["转给谁", "转什么", "做什么", "存多久"]);
        await AssertEqualButtonsAsync(page, second.Locator(".answers"));
        await window.ScreenshotAsync("chat-second-consent-390");
        await window.AssertAccessibleAsync();
        await check.GetByRole(AriaRole.Button, new() { Name = "改房号" }).ClickAsync();
        await Expect(page.Locator("#log .bubble.bot").Last).ToContainTextAsync("改成几号楼几单元几号");
        await Expect(page.Locator(".card .change, .card .answers")).ToHaveCountAsync(0);
        await page.Locator("#say").FillAsync("4号楼1单元602");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".card .change")).ToHaveCountAsync(5);
        await Expect(page.Locator(".rows.lined").Last.Locator("div", new() { HasText = "房号" }).Locator("dd").First).ToHaveTextAsync("4号楼1单元602");
        await window.ScreenshotAsync("chat-changed-390");
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
        await page.GetByRole(AriaRole.Button, new() { Name = "不转交" }).ClickAsync();
        await Expect(page.Locator("#log .bubble.bot").Last).ToContainTextAsync("登记好了");
        await page.ReloadAsync();
        await Expect(page.Locator("#where")).ToHaveTextAsync("新河家园（演示）");
        await Expect(page.Locator(".bubble.owner")).ToHaveCountAsync(7);
        await window.ScreenshotAsync("chat-signed-up-390");
    }

    [Fact]
    public async Task A_poster_prints_on_one_sheet_with_the_code_and_whom_to_see_without_a_phone()
    {
        await using var window = await site.OpenAsync(1280);
        var page = window.Page;
        await page.GotoAsync("/c/chunhuiyuan");
        await page.GetByRole(AriaRole.Link, new() { Name = "打印海报" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("春晖苑（演示）");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "打印" })).ToBeVisibleAsync();
        await window.AssertAccessibleAsync();
        await window.ScreenshotAsync("poster-1280");

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        var pdf = await page.PdfAsync(new() { PreferCSSPageSize = true });

        await Expect(page.Locator("#print")).ToBeHiddenAsync();
        await Expect(page.Locator(".top")).ToBeHiddenAsync();
        await Expect(page.Locator(".sheet")).ToContainTextAsync("没有手机，找");
        await Expect(page.Locator(".sheet")).ToContainTextAsync("/c/chunhuiyuan");
        Assert.Equal(1, Regex.Count(System.Text.Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b"));
        await page.ScreenshotAsync(new() { Path = Path.Combine(Site.Screenshots, "poster-print.png"), FullPage = true });
        Assert.Empty(window.Errors);
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
