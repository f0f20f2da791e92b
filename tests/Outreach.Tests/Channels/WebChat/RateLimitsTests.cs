using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Outreach.Channels.WebChat;

namespace Outreach.Tests.Channels.WebChat;

public sealed class RateLimitsTests
{
    [Fact]
    public void A_minutes_amount_may_come_at_once_and_comes_back_evenly()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));
        var limits = new RateLimits(Options.Create(new WebChatOptions { Limits = new() { MessagesPerConversation = 6 } }), clock);
        for (var n = 0; n < 6; n++)
            Assert.Null(limits.Take(LimitedThing.Conversation, "a"));

        var refused = limits.Take(LimitedThing.Conversation, "a");
        clock.Advance(TimeSpan.FromSeconds(10));
        var granted = limits.Take(LimitedThing.Conversation, "a");
        var again = limits.Take(LimitedThing.Conversation, "a");

        Assert.Equal(10, refused!.Value.TotalSeconds, 3);
        Assert.Null(granted);
        Assert.NotNull(again);
        Assert.Null(limits.Take(LimitedThing.Conversation, "b"));
        Assert.Null(limits.Take(LimitedThing.Person, "a"));
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_client_has_its_own_limit_and_no_one_else_can_claim_to_be_one()
    {
        var tight = new Dictionary<string, string?> { ["Channels:WebChat:Limits:TokensPerAddress"] = "2" };
        await using var direct = await OutreachApp.StartAsync(tight);
        await using var behind = await OutreachApp.StartAsync(new Dictionary<string, string?>(tight) { ["Proxy:Trusted:0"] = "127.0.0.0/8", ["Proxy:Trusted:1"] = "::1" });

        var claimed = await GenerateAsync(direct, "203.0.113.1", "203.0.113.2", "203.0.113.3");
        var forwarded = await GenerateAsync(behind, "203.0.113.1", "203.0.113.2", "203.0.113.3");
        var same = await GenerateAsync(behind, "203.0.113.9", "203.0.113.9", "203.0.113.9");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], claimed);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], forwarded);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], same);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_with_tls_the_cookie_is_secure_and_the_stream_is_wss()
    {
        await using var app = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Proxy:Trusted:0"] = "127.0.0.1", ["Proxy:Trusted:1"] = "::1" });
        using var client = new DirectLineClient(app);
        (string, string)[] proxied = [("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "ywh.example.cn")];

        using var token = await client.GenerateAsync(headers: proxied);
        client.Token = (string?)(await DirectLineClient.ReadAsync(token))["token"];
        using var start = await client.CallAsync(HttpMethod.Post, "conversations", "{}", proxied);

        Assert.Contains("; secure;", Assert.Single(token.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.StartsWith("wss://ywh.example.cn/v3/directline/", (string?)(await DirectLineClient.ReadAsync(start))["streamUrl"], StringComparison.Ordinal);
    }

    private static async Task<List<HttpStatusCode>> GenerateAsync(OutreachApp app, params string[] addresses)
    {
        List<HttpStatusCode> answers = [];
        foreach (var address in addresses)
        {
            using var client = new DirectLineClient(app);
            using var answer = await client.GenerateAsync(headers: ("X-Forwarded-For", address));
            answers.Add(answer.StatusCode);
        }
        return answers;
    }
}
