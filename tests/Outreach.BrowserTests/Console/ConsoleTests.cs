using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Staff;
using Outreach.Tests.Staff;
using static Microsoft.Playwright.Assertions;

namespace Outreach.BrowserTests.Console;

[Collection(ConsoleTogether.Name)]
public sealed class ConsoleTests(ConsoleSite site)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Every_page_is_accessible_fits_and_breaks_no_rule(int width)
    {
        await using var window = await site.SignInAsync(width, StaffRoles.Street | StaffRoles.Administrator | StaffRoles.Auditor);
        var pages = new (string Name, string Address)[]
        {
            ("today", "/staff"), ("leads", "/staff/leads"), ("leads-none", "/staff/leads?state=Invalid"), ("lead", $"/staff/leads/{site.Late.Id}"),
            ("waiting", "/staff/waiting"), ("talk", $"/staff/waiting/{site.Waiting.Id}"), ("communities", "/staff/communities"),
            ("community", $"/staff/communities/{site.Communities[0]}"), ("community-edit", $"/staff/communities/{site.Communities[0]}/edit"), ("import", "/staff/communities/import"),
            ("board", "/staff/board"), ("questions", "/staff/knowledge"), ("articles", "/staff/knowledge/articles"), ("article", "/staff/knowledge/articles/voting.quorum"),
            ("why", "/staff/knowledge/why"), ("statistics", "/staff/statistics"), ("routes", "/staff/leads/routes"), ("sequence", "/staff/notices/sequence"),
            ("paper", $"/staff/communities/{site.Communities[0]}/papers/Ballot"), ("notices", "/staff/notices"), ("compose", "/staff/notices/new"),
            ("status", "/staff/status"), ("channels", "/staff/channels"), ("people", "/staff/people"), ("settings", "/staff/settings"), ("scope", "/staff/knowledge/scope"), ("audit", "/staff/audit"), ("more", "/staff/more"), ("missing", "/staff/nothing"),
        };

        foreach (var (name, address) in pages.SkipLast(1))
        {
            await window.Page.GotoAsync(address);
            await Expect(window.Page.Locator("h1")).ToBeVisibleAsync();
            await window.LookAsync($"{name}-{width}", width == 390 ? LookFor.Everything : LookFor.ColoursAndSizes);
        }
    }

    [Theory]
    [InlineData("light", "large", 390)]
    [InlineData("dark", "normal", 1280)]
    [InlineData("dark", "large", 320)]
    public async Task Pages_hold_in_the_dark_in_large_text_and_on_a_narrow_screen(string theme, string text, int width)
    {
        await using var window = await site.SignInAsync(width);
        await window.Page.GotoAsync("/staff/more");
        await window.Page.Locator($"input[name=text][value={text}]").CheckAsync();
        await window.Page.Locator($"input[name=theme][value={theme}]").CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-theme", theme);

        foreach (var (name, address) in new[] { ("today", "/staff"), ("leads", "/staff/leads"), ("lead", $"/staff/leads/{site.Late.Id}"), ("talk", $"/staff/waiting/{site.Waiting.Id}"), ("community", $"/staff/communities/{site.Communities[0]}"), ("compose", "/staff/notices/new") })
        {
            await window.Page.GotoAsync(address);
            await window.LookAsync($"{name}-{theme}-{text}-{width}", LookFor.ColoursAndSizes);
        }
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task The_first_administrator_comes_in_by_the_link_and_mistakes_are_named(int width)
    {
        await using var window = await site.OpenAsync(width);
        var link = (await StaffWelcome.NewLinkAsync(site.App.Services, null, StaffSeeds.Stop))!;
        await window.Page.GotoAsync(link);
        await window.Page.GetByLabel("姓名").FillAsync("局");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "建账号" }).ClickAsync();

        await Expect(window.Page.Locator(".error-summary")).ToBeFocusedAsync();
        await Expect(window.Page.Locator(".error-summary")).ToContainTextAsync("有 2 处要改");
        await Expect(window.Page.GetByLabel("姓名")).ToHaveValueAsync("局");
        await window.LookAsync($"link-errors-{width}");
        await window.Page.GetByLabel("用户名").FillAsync($"boss{width}");
        await window.Page.GetByLabel("密码", new() { Exact = true }).FillAsync(StaffSeeds.Password);
        await window.Page.GetByLabel("密码再写一次").FillAsync(StaffSeeds.Password);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "建账号" }).ClickAsync();
        await Expect(window.Page.Locator("h1")).ToContainTextAsync("今天");
        await window.Page.GotoAsync("/staff/more");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "退出登录" }).ClickAsync();
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("登录");
        await window.LookAsync($"sign-in-{width}");
    }

    [Fact]
    public async Task A_lead_is_marked_as_contacted_with_one_tap_and_taken_back()
    {
        var lead = await site.AddLeadAsync("tap", 1, "一点就好", "+8613700009001", Wishes.Support, "9号楼9单元901");
        await using var window = await site.SignInAsync(390);
        await window.Page.GotoAsync($"/staff/leads?q={lead.Key}&tab=all");

        await window.Page.Locator(".cards").GetByRole(AriaRole.Button, new() { NameRegex = new Regex("记为已联系") }).ClickAsync();
        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("已记为已联系");
        await Expect(window.Page.Locator(".cards .badge")).ToHaveTextAsync("已联系");
        await window.LookAsync("toast-390");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "撤销" }).ClickAsync();

        await Expect(window.Page.Locator(".cards .badge")).ToHaveTextAsync("新登记");
    }

    [Fact]
    public async Task Keys_move_through_the_list_mark_and_search()
    {
        var lead = await site.AddLeadAsync("keys", 1, "键盘", "+8613700009002", Wishes.Support, "8号楼1单元101");
        await using var window = await site.SignInAsync(1280);
        await window.Page.GotoAsync($"/staff/leads?q={lead.Key}&tab=all");

        await window.Page.Locator("h1").ClickAsync();
        await window.Page.Keyboard.PressAsync("j");
        await Expect(window.Page.Locator("tr.here")).ToContainTextAsync("键盘");
        await window.Page.Keyboard.PressAsync("e");
        await Expect(window.Page.Locator("td .badge")).ToHaveTextAsync("已联系");
        await window.Page.Locator("h1").ClickAsync();
        await window.Page.Keyboard.PressAsync("/");

        await Expect(window.Page.Locator("#find")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Everything_needed_for_a_lead_works_without_scripts()
    {
        var lead = await site.AddLeadAsync("noscript", 0, "没脚本", "+8613700009003", Wishes.Support, "7号楼1单元101");
        await using var window = await site.SignInAsync(390, options: new() { JavaScriptEnabled = false });
        await window.Page.GotoAsync($"/staff/leads/{lead.Id}");

        await window.Page.Locator("#Reason").SelectOptionAsync("联系业主");
        await window.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("看号码") }).ClickAsync();
        await Expect(window.Page.Locator(".numberbox")).ToHaveTextAsync("13700009003");
        await window.Page.GetByLabel("备注", new() { Exact = true }).FillAsync("周三下午在家");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "保存备注" }).ClickAsync();
        await Expect(window.Page.Locator(".timeline")).ToContainTextAsync("周三下午在家");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "记为已联系" }).ClickAsync();

        await Expect(window.Page.Locator("h1 .badge")).ToHaveTextAsync("已联系");
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task A_notice_is_counted_confirmed_in_a_dialog_approved_by_another_and_watched(int width)
    {
        await using var composer = await site.SignInAsync(width, StaffRoles.Publicity);
        await using var approver = await site.SignInAsync(width);
        var page = composer.Page;
        await page.GotoAsync("/staff/notices/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "下一步" }).ClickAsync();
        await Expect(page.Locator(".error-summary")).ToContainTextAsync("有 2 处要改");
        await page.GetByLabel("标题").FillAsync("{小区}培训");
        await page.GetByLabel("正文").FillAsync("11月28日（周六）上午9:00，{小区}的业主到示范街道二楼听业委会知识，不收费。回“参加”报名。");
        await page.GetByRole(AriaRole.Button, new() { Name = "下一步" }).ClickAsync();

        await Expect(page.Locator("dialog")).ToContainTextAsync(new Regex("发给 \\d+ 位业主？"));
        await composer.LookAsync($"confirm-{width}");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^发给 \\d+ 人$") }).ClickAsync();
        await Expect(page.Locator("#progress")).ToContainTextAsync("等人审核");
        await Expect(page.GetByText("自己写的不能自己审")).ToBeVisibleAsync();

        await approver.Page.GotoAsync(page.Url);
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "审核通过" }).ClickAsync();
        await approver.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "审核通过" }).ClickAsync();
        await Expect(approver.Page.Locator("#progress .badge")).Not.ToHaveTextAsync("等人审核");
        for (var ticks = 0; ticks < 40 && !(await approver.Page.Locator("#progress").InnerTextAsync()).Contains("发完了", StringComparison.Ordinal); ticks++)
        {
            site.Clock.Advance(TimeSpan.FromSeconds(2));
            await approver.Page.ReloadAsync();
        }

        await Expect(approver.Page.Locator("#progress")).ToContainTextAsync("发完了");
        await Expect(approver.Page.Locator(".sum")).ToContainTextAsync("与发送名单一致");
        await approver.LookAsync($"notice-{width}");
    }

    [Fact]
    public async Task Eight_tabs_share_one_stream_and_all_see_a_new_waiting_owner()
    {
        await using var window = await site.SignInAsync(1280);
        var streams = 0;
        window.Context.Request += (_, request) =>
        {
            if (request.Url.EndsWith("/staff/live", StringComparison.Ordinal))
                Interlocked.Increment(ref streams);
        };
        var tabs = new List<IPage>();
        for (var n = 0; n < 8; n++)
        {
            var tab = await window.Context.NewPageAsync();
            await tab.GotoAsync("/staff/communities");
            tabs.Add(tab);
        }
        var before = int.Parse((await tabs[0].Locator(".side [data-live=waiting]").TextContentAsync())!, System.Globalization.CultureInfo.InvariantCulture);

        var owner = await StaffSeeds.AddOwnerAsync(site.App, "tabs", site.Communities[1]);
        await StaffSeeds.AddHandoverAsync(site.App, owner.Id, site.Communities[1]);
        foreach (var tab in tabs)
        {
            for (var tries = 0; tries < 50 && await tab.Locator(".side [data-live=waiting]").TextContentAsync() != $"{before + 1}"; tries++)
                site.Clock.Advance(TimeSpan.FromSeconds(3));
            await Expect(tab.Locator(".side [data-live=waiting]")).ToHaveTextAsync($"{before + 1}");
        }

        Assert.True(streams <= 1, $"{streams} streams");
        await using var db = await StaffSeeds.OpenAsync(site.App);
        await db.WriteAsync(() => db.Set<Outreach.Conversations.Handover>().Where(h => h.ConversationId == owner.Id).ExecuteDeleteAsync(StaffSeeds.Stop), StaffSeeds.Stop);
    }
}
