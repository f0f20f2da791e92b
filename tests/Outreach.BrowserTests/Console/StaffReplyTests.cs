using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Outreach.Conversations;
using Outreach.Tests.Staff;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Console;

[Collection(ConsoleTogether.Name)]
public sealed class StaffReplyTests(ConsoleSite site)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task A_reply_from_the_console_stands_in_the_open_chat_under_the_name_of_the_office(int width)
    {
        await using var owner = await site.OpenAsync(width);
        await using var staff = await site.SignInAsync(width);
        var (chat, desk) = (owner.Page, staff.Page);
        await chat.GotoAsync("/?c=yanshi-chunhui");
        await SayAsync(chat, "转人工");
        await Expect(chat.Locator("#log .bubble.bot").Last).ToContainTextAsync("已转给和平社区工作人员");

        await desk.GotoAsync($"/staff/waiting/{await LastWaitingAsync()}");
        await desk.GetByRole(AriaRole.Button, new() { Name = "接待" }).ClickAsync();
        await desk.GetByLabel("回复").FillAsync("您好，春晖苑的申请我们10月22日收到了，筹备组正在组织。");
        await desk.GetByRole(AriaRole.Button, new() { Name = "发给业主" }).ClickAsync();

        await Expect(chat.Locator(".bubble.staff")).ToHaveTextAsync("您好，春晖苑的申请我们10月22日收到了，筹备组正在组织。");
        await Expect(chat.Locator(".speaker.staff")).ToHaveTextAsync("和平社区工作人员");
        Assert.DoesNotContain("李", await chat.Locator("#log").InnerTextAsync(), StringComparison.Ordinal);
        var answered = await chat.Locator("#log .bubble.bot").CountAsync();
        await SayAsync(chat, "好的，我愿意参加");
        await Expect(chat.Locator(".turn.owner .state").Last).ToHaveTextAsync("已送达");
        await desk.ReloadAsync();
        await Expect(desk.Locator("#conversation .bubble.owner").Last).ToHaveTextAsync("好的，我愿意参加");
        Assert.Equal(answered, await chat.Locator("#log .bubble.bot").CountAsync());      // a person answers: the assistant is silent
        await owner.ScreenshotAsync($"chat-staff-{width}");
        await owner.AssertAccessibleAsync();
        await staff.LookAsync($"talk-answered-{width}");

        await desk.GetByRole(AriaRole.Button, new() { Name = "交回助手" }).ClickAsync();
        await desk.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "交回助手" }).ClickAsync();
        await Expect(chat.Locator("#log .bubble.bot").Last).ToContainTextAsync("工作人员办完了，现在又是自动助手");
        await Expect(chat.Locator("#log .chip")).ToHaveTextAsync(["有帮助", "没有"]);
        await chat.ReloadAsync();
        await Expect(chat.Locator(".bubble.staff")).ToHaveCountAsync(1);
        Assert.Empty(owner.Errors);
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.Locator("#say").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "发送" }).ClickAsync();
    }

    private async Task<long> LastWaitingAsync()
    {
        await using var db = await StaffSeeds.OpenAsync(site.App);
        return await db.Handovers.Where(h => h.State == HandoverState.Waiting && h.CommunityId == site.Communities[0]).MaxAsync(h => h.Id, StaffSeeds.Stop);
    }
}
