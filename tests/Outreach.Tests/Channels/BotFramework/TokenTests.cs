using System.Net;
using System.Text.Json.Nodes;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.BotFramework;

/// <summary>Who may call <c>/api/messages</c>.</summary>
[Collection(CalledBackApps.Name)]
public sealed class TokenTests(CalledBack shared)
{
    private static readonly string OtherApp = Guid.NewGuid().ToString();

    private sealed record Case(HttpStatusCode Status, TokenRecipe? Recipe = null, string? Header = null, string Channel = "webchat");

    private const HttpStatusCode Runs = HttpStatusCode.Accepted;
    private const HttpStatusCode Refused = HttpStatusCode.Unauthorized;

    // The cases that Microsoft's JavaScript SDK 4.23 was watched with; 401 where that one trips over itself, 403 for a missing endorsement.
    private static Dictionary<string, Case> CasesOf(string serviceUrl) => new(StringComparer.Ordinal)
    {
        ["good"] = new(Runs, new()),
        ["no header"] = new(Refused),
        ["wrong issuer"] = new(Refused, new() { Issuer = "https://api.example.com" }),
        ["wrong audience"] = new(Refused, new() { Audience = OtherApp }),
        ["expired 4 minutes ago"] = new(Runs, new() { NotBeforeIn = TimeSpan.FromHours(-1), ExpiresIn = TimeSpan.FromMinutes(-4) }),
        ["expired 6 minutes ago"] = new(Refused, new() { NotBeforeIn = TimeSpan.FromHours(-1), ExpiresIn = TimeSpan.FromMinutes(-6) }),
        ["begins in 4 minutes"] = new(Runs, new() { NotBeforeIn = TimeSpan.FromMinutes(4) }),
        ["begins in 6 minutes"] = new(Refused, new() { NotBeforeIn = TimeSpan.FromMinutes(6) }),
        ["serviceurl differs"] = new(Refused, new() { ServiceUrl = "https://smba.trafficmanager.net/emea/" }),
        ["serviceurl missing"] = new(Refused, new() { ServiceUrlClaim = null }),
        ["serviceurl differs in case only"] = new(Refused, new() { ServiceUrl = serviceUrl.Replace("amer", "AMER", StringComparison.Ordinal) }),
        ["serviceurl without its slash"] = new(Refused, new() { ServiceUrl = serviceUrl.TrimEnd('/') }),
        ["serviceUrl as the claim's name"] = new(Refused, new() { ServiceUrlClaim = "serviceUrl" }),
        ["another key's signature"] = new(Refused, new() { Signer = TokenSigner.Other }),
        ["unknown key"] = new(Refused, new() { KeyId = "key-unknown" }),
        ["alg none"] = new(Refused, new() { Algorithm = "none", Signer = TokenSigner.Nobody }),
        ["HS256 with the public key"] = new(Refused, new() { Algorithm = "HS256", Signer = TokenSigner.PublicKeyAsSecret }),
        ["channel not endorsed"] = new(HttpStatusCode.Forbidden, new(), Channel: "kik"),
        ["scheme Basic"] = new(Refused, new(), "Basic"),
        ["scheme bearer"] = new(Refused, new(), "bearer"),
        ["no token at all"] = new(Refused, Header: "Bearer a.b.c"),
        ["another app's token to us"] = new(Refused, new() { Issuer = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/", Claims = new Dictionary<string, string> { ["ver"] = "1.0", ["appid"] = OtherApp } }),
    };

    // Beyond those.
    private static Dictionary<string, Case> MoreOf() => new(StringComparer.Ordinal)
    {
        ["RS384"] = new(Runs, new() { Algorithm = "RS384" }),
        ["RS512"] = new(Runs, new() { Algorithm = "RS512" }),
        ["the Connector's issuer, another bot's appid"] = new(Refused, new() { Claims = new Dictionary<string, string> { ["appid"] = OtherApp } }),
        ["the Connector's issuer, another bot's azp"] = new(Refused, new() { Claims = new Dictionary<string, string> { ["azp"] = OtherApp } }),
        ["a sub-channel of an endorsed channel"] = new(Runs, new(), Channel: "msteams:sub"),
        ["issuer of Azure China"] = new(Refused, new() { Issuer = "https://api.botframework.azure.cn" }),
        ["two parts"] = new(Refused, Header: "Bearer a.b"),
        ["no space"] = new(Refused, Header: "Bearer"),
        ["letters that are no base64"] = new(Refused, Header: "Bearer ???.*.!"),
        ["an encrypted token's five parts"] = new(Refused, Header: "Bearer a.b.c.d.e"),
    };

    public static TheoryData<string> Names => [.. CasesOf("https://localhost/amer/").Keys];

    public static TheoryData<string> MoreNames => [.. MoreOf().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Runs_the_turn_for_the_Connectors_tokens_alone(string name) => AssertAsync(CasesOf(shared.Connector.ServiceUrl)[name]);

    [Theory]
    [MemberData(nameof(MoreNames))]
    public Task Runs_no_turn_for_tokens_from_elsewhere(string name) => AssertAsync(MoreOf()[name]);

    [Fact]
    public async Task Microsofts_own_library_judges_the_same_tokens_alike()
    {
        await using var connector = await ConnectorServer.StartAsync(TimeProvider.System);      // that library has its own clock
        var cases = CasesOf(connector.ServiceUrl);
        Assert.Equal(22, cases.Count);

        var judged = await Peers.RunAsync("bot-tokens.mjs", "botframework-connector", new JsonObject
        {
            ["metadata"] = connector.OpenIdMetadata,
            ["appId"] = connector.AppId,
            ["cases"] = new JsonArray([.. cases.Select(one => (JsonNode)new JsonObject
            {
                ["name"] = one.Key,
                ["authorization"] = HeaderOf(connector, one.Value),
                ["activity"] = connector.Activity(one.Value.Channel, "c", "u", "i", "x"),
            })]),
        }.ToJsonString());

        Assert.Equal(cases.ToDictionary(one => one.Key, one => one.Value.Status == Runs), cases.Keys.ToDictionary(name => name, name => (bool)judged[name]!));
    }

    [Fact]
    public async Task A_new_key_is_fetched_once_when_its_first_token_comes()
    {
        await AssertAsync(new(Runs, new()));
        shared.Clock.Advance(TimeSpan.FromMinutes(1));
        shared.Connector.RollOver();
        var before = shared.Connector.KeyFetches;

        await AssertAsync(new(Runs, new()));
        await AssertAsync(new(Runs, new()));

        Assert.Equal(before + 1, shared.Connector.KeyFetches);
    }

    [Fact]
    public async Task An_unknown_key_id_makes_one_fetch_an_hour()
    {
        var unknown = new Case(Refused, new() { KeyId = $"key-{Guid.NewGuid():N}" });
        shared.Clock.Advance(TimeSpan.FromMinutes(1));
        var before = shared.Connector.KeyFetches;

        for (var i = 0; i < 3; i++)
        {
            await AssertAsync(unknown);
            shared.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(before + 1, shared.Connector.KeyFetches);
    }

    [Fact]
    public async Task Known_keys_serve_while_the_documents_are_down_and_a_new_one_is_taken_when_they_are_back()
    {
        await AssertAsync(new(Runs, new()));
        shared.Connector.MetadataIsDown = true;
        shared.Clock.Advance(TimeSpan.FromHours(25));

        await AssertAsync(new(Runs, new()));
        await AssertAsync(new(Refused, new() { KeyId = "key-of-the-outage" }));
        shared.Connector.RollOver();
        await AssertAsync(new(Refused, new()));
        shared.Connector.MetadataIsDown = false;
        shared.Clock.Advance(TimeSpan.FromMinutes(1));

        await AssertAsync(new(Runs, new()));
    }

    private async Task AssertAsync(Case one)
    {
        var conversation = $"token-{Guid.NewGuid():N}";
        var activity = shared.Connector.Activity(one.Channel, conversation, "29:owner", "in-1", "业委会怎么成立");

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity, HeaderOf(shared.Connector, one));

        Assert.Equal(one.Status, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(CalledBack.Stop));
        Assert.Equal(one.Status == Runs, await shared.FindAsync(conversation) is not null);
    }

    private static string? HeaderOf(ConnectorServer connector, Case one) =>
        one.Recipe is { } recipe ? $"{one.Header ?? "Bearer"} {connector.Issue(recipe)}" : one.Header;
}
