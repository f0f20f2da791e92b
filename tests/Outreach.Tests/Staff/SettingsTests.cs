using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Staff;
using Outreach.Storage;

namespace Outreach.Tests.Staff;

/// <summary>What the administrator and the auditor have: settings, sessions, the record of who saw and did what.</summary>
public sealed partial class SettingsTests(SettingsTests.Site site) : IClassFixture<SettingsTests.Site>
{
    private readonly OutreachApp _app = site.App;

    [Fact]
    public async Task The_settings_say_what_holds_here_name_the_key_and_show_no_secret()
    {
        using var admin = await ConsoleClient.SignInAsync(_app, "settings1", StaffRoles.Administrator);

        var page = await admin.ReadAsync("/staff/settings");

        foreach (var words in new[]
        {
            "3 个工作日内", "2100年1月1日", "2099年1月4日", "晚9点到早8点不发通知", "7天最多 5 条", "示例运营单位，0000-0000000", "备案后 3 个月，最长 12 个月", "试错", "4 次后锁 15 分钟",
            "visits", "Webhook", "还没送过", "带姓名和电话", "现在是 C1 v1", "由运维在配置文件里设定", "Leads:ContactWorkingDays", "Leads:Holidays", "Privacy:LeadMonths",
        })
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", page, StringComparison.Ordinal);
        Assert.DoesNotContain("receiver.example", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_listed_with_its_browser_and_ended_from_another_one_at_once()
    {
        using var here = await ConsoleClient.SignInAsync(_app, "session1", StaffRoles.Street);
        using var there = new ConsoleClient(_app) { UserAgent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0" };
        await there.SignInAsync("session1", StaffSeeds.Password);
        using var third = new ConsoleClient(_app);
        await third.SignInAsync("session1", StaffSeeds.Password);

        var page = await here.ReadAsync("/staff/more");
        var end = EndOf().Match(page[page.IndexOf("安卓手机 · 微信", StringComparison.Ordinal)..]).Value;
        var ended = await here.PostAsync("/staff/more", end);

        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync("/staff")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/staff")).StatusCode);
        Assert.DoesNotContain("安卓手机 · 微信", await here.ReadAsync("/staff/more"), StringComparison.Ordinal);

        await here.PostAsync("/staff/more", "staff/sign-out/everywhere");
        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.Redirect], [(await here.GetAsync("/staff")).StatusCode, (await third.GetAsync("/staff")).StatusCode]);
    }

    [Fact]
    public async Task An_administrator_ends_the_sessions_of_a_colleague_and_signing_out_ends_ones_own_cookie_for_good()
    {
        using var admin = await ConsoleClient.SignInAsync(_app, "session2", StaffRoles.Administrator);
        using var colleague = await ConsoleClient.SignInAsync(_app, "session3", StaffRoles.Street);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var id = await db.Staff.Where(s => s.UserName == "session3").Select(s => s.Id).SingleAsync(StaffSeeds.Stop);

        Assert.Contains("1 处登录着", await admin.ReadAsync("/staff/people"), StringComparison.Ordinal);
        await admin.PostAsync("/staff/people", $"end-{id}");
        Assert.Equal(HttpStatusCode.Redirect, (await colleague.GetAsync("/staff")).StatusCode);

        await colleague.SignInAsync("session3", StaffSeeds.Password);
        var kept = colleague.Cookies();
        await colleague.PostAsync("/staff/more", "staff/sign-out");
        colleague.SetCookies(kept);
        Assert.Equal(HttpStatusCode.Redirect, (await colleague.GetAsync("/staff")).StatusCode);      // a copy of the cookie is worth nothing
        Assert.Contains("让同事session3退出登录", await admin.ReadAsync("/staff/audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_up_the_second_factor_is_no_second_session()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "session4", StaffRoles.Street);

        await SecondFactorTests.SetUpAsync(client);

        await using var db = await StaffSeeds.OpenAsync(_app);
        Assert.Equal(1, await db.StaffSessions.CountAsync(s => db.Set<StaffMember>().Any(m => m.Id == s.StaffId && m.UserName == "session4"), StaffSeeds.Stop));
    }

    [Fact]
    public async Task The_audit_is_searched_by_who_what_when_and_words_and_taken_out_with_a_reason()
    {
        using var auditor = await ConsoleClient.SignInAsync(_app, "audit1", StaffRoles.Auditor);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var id = await db.Staff.Where(s => s.UserName == "audit1").Select(s => s.Id).SingleAsync(StaffSeeds.Stop);
        db.AuditEntries.AddRange(
            new AuditEntry { At = new(2026, 3, 1, 15, 59, 0, TimeSpan.Zero), Kind = AuditKind.SawPhone, StaffId = id, SubjectId = 4711, Detail = "=HYPERLINK(1)" },
            new AuditEntry { At = new(2026, 3, 1, 16, 1, 0, TimeSpan.Zero), Kind = AuditKind.SawPhone, StaffId = id, SubjectId = 4712, Detail = "联系业主" });
        await db.SaveChangesAsync(StaffSeeds.Stop);

        Assert.Contains("：1 条", await auditor.ReadAsync("/staff/audit?kind=SawPhone&from=2026-03-02&to=2026-03-02"), StringComparison.Ordinal);      // days are the city's
        Assert.Contains("第4711号", await auditor.ReadAsync($"/staff/audit?q=4711&who={id}"), StringComparison.Ordinal);
        Assert.Contains("：1 条", await auditor.ReadAsync("/staff/audit?q=HYPERLINK"), StringComparison.Ordinal);
        var page = "/staff/audit?kind=SawPhone&from=2026-03-01&to=2026-03-02";
        var without = await auditor.PostAsync(page, "staff/audit/file", ("format", "Csv"), ("reason", ""));
        Assert.Contains("problem=reason", without.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var csv = await (await auditor.PostAsync(page, "staff/audit/file", ("format", "Csv"), ("reason", "内部检查"))).Content.ReadAsByteArrayAsync(StaffSeeds.Stop);
        var xlsx = await (await auditor.PostAsync(page, "staff/audit/file", ("format", "Excel"), ("reason", "内部检查"))).Content.ReadAsStreamAsync(StaffSeeds.Stop);

        var lines = Encoding.UTF8.GetString(csv).TrimStart('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("时间,谁,做了什么,第几号,详情", lines[0].Trim());
        Assert.StartsWith("2026-03-02 00:01:00,同事audit1,看了号码,4712,联系业主", lines[1], StringComparison.Ordinal);
        Assert.Contains("'=HYPERLINK", lines[2], StringComparison.Ordinal);
        await using var zip = new ZipArchive(xlsx);
        Assert.Contains(zip.Entries, entry => entry.FullName.EndsWith("sheet1.xml", StringComparison.Ordinal));
        Assert.Contains("2 条审计记录：内部检查", await auditor.ReadAsync("/staff/audit?kind=Exported"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_entry_of_the_audit_is_changed_or_deleted_by_anyone()
    {
        await using var db = await StaffSeeds.OpenAsync(_app);
        var entry = new AuditEntry { At = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), Kind = AuditKind.SawLead, SubjectId = 1 };
        db.AuditEntries.Add(entry);
        await db.SaveChangesAsync(StaffSeeds.Stop);

        db.Remove(entry);
        await Assert.ThrowsAnyAsync<Exception>(() => db.SaveChangesAsync(StaffSeeds.Stop));
        db.ChangeTracker.Clear();
        db.Entry(entry).State = EntityState.Modified;
        await Assert.ThrowsAnyAsync<Exception>(() => db.SaveChangesAsync(StaffSeeds.Stop));
        db.ChangeTracker.Clear();
        await Assert.ThrowsAnyAsync<Exception>(() => db.WriteAsync(() => db.AuditEntries.ExecuteDeleteAsync(StaffSeeds.Stop), StaffSeeds.Stop));

        Assert.True(await db.AuditEntries.AnyAsync(e => e.Id == entry.Id, StaffSeeds.Stop));
    }

    /// <summary>One program for all: every test has accounts of its own.</summary>
    public sealed class Site : IAsyncLifetime
    {
        internal OutreachApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync(new Dictionary<string, string?>
        {
            ["Demo:Load"] = "false",
            ["Operator:Name"] = "示例运营单位",
            ["Operator:Contact"] = "0000-0000000",
            ["Leads:ContactWorkingDays"] = "3",
            ["Leads:Holidays:0"] = "2100-01-01",
            ["Leads:WorkingWeekends:0"] = "2099-01-04",
            ["Leads:Destinations:visits:Type"] = "Webhook",
            ["Leads:Destinations:visits:Url"] = "https://receiver.example/leads",
            ["Leads:Destinations:visits:Secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ["Leads:Destinations:visits:Trusted"] = "true",
            ["Campaigns:QuietFromHour"] = "21",
            ["Campaigns:PerOwnerPerWeek"] = "5",
            ["Privacy:LeadMonthsAfterFiling"] = "3",
            ["Privacy:LeadMonths"] = "12",
            ["Staff:MaxTries"] = "4",
        });

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    [GeneratedRegex("staff/sessions/[0-9a-f-]{36}/end")]
    private static partial Regex EndOf();
}
