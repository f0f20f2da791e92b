using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Staff;

namespace Outreach.Tests.Staff;

public sealed partial class SecondFactorTests(SecondFactorTests.Site site) : IClassFixture<SecondFactorTests.Site>
{
    private readonly OutreachApp _app = site.App;

    [Fact]
    public async Task Once_set_up_the_door_asks_for_the_code_and_takes_each_recovery_code_once()
    {
        using var first = await ConsoleClient.SignInAsync(_app, "zhang01", StaffRoles.Street);
        var (key, recovery) = await SetUpAsync(first);
        Assert.Equal(8, recovery.Count);

        using var second = new ConsoleClient(_app);
        var asked = await second.SignInAsync("zhang01", StaffSeeds.Password);
        Assert.EndsWith("/staff/sign-in/code", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await second.GetAsync("/staff")).StatusCode);       // no session yet
        Assert.Contains("验证码不对", await ConsoleClient.TextAsync(await SendCodeAsync(second, Wrong(key))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await SendCodeAsync(second, Totp(key))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/staff")).StatusCode);

        foreach (var expected in new[] { HttpStatusCode.Redirect, HttpStatusCode.OK })       // used once, then wrong
        {
            using var third = new ConsoleClient(_app);
            await third.SignInAsync("zhang01", StaffSeeds.Password);
            Assert.Equal(expected, (await SendCodeAsync(third, recovery[0])).StatusCode);
        }
    }

    [Fact]
    public async Task Wrong_codes_lock_the_account_like_wrong_passwords()
    {
        using var first = await ConsoleClient.SignInAsync(_app, "zhang02", StaffRoles.Street);
        var (key, recovery) = await SetUpAsync(first);
        using var second = new ConsoleClient(_app);
        await second.SignInAsync("zhang02", StaffSeeds.Password);

        foreach (var wrong in new[] { Wrong(key), "ABCDE-12345", Wrong(key), "ABCDE-12346" })
            Assert.Contains("验证码不对", await ConsoleClient.TextAsync(await SendCodeAsync(second, wrong)), StringComparison.Ordinal);
        Assert.Contains("试错太多次", await ConsoleClient.TextAsync(await SendCodeAsync(second, Wrong(key))), StringComparison.Ordinal);
        Assert.Contains("试错太多次", await ConsoleClient.TextAsync(await SendCodeAsync(second, Totp(key))), StringComparison.Ordinal);
        using var third = new ConsoleClient(_app);
        Assert.Contains("试错太多次", await ConsoleClient.TextAsync(await third.SignInAsync("zhang02", StaffSeeds.Password)), StringComparison.Ordinal);
        Assert.NotEmpty(recovery);
    }

    [Fact]
    public async Task The_code_page_by_its_address_alone_leads_back_to_the_password()
    {
        using var nobody = new ConsoleClient(_app);

        var answer = await SendCodeAsync(nobody, "123456");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/staff/sign-in", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_is_not_readable_in_the_database()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "zhang04", StaffRoles.Street);
        var (key, recovery) = await SetUpAsync(client);

        await using var db = await StaffSeeds.OpenAsync(_app);
        var stored = await db.Database.SqlQueryRaw<string>("SELECT \"Value\" FROM \"StaffTokens\"").ToListAsync(StaffSeeds.Stop);

        Assert.NotEmpty(stored);
        Assert.DoesNotContain(stored, value => value.Contains(key, StringComparison.Ordinal) || value.Contains(recovery[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reset_link_lets_in_who_lost_the_phone_and_the_second_factor_is_set_anew()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "zhang05", StaffRoles.Street);
        await SetUpAsync(client);
        using var administrator = await ConsoleClient.SignInAsync(_app, "admin1", StaffRoles.Administrator);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var id = await db.Staff.Where(s => s.UserName == "zhang05").Select(s => s.Id).SingleAsync(StaffSeeds.Stop);
        var link = Link().Match(await ConsoleClient.TextAsync(await administrator.PostAsync("/staff/people", $"reset-{id}"))).Value;

        using var back = new ConsoleClient(_app);
        var done = await back.PostAsync(link, "one-time-link", ("Input.Password", "baihe-siyue-2026"), ("Input.Again", "baihe-siyue-2026"));

        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Contains("没开启", await back.ReadAsync("/staff/more"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_elsewhere_ends_the_other_session_and_keeps_this_one()
    {
        using var here = await ConsoleClient.SignInAsync(_app, "zhang06", StaffRoles.Street);
        using var there = new ConsoleClient(_app);
        await there.SignInAsync("zhang06", StaffSeeds.Password);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/staff")).StatusCode);

        await here.PostAsync("/staff/more", "staff/sign-out/elsewhere");

        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync("/staff")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/staff")).StatusCode);
    }

    [Fact]
    public async Task Without_it_no_notice_can_be_written_where_it_is_required()
    {
        using var client = await ConsoleClient.SignInAsync(_app, "zhang07", StaffRoles.Street);

        Assert.Contains("发通知要两步验证", await client.ReadAsync("/staff/notices/new"), StringComparison.Ordinal);
        await SetUpAsync(client);
        Assert.DoesNotContain("发通知要两步验证", await client.ReadAsync("/staff/notices/new"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_file_of_leads_goes_out_without_a_reason_or_the_second_factor()
    {
        (string, string)[] masked = [("phones", "Masked"), ("reason", "走访名单")];
        using var client = await ConsoleClient.SignInAsync(_app, "zhang08", StaffRoles.Bureau);

        var without = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", masked);
        Assert.Contains("problem=NotSetUp", without.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var (key, _) = await SetUpAsync(client);
        var noReason = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", ("phones", "Whole"), ("reason", "随便"), ("code", Totp(key)));
        Assert.Contains("problem=reason", noReason.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("选一个原因", await client.ReadAsync(noReason.Headers.Location.OriginalString), StringComparison.Ordinal);
        var noCode = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", masked);
        Assert.Contains("problem=Wrong", noCode.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var right = await client.PostAsync("/staff/leads/export", "staff/leads/export/file", [.. masked, ("code", Totp(key))]);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    /// <summary>One program for all: every test has accounts of its own.</summary>
    public sealed class Site : IAsyncLifetime
    {
        internal OutreachApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Staff:RequireSecondFactor"] = "true" });

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    /// <summary>Sets the second factor up as a person does.</summary>
    internal static async Task<(string Key, IReadOnlyList<string> Recovery)> SetUpAsync(ConsoleClient client)
    {
        await client.PostAsync("/staff/second-factor", "second-factor-begin");
        var key = Key().Match(await client.ReadAsync("/staff/second-factor")).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        var wrong = await ConsoleClient.TextAsync(await client.PostAsync("/staff/second-factor", "second-factor-on", ("On.Code", Wrong(key))));
        Assert.Contains("验证码不对", wrong, StringComparison.Ordinal);
        var shown = await ConsoleClient.TextAsync(await client.PostAsync("/staff/second-factor", "second-factor-on", ("On.Code", Totp(key))));
        return (key, [.. Codes().Matches(shown).Select(m => m.Groups[1].Value)]);
    }

    /// <summary>RFC 6238 with SHA-1, 30 seconds, six digits, at this moment.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The authenticator apps' own algorithm")]
    internal static string Totp(string base32)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var counter = BitConverter.GetBytes(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
        Array.Reverse(counter);
        var hash = HMACSHA1.HashData(key, counter);
        var at = hash[^1] & 15;
        var number = ((hash[at] & 127) << 24) | (hash[at + 1] << 16) | (hash[at + 2] << 8) | hash[at + 3];
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Six digits that are not today's.</summary>
    private static string Wrong(string key) => Totp(key) is var right && right[0] == '9' ? "0" + right[1..] : "9" + right[1..];

    private static Task<HttpResponseMessage> SendCodeAsync(ConsoleClient client, string code) => client.PostAsync("/staff/sign-in/code", "sign-in-code", ("Input.Code", code));

    [GeneratedRegex("手工输入：<code>([A-Z2-7 ]+)</code>")]
    private static partial Regex Key();

    [GeneratedRegex("<li><code>([^<]+)</code></li>")]
    private static partial Regex Codes();

    [GeneratedRegex("/staff/link\\?t=[A-Za-z0-9_-]+")]
    private static partial Regex Link();
}
