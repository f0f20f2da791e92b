using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Outreach.Operations;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class TokenTests(DefaultApp shared, OpenApp open, ClockApp timed)
{
    private const string Secret = OpenApp.Secret;
    private const string Site = OpenApp.Site;

    [Fact]
    public async Task Our_own_page_gets_a_token_for_a_user_that_the_server_chose()
    {
        var app = shared.App;
        using var client = new DirectLineClient(app);

        using var answer = await client.GenerateAsync();

        var body = await DirectLineClient.ReadAsync(answer);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1800, (int)body["expires_in"]!);
        Assert.NotEmpty((string)body["token"]!);
        Assert.NotEmpty((string)body["conversationId"]!);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Matches(@"^outreach_person=[A-Za-z0-9_-]{43}; max-age=15552000; path=/v3/directline/tokens; samesite=strict; httponly$", cookie);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_gets_none_without_the_secret(string header, string value)
    {
        var app = shared.App;
        using var client = new DirectLineClient(app);

        using var answer = await client.GenerateAsync(headers: (header, value));

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.Forbidden, "BadArgument");
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_browser_that_sends_only_its_origin_is_known_by_it()
    {
        var app = shared.App;
        using var client = new DirectLineClient(app);

        using var answer = await client.GenerateAsync(headers: ("Origin", app.Address.GetLeftPart(UriPartial.Authority)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task With_the_secret_another_site_names_its_user()
    {
        var app = open.App;
        using var client = new DirectLineClient(app);

        using var answer = await client.GenerateAsync(Secret, $$"""{"user":{"id":"dl_site-7","name":"访客"},"trustedOrigins":["{{Site}}"]}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        client.Token = (string?)(await DirectLineClient.ReadAsync(answer))["token"];
        using var from = await client.CallAsync(HttpMethod.Post, "tokens/refresh", null, ("Origin", Site));
        Assert.Equal(HttpStatusCode.OK, from.StatusCode);
        using var elsewhere = await client.CallAsync(HttpMethod.Post, "tokens/refresh", null, ("Origin", "https://evil.example"));
        await DirectLineClient.AssertErrorAsync(elsewhere, HttpStatusCode.Forbidden, "BadArgument");
    }

    [Theory]
    [InlineData("""{"user":{"id":"seven"}}""")]
    [InlineData("""{"user":{"id":"dl_"}}""")]
    [InlineData("""{"user":{"id":"dl_a b"}}""")]
    [InlineData("""{"user":{"id":"dl_own_taken"}}""")]
    [InlineData("""{"trustedOrigins":["https://evil.example"]}""")]
    [InlineData("{")]
    [InlineData("[]")]
    public async Task A_token_request_that_makes_no_sense_is_refused(string body)
    {
        using var client = new DirectLineClient(open.App);

        using var answer = await client.GenerateAsync(Secret, body);

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.BadRequest, "BadArgument");
    }

    [Fact]
    public async Task A_wrong_secret_opens_nothing_and_without_one_no_other_site_is_let_in()
    {
        var app = open.App;
        using var client = new DirectLineClient(app);
        using var other = new DirectLineClient(shared.App);

        using var wrong = await client.GenerateAsync(Secret + "x");
        using var off = await other.GenerateAsync(Secret);

        await DirectLineClient.AssertErrorAsync(wrong, HttpStatusCode.Forbidden, "BadArgument");
        await DirectLineClient.AssertErrorAsync(off, HttpStatusCode.Forbidden, "BadArgument");
    }

    [Fact]
    public async Task A_token_lives_thirty_minutes_and_a_refresh_keeps_the_conversation()
    {
        var (app, clock) = (timed.App, timed.Clock);
        using var client = await DirectLineClient.OpenAsync(app);

        clock.Advance(TimeSpan.FromMinutes(29));
        using var refreshed = await client.CallAsync(HttpMethod.Post, "tokens/refresh");
        var body = await DirectLineClient.ReadAsync(refreshed);
        clock.Advance(TimeSpan.FromMinutes(2));
        using var expired = await client.CallAsync(HttpMethod.Post, "tokens/refresh");
        client.Token = (string?)body["token"];
        using var alive = await client.CallAsync(HttpMethod.Get, $"conversations/{client.ConversationId}/activities");

        Assert.Equal(client.ConversationId, (string?)body["conversationId"]);
        await DirectLineClient.AssertErrorAsync(expired, HttpStatusCode.Forbidden, "TokenExpired");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic abc")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    public async Task A_call_without_a_bearer_token_is_unauthorized(string? header)
    {
        var app = shared.App;
        using var client = new DirectLineClient(app);

        using var answer = await client.CallAsync(HttpMethod.Get, "conversations/c/activities", null, header is null ? [] : [("Authorization", header)]);

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.Unauthorized, "Unauthorized");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_token_that_we_did_not_make_is_forbidden(string token)
    {
        var app = shared.App;
        using var client = new DirectLineClient(app) { Token = token };

        using var answer = await client.CallAsync(HttpMethod.Post, "conversations", "{}");

        await DirectLineClient.AssertErrorAsync(answer, HttpStatusCode.Forbidden, "BadArgument");
    }

    [Fact]
    public async Task Only_allowed_origins_get_an_answer_to_their_preflight()
    {
        var app = open.App;
        using var client = new DirectLineClient(app);
        (string, string)[] asks = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type,x-ms-bot-agent,x-requested-with")];

        using var allowed = await client.CallAsync(HttpMethod.Options, "conversations", null, [.. asks, ("Origin", Site)]);
        using var refused = await client.CallAsync(HttpMethod.Options, "conversations", null, [.. asks, ("Origin", "https://evil.example")]);

        Assert.Equal(Site, Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("3600", Assert.Single(allowed.Headers.GetValues("Access-Control-Max-Age")));
        Assert.Contains("x-ms-bot-agent", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.False(allowed.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("Channels:WebChat:Secret", "short", "Channels:WebChat:Secret")]
    [InlineData("Channels:WebChat:AllowedOrigins:0", "https://www.example.cn/page", "Channels:WebChat:AllowedOrigins")]
    [InlineData("Channels:WebChat:AllowedOrigins:0", "*", "Channels:WebChat:AllowedOrigins")]
    [InlineData("Channels:WebChat:Limits:TokensPerAddress", "0", "Channels:WebChat:Limits")]
    [InlineData("Proxy:Trusted:0", "proxy.local", "Proxy:Trusted")]
    public void A_setting_that_cannot_be_meant_stops_the_start_and_names_its_key(string key, string value, string named)
    {
        var builder = OutreachHost.CreateBuilder([$"--{key}={value}"]);
        using var services = builder.Services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }
}
