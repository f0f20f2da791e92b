using System.Net;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Doubles;
using Outreach.Staff;

namespace Outreach.Tests.Staff;

/// <summary>Signing in with the organisation's own accounts, against a provider that keeps to the specification or breaks it.</summary>
public sealed class OpenIdTests(OpenIdTests.Site site) : IClassFixture<OpenIdTests.Site>
{
    private readonly OutreachApp _app = site.App;
    private readonly OpenIdServer _provider = site.Provider;

    [Fact]
    public async Task A_colleague_ties_the_two_accounts_in_a_session_of_their_own_and_then_comes_in_by_either()
    {
        using var first = await TiedAsync("openid1", "sub-1");
        Assert.Contains("已绑定", await first.ReadAsync("/staff/more"), StringComparison.Ordinal);

        using var second = new ConsoleClient(_app);
        var arrived = await ComeInAsync(second, "/staff/sign-in/openid?returnUrl=%2Fstaff%2Fleads");

        Assert.Equal("/staff/leads", arrived.Headers.Location!.OriginalString);
        Assert.Contains("同事openid1", await second.ReadAsync("/staff/more"), StringComparison.Ordinal);
        Assert.Empty(_provider.Complaints);

        await first.PostAsync("/staff/more", "staff/openid/untie");
        using var third = new ConsoleClient(_app);
        Assert.EndsWith("problem=unknown", (await ComeInAsync(third, "/staff/sign-in/openid")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_unknown_here_gets_no_account_and_no_session()
    {
        _provider.Person = new("stranger", "外面的人");
        using var client = new ConsoleClient(_app);
        await using var db = await StaffSeeds.OpenAsync(_app);
        var before = await db.Staff.CountAsync(StaffSeeds.Stop);

        var arrived = await ComeInAsync(client, "/staff/sign-in/openid");

        Assert.Equal("/staff/sign-in?problem=unknown", arrived.Headers.Location!.OriginalString);
        Assert.Contains("还没有绑定", await client.ReadAsync("/staff/sign-in?problem=unknown"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/staff")).StatusCode);
        Assert.Equal(before, await db.Staff.CountAsync(StaffSeeds.Stop));
    }

    [Fact]
    public async Task A_deactivated_colleague_stays_out()
    {
        using var client = await TiedAsync("openid2", "sub-2");
        await using var db = await StaffSeeds.OpenAsync(_app);
        (await db.Staff.SingleAsync(s => s.UserName == "openid2", StaffSeeds.Stop)).DeactivatedAt = DateTimeOffset.UnixEpoch;
        await db.SaveChangesAsync(StaffSeeds.Stop);

        using var again = new ConsoleClient(_app);
        var arrived = await ComeInAsync(again, "/staff/sign-in/openid");

        Assert.EndsWith("problem=deactivated", arrived.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await again.GetAsync("/staff")).StatusCode);
    }

    [Theory]
    [InlineData(OpenIdFault.WrongNonce)]
    [InlineData(OpenIdFault.NoNonce)]
    [InlineData(OpenIdFault.WrongAudience)]
    [InlineData(OpenIdFault.WrongIssuer)]
    [InlineData(OpenIdFault.WrongKey)]
    [InlineData(OpenIdFault.Expired)]
    public async Task A_token_that_is_not_meant_for_this_sign_in_opens_nothing(OpenIdFault fault)
    {
        using var tied = await TiedAsync($"fault{(int)fault}", $"sub-fault-{fault}");
        using var client = new ConsoleClient(_app);
        _provider.Fault = fault;

        var arrived = await ComeInAsync(client, "/staff/sign-in/openid", stopAtCallback: true);
        _provider.Fault = OpenIdFault.None;

        Assert.Equal("/staff/sign-in?problem=refused", arrived.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/staff")).StatusCode);
    }

    [Fact]
    public async Task An_answer_that_belongs_to_another_browser_opens_nothing()
    {
        using var tied = await TiedAsync("openid3", "sub-3");
        using var victim = new ConsoleClient(_app);
        using var attacker = new ConsoleClient(_app);
        var callback = await AskAsync(attacker, "/staff/sign-in/openid");

        var arrived = await victim.GetAsync(callback);

        Assert.Equal("/staff/sign-in?problem=refused", arrived.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await victim.GetAsync("/staff")).StatusCode);
    }

    [Fact]
    public async Task Our_second_factor_is_still_asked_for_unless_the_provider_asked_for_one()
    {
        using var client = await TiedAsync("openid4", "sub-4");
        await SecondFactorTests.SetUpAsync(client);

        _provider.Person = new("sub-4", "openid4", "pwd");
        using var once = new ConsoleClient(_app);
        var asked = await ComeInAsync(once, "/staff/sign-in/openid");
        Assert.StartsWith("/staff/sign-in/code", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await once.GetAsync("/staff")).StatusCode);

        _provider.Person = new("sub-4", "openid4", "pwd", "mfa");
        using var twice = new ConsoleClient(_app);
        await ComeInAsync(twice, "/staff/sign-in/openid");
        Assert.Equal(HttpStatusCode.OK, (await twice.GetAsync("/staff")).StatusCode);
    }

    [Fact]
    public async Task An_account_of_the_organisation_belongs_to_one_colleague_and_is_tied_by_a_form_alone()
    {
        using var owner = await TiedAsync("openid5", "sub-5");
        using var other = await ConsoleClient.SignInAsync(_app, "openid6", StaffRoles.Street);

        await ComeInAsync(other, "/staff/openid/tie");      // came back from the provider, nothing confirmed
        Assert.Contains("绑定单位账号", await other.ReadAsync("/staff/more"), StringComparison.Ordinal);
        await other.PostAsync("/staff/openid/confirm", "openid-tie");

        Assert.Contains("没绑上", await other.ReadAsync("/staff/more"), StringComparison.Ordinal);
        await using var db = await StaffSeeds.OpenAsync(_app);
        Assert.Equal("openid5", await db.Staff.Where(s => db.Set<Microsoft.AspNetCore.Identity.IdentityUserLogin<string>>().Any(l => l.UserId == s.Id && l.ProviderKey == "sub-5")).Select(s => s.UserName).SingleAsync(StaffSeeds.Stop));
    }

    [Theory]
    [InlineData("https://login.example", "id", "", "Staff:OpenIdConnect:ClientSecret is missing")]
    [InlineData("", "id", "secret", "Staff:OpenIdConnect:Authority is missing")]
    [InlineData("http://login.example", "id", "secret", "must be an absolute https address")]
    [InlineData("https://login.example", "id", "secret", null)]
    [InlineData("", "", "", null)]
    public void Half_a_provider_is_named_with_what_is_missing(string authority, string id, string secret, string? problem)
    {
        var said = new StaffOpenIdOptions { Authority = authority, ClientId = id, ClientSecret = secret }.Problem();

        if (problem is null)
            Assert.Null(said);
        else
            Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    /// <summary>One program and one provider for all: every test has accounts of its own.</summary>
    public sealed class Site : IAsyncLifetime
    {
        internal OutreachApp App { get; private set; } = null!;
        internal OpenIdServer Provider { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Provider = await OpenIdServer.StartAsync();
            App = await OutreachApp.StartAsync(new Dictionary<string, string?>
            {
                ["Demo:Load"] = "false",
                ["Staff:OpenIdConnect:Authority"] = Provider.Issuer,
                ["Staff:OpenIdConnect:ClientId"] = OpenIdServer.ClientId,
                ["Staff:OpenIdConnect:ClientSecret"] = OpenIdServer.ClientSecret,
            });
        }

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }

    /// <summary>A member who is signed in with the password and has tied the account of this subject.</summary>
    private async Task<ConsoleClient> TiedAsync(string userName, string subject)
    {
        _provider.Person = new(subject, $"单位的{userName}", "pwd");
        var client = await ConsoleClient.SignInAsync(_app, userName, StaffRoles.Street);
        await ComeInAsync(client, "/staff/openid/tie");
        Assert.Contains($"把“单位的{userName}”绑到您的账号", await client.ReadAsync("/staff/openid/confirm"), StringComparison.Ordinal);
        var tied = await client.PostAsync("/staff/openid/confirm", "openid-tie");
        Assert.Equal(HttpStatusCode.Redirect, tied.StatusCode);
        return client;
    }

    /// <summary>To the provider and back, as a browser goes; the answer is the redirect after the console has heard of it.</summary>
    private static async Task<HttpResponseMessage> ComeInAsync(ConsoleClient client, string begin, bool stopAtCallback = false)
    {
        var returned = await client.GetAsync(await AskAsync(client, begin));
        Assert.Equal(HttpStatusCode.Redirect, returned.StatusCode);
        return stopAtCallback ? returned : await client.GetAsync(returned.Headers.Location!.OriginalString);
    }

    /// <summary>Where the provider sends the browser to.</summary>
    private static async Task<string> AskAsync(ConsoleClient client, string begin)
    {
        var asked = await client.GetAsync(begin);
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var granted = await http.GetAsync(asked.Headers.Location, StaffSeeds.Stop);
        Assert.Equal(HttpStatusCode.Redirect, granted.StatusCode);
        return granted.Headers.Location!.ToString();
    }
}
