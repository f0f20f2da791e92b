using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Communities;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

[Collection(ConsoleApps.Name)]
public sealed partial class DoorTests(ConsoleApp shared) : IAsyncLifetime
{
    private readonly OutreachApp _app = shared.App;

    public async ValueTask InitializeAsync() => await shared.ForgetStaffAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_and_every_try_says_how_many_are_left()
    {
        await StaffSeeds.AddMemberAsync(_app, "zhang01", StaffRoles.Street, null);
        using var client = new ConsoleClient(_app);

        foreach (var left in new[] { 4, 3, 2, 1 })
            Assert.Contains($"还能试 {left} 次", await ConsoleClient.TextAsync(await client.SignInAsync("zhang01", "wrong")), StringComparison.Ordinal);
        var fifth = await ConsoleClient.TextAsync(await client.SignInAsync("zhang01", "wrong"));
        var right = await client.SignInAsync("zhang01", StaffSeeds.Password);

        Assert.Contains("试错太多次，过 15 分钟再试", fifth, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Contains("试错太多次", await ConsoleClient.TextAsync(right), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_answered_like_one_that_does()
    {
        using var client = new ConsoleClient(_app);

        foreach (var left in new[] { 4, 3, 2, 1 })
            Assert.Contains($"账号或密码不对，还能试 {left} 次", await ConsoleClient.TextAsync(await client.SignInAsync("nobody9", "wrong")), StringComparison.Ordinal);

        Assert.Contains("试错太多次", await ConsoleClient.TextAsync(await client.SignInAsync("nobody9", "wrong")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_link_makes_an_administrator_once_and_only_while_there_is_no_account()
    {
        var early = await StaffWelcome.FirstLinkAsync(_app.Services, TestContext.Current.CancellationToken);
        var link = await StaffWelcome.FirstLinkAsync(_app.Services, TestContext.Current.CancellationToken);
        using var client = new ConsoleClient(_app);

        Assert.Contains("链接已失效", await client.ReadAsync(early!), StringComparison.Ordinal);
        var made = await RedeemAsync(client, link!, "liwei1", StaffSeeds.Password);
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.Contains("设置", await client.ReadAsync("/staff"), StringComparison.Ordinal);
        Assert.Contains("1 位同事有账号", await client.ReadAsync("/staff/people"), StringComparison.Ordinal);

        Assert.Contains("链接已失效", await client.ReadAsync(link!), StringComparison.Ordinal);
        Assert.Null(await StaffWelcome.FirstLinkAsync(_app.Services, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_link_used_by_two_at_once_makes_one_account()
    {
        var link = (await StaffWelcome.FirstLinkAsync(_app.Services, TestContext.Current.CancellationToken))!;
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];

        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(async n =>
        {
            await using var scope = _app.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<StaffLinks>().RedeemAsync(token, "首位", $"first{n}", StaffSeeds.Password, TestContext.Current.CancellationToken);
        }));

        Assert.Single(made, redemption => redemption.Member is not null);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await db.Staff.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_link_ends_after_seventy_two_hours()
    {
        var link = (await StaffWelcome.FirstLinkAsync(_app.Services, TestContext.Current.CancellationToken))!;
        using var client = new ConsoleClient(_app);

        shared.Clock.Advance(TimeSpan.FromHours(71.9));
        Assert.Contains("建管理员账号", await client.ReadAsync(link), StringComparison.Ordinal);
        shared.Clock.Advance(TimeSpan.FromHours(0.2));

        Assert.Contains("链接已失效", await client.ReadAsync(link), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short1", "密码只有6位，至少要10位")]
    [InlineData("only-letters-here", "密码里加上数字")]
    [InlineData("1234567890123", "密码里加上字母")]
    [InlineData("liwei1-liwei1-9", "密码里不能有用户名")]
    public async Task A_weak_password_is_refused_in_words_and_the_link_stays_good(string password, string words)
    {
        var link = (await StaffWelcome.FirstLinkAsync(_app.Services, TestContext.Current.CancellationToken))!;
        using var client = new ConsoleClient(_app);

        var refused = await RedeemAsync(client, link, "liwei1", password);

        var page = await ConsoleClient.TextAsync(refused);
        Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("有 1 处要改", page, StringComparison.Ordinal);
        Assert.Contains("value=\"liwei1\"", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await RedeemAsync(client, link, "liwei1", StaffSeeds.Password)).StatusCode);
    }

    [Fact]
    public async Task An_invited_colleague_gets_the_role_and_the_area_of_the_link()
    {
        var town = await Town.BuildAsync(_app);
        using var admin = await ConsoleClient.SignInAsync(_app, "admin1", StaffRoles.Administrator);

        var made = await ConsoleClient.TextAsync(await admin.PostAsync("/staff/people", "invite",
            ("Input.Roles", "Street"), ("Input.Area", town.StreetA.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        var link = LinkIn().Match(made).Value;
        using var colleague = new ConsoleClient(_app);
        Assert.Contains("角色：街道（乡镇） · 辖区：甲街道", await colleague.ReadAsync(link), StringComparison.Ordinal);
        await RedeemAsync(colleague, link, "sunli1", StaffSeeds.Password);

        Assert.Contains("甲街道", await colleague.ReadAsync("/staff/more"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await colleague.GetAsync("/staff/people")).StatusCode);
        Assert.DoesNotContain(link, await admin.ReadAsync("/staff/people"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_of_a_street_cannot_invite_beyond_it()
    {
        var town = await Town.BuildAsync(_app);
        using var admin = await ConsoleClient.SignInAsync(_app, "admin2", StaffRoles.Administrator, town.StreetA);

        foreach (var area in new[] { "all", town.StreetB.ToString(System.Globalization.CultureInfo.InvariantCulture), town.City.ToString(System.Globalization.CultureInfo.InvariantCulture) })
            Assert.Contains("这个辖区不在您的范围里", await ConsoleClient.TextAsync(await admin.PostAsync("/staff/people", "invite", ("Input.Roles", "Bureau"), ("Input.Area", area))), StringComparison.Ordinal);

        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.False(await db.StaffLinks.AnyAsync(l => l.Purpose == StaffLinkPurpose.Invite, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_last_administrator_cannot_be_removed_and_another_can()
    {
        using var admin = await ConsoleClient.SignInAsync(_app, "admin1", StaffRoles.Administrator);
        var own = await IdOfAsync("admin1");

        Assert.Contains("这是最后一个管理员", await ConsoleClient.TextAsync(await admin.PostAsync("/staff/people", $"deactivate-{own}")), StringComparison.Ordinal);
        using var second = await ConsoleClient.SignInAsync(_app, "admin2", StaffRoles.Administrator);
        var gone = await admin.PostAsync("/staff/people", $"deactivate-{await IdOfAsync("admin2")}");

        Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
        Assert.Contains("1 位同事有账号", await admin.ReadAsync("/staff/people"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deactivated_colleague_is_out_at_the_next_click_and_cannot_come_back()
    {
        using var admin = await ConsoleClient.SignInAsync(_app, "admin1", StaffRoles.Administrator);
        using var colleague = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street);
        await colleague.ReadAsync("/staff");

        await admin.PostAsync("/staff/people", $"deactivate-{await IdOfAsync("street1")}");

        Assert.Equal(HttpStatusCode.Redirect, (await colleague.GetAsync("/staff")).StatusCode);
        Assert.Contains("这个账号已停用", await ConsoleClient.TextAsync(await colleague.SignInAsync("street1", StaffSeeds.Password)), StringComparison.Ordinal);
        Assert.Null(await StaffWelcome.NewLinkAsync(_app.Services, "street1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_reset_link_changes_the_password_and_ends_other_sessions()
    {
        using var before = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street);
        var link = (await StaffWelcome.NewLinkAsync(_app.Services, "street1", TestContext.Current.CancellationToken))!;
        using var client = new ConsoleClient(_app);

        var done = await client.PostAsync(link, "one-time-link", ("Input.Password", "another-secret-77"), ("Input.Again", "another-secret-77"));

        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        await client.ReadAsync("/staff");
        Assert.Equal(HttpStatusCode.Redirect, (await before.GetAsync("/staff")).StatusCode);
        Assert.Contains("还能试", await ConsoleClient.TextAsync(await before.SignInAsync("street1", StaffSeeds.Password)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_when_idle_and_at_the_end_of_the_day()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street);

        for (var minutes = 0; minutes < 9 * 60; minutes += 20)
        {
            shared.Clock.Advance(TimeSpan.FromMinutes(20));
            await client.ReadAsync("/staff");
        }
        shared.Clock.Advance(TimeSpan.FromMinutes(25));
        await client.ReadAsync("/staff");
        shared.Clock.Advance(TimeSpan.FromMinutes(25));
        await client.ReadAsync("/staff");
        shared.Clock.Advance(TimeSpan.FromMinutes(25));
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/staff")).StatusCode);

        await client.SignInAsync("street1", StaffSeeds.Password);
        shared.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/staff")).StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        using var admin = await ConsoleClient.SignInAsync(_app, "admin1", StaffRoles.Administrator);

        var page = await admin.PostRawAsync("/staff/people", ("_handler", "invite"), ("Input.Roles", "Street"), ("Input.Area", "all"));
        var step = await admin.PostRawAsync("/staff/sign-out");

        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, step.StatusCode);
        await admin.ReadAsync("/staff");
    }

    [Theory]
    [InlineData("https://elsewhere.example/", "/staff")]
    [InlineData("//elsewhere.example/staff", "/staff")]
    [InlineData("/staff/\\elsewhere.example", "/staff")]
    [InlineData("/staff/audit?page=2", "/staff/audit?page=2")]
    public void Sign_in_leads_only_to_the_console(string asked, string led) => Assert.Equal(led, LocalAddress.OrHome(asked));

    [Fact]
    public async Task Unknown_pages_are_404_with_words_and_refused_ones_403()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street);

        var unknown = await client.GetAsync("/staff/nothing-here");
        var refused = await client.GetAsync("/staff/people");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("没有这一页", await ConsoleClient.TextAsync(unknown), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("这一页不归您的角色", await ConsoleClient.TextAsync(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_failing_and_signing_out_are_in_the_audit_and_links_are_not()
    {
        using var auditor = await ConsoleClient.SignInAsync(_app, "audit1", StaffRoles.Auditor);
        using var street = await ConsoleClient.SignInAsync(_app, "street1", StaffRoles.Street);
        await street.PostAsync("/staff/more", "staff/sign-out");
        await street.SignInAsync("street1", "wrong");

        var whole = await auditor.ReadAsync("/staff/audit");
        var page = await auditor.ReadAsync($"/staff/audit?who={await IdOfAsync("street1")}");

        foreach (var kind in new[] { AuditKind.SignedIn, AuditKind.SignedOut, AuditKind.SignInFailed })
            Assert.Contains($"<td>{StaffText.Audit(kind)}</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("?t=", whole, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> RedeemAsync(ConsoleClient client, string link, string userName, string password) =>
        client.PostAsync(link, "one-time-link", ("Input.DisplayName", "李"), ("Input.UserName", userName), ("Input.Password", password), ("Input.Again", password));

    private async Task<string> IdOfAsync(string userName)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await db.Staff.Where(s => s.UserName == userName).Select(s => s.Id).SingleAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("/staff/link\\?t=[A-Za-z0-9_-]+")]
    private static partial Regex LinkIn();
}
