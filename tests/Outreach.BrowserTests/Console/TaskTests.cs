using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Tests.Staff;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Console;

/// <summary>What a new colleague does on a phone, by nothing but the words on the screen. Each task prints its clicks, its fields, and how long the console took for it.</summary>
[Collection(ConsoleTogether.Name)]
public sealed class TaskTests(ConsoleSite site)
{
    [Fact]
    public async Task A_new_colleague_gets_through_the_first_tasks_on_a_phone()
    {
        var name = $"演示任务{Guid.NewGuid():N}"[..8];
        await site.AddLeadAsync("task-lead", 3, name, "+8613700009009", Wishes.JoinGroup, "7号楼1单元701");
        var asking = await StaffSeeds.AddOwnerAsync(site.App, "task-asking", site.Communities[3]);
        await StaffSeeds.SayAsync(site.App, asking.Id, (Speaker.Owner, "筹备组怎么报名"), (Speaker.Owner, "转人工"), (Speaker.Bot, "已转给工作人员。"));
        await StaffSeeds.AddHandoverAsync(site.App, asking.Id, site.Communities[3]);
        string link;
        await using (var scope = site.App.Services.CreateAsyncScope())
            link = await scope.ServiceProvider.GetRequiredService<StaffLinks>().CreateInviteAsync(StaffRoles.Street, site.Street, StaffSeeds.Stop);
        await using var window = await site.OpenAsync(390);
        var (hand, page) = (new Hand(window.Page), window.Page);

        hand.Begin();
        await page.GotoAsync(link);
        await hand.FillAsync("姓名", "新同事");
        await hand.FillAsync("用户名", $"xin{Guid.NewGuid():N}"[..12]);
        await hand.FillAsync("密码", StaffSeeds.Password);
        await hand.FillAsync("密码再写一次", StaffSeeds.Password);
        await hand.PressAsync(AriaRole.Button, "建账号");
        await Expect(page.Locator("h1")).ToContainTextAsync("今天");
        await hand.LookAsync(window, "task-today");
        await hand.PressAsync(AriaRole.Button, "记为已联系");
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "已记为已联系" })).ToBeVisibleAsync();
        await hand.LookAsync(window, "task-contacted");
        hand.End("第一次登录，到第一条已联系", most: 8, TimeSpan.FromMinutes(3));

        hand.Begin();
        await hand.PressAsync(AriaRole.Link, "接待");
        await hand.PressAsync(AriaRole.Link, "新河家园");
        await hand.PressAsync(AriaRole.Button, "接待");
        await Expect(page.GetByLabel("回复", new() { Exact = true })).ToBeVisibleAsync();
        await hand.LookAsync(window, "task-taken");
        await hand.FillAsync("回复", "带身份证到社区报名，周五前都可以。");
        await hand.PressAsync(AriaRole.Button, "发给业主");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("带身份证到社区报名");
        await hand.LookAsync(window, "task-answered");
        hand.End("接待一位业主并答复", most: 6, TimeSpan.FromMinutes(1));

        hand.Begin();
        await hand.PressAsync(AriaRole.Link, "通知");
        await hand.PressAsync(AriaRole.Link, "写通知");
        await hand.FillAsync("标题", "筹备组报名");
        await hand.FillAsync("正文", "11月28日（周六）上午9:00在社区二楼报名。");
        await hand.FillAsync("哪天", "2026-11-28");
        await hand.FillAsync("几点", "09:00");
        await hand.PressAsync(AriaRole.Button, "下一步");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("位业主？");
        await hand.LookAsync(window, "task-notice-ask");
        await hand.PressAsync(AriaRole.Button, "发给");
        await Expect(page.Locator("h1")).ToContainTextAsync("筹备组报名");
        await hand.LookAsync(window, "task-notice");
        hand.End("写一条通知，看过样子和人数，交出去", most: 9, TimeSpan.FromMinutes(2));

        hand.Begin();
        await hand.PressAsync(AriaRole.Link, "更多");
        await hand.PressAsync(AriaRole.Link, "知识台");
        await hand.PressAsync(AriaRole.Link, "全部条目");
        await hand.FillAsync("找条目", "voting.quorum");
        await hand.PressAsync(AriaRole.Button, "找", exact: true);
        await Expect(page).ToHaveURLAsync(new Regex("q=voting"));
        await hand.LookAsync(window, "task-articles");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Listitem).GetByRole(AriaRole.Link).First.ClickAsync();
        hand.Count();
        var answer = page.GetByLabel("回答");
        await answer.FillAsync(await answer.InputValueAsync() + "拿不准就问社区。");
        hand.Count();
        await hand.LookAsync(window, "task-article");
        await hand.PressAsync(AriaRole.Button, "送审");
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "送审了" })).ToBeVisibleAsync();
        await hand.LookAsync(window, "task-article-sent");
        hand.End("改一个条目，送审", most: 8, TimeSpan.FromMinutes(2));
        Assert.Empty(window.Errors);
    }

    /// <summary>One hand on a phone: presses what can be read, and counts.</summary>
    private sealed class Hand(IPage page)
    {
        private int _steps;
        private int _pictures;
        private long _since;
        private TimeSpan _looking;

        public void Begin()
        {
            (_steps, _looking) = (0, TimeSpan.Zero);
            _since = TimeProvider.System.GetTimestamp();
        }

        public void Count() => _steps++;

        public async Task PressAsync(AriaRole role, string name, bool exact = false)
        {
            // What is seen first counts: a question that covers the page, then the page's own words, then the bars around it.
            ILocator[] places = [page.GetByRole(AriaRole.Dialog), page.GetByRole(AriaRole.Main), page.Locator("body")];
            foreach (var place in places)
            {
                var found = place.GetByRole(role, new() { Name = name, Exact = exact }).Filter(new() { Visible = true });
                if (place != places[^1] && await found.CountAsync() == 0)
                    continue;
                await found.First.ClickAsync();
                break;
            }
            _steps++;
        }

        public async Task FillAsync(string label, string text)
        {
            await page.GetByLabel(label, new() { Exact = true }).FillAsync(text);
            _steps++;
        }

        /// <summary>A picture; its time does not count.</summary>
        public async Task LookAsync(Window window, string name)
        {
            var began = TimeProvider.System.GetTimestamp();
            await window.ScreenshotAsync(string.Create(CultureInfo.InvariantCulture, $"console-{++_pictures:00}-{name}-390"));
            _looking += TimeProvider.System.GetElapsedTime(began);
        }

        public void End(string task, int most, TimeSpan within)
        {
            var took = TimeProvider.System.GetElapsedTime(_since) - _looking;
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task}: {_steps} presses and fields, {took.TotalSeconds:0.0} s without a person's reading"));
            Assert.True(_steps <= most, $"{task} takes {_steps} presses and fields");
            Assert.True(took < within, $"{task} takes {took.TotalSeconds:0} s");
        }
    }
}
