using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Channels.BotFramework;
using Outreach.Doubles;

namespace Outreach.Tests.Channels.BotFramework;

/// <summary>What <c>/api/messages</c> answers to what is no message, and how the channel stands by its configuration.</summary>
[Collection(CalledBackApps.Name)]
public sealed class EndpointTests(CalledBack shared)
{
    private readonly string _conversation = $"shape-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"message\"")]
    [InlineData("""{"text":"no type"}""")]
    [InlineData("""{"type":""}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"message","text":"\ud800"}""")]
    [InlineData("""{"type":"message","text":{"a":1}}""")]
    [InlineData("""{"type":"message","timestamp":"yesterday","text":"x"}""")]
    [InlineData("""{"type":"message","from":"me","text":"x"}""")]
    public async Task A_body_that_is_no_activity_is_refused(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public async Task Malformed_utf8_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync([.. "{\"type\":\"message\",\"text\":\""u8, 0xC3, 0x28, .. "\"}"u8]));

    [Fact]
    public async Task A_body_of_five_megabytes_is_refused() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(Encoding.UTF8.GetBytes($$"""{"type":"message","text":"{{new string('a', 5 * 1024 * 1024)}}"}""")));

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData(null)]
    public async Task Another_media_type_is_refused(string? type) =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync("{}"u8.ToArray(), type));

    [Theory]
    [InlineData("invoke", HttpStatusCode.NotImplemented)]
    [InlineData("messageReaction", HttpStatusCode.OK)]
    [InlineData("installationUpdate", HttpStatusCode.OK)]
    [InlineData("typing", HttpStatusCode.OK)]
    [InlineData("somethingNew", HttpStatusCode.OK)]
    [InlineData("Message", HttpStatusCode.OK)]
    public async Task Other_types_run_no_turn(string type, HttpStatusCode status)
    {
        var activity = shared.Connector.Activity("webchat", _conversation, "29:owner", "in-1", "谢谢");
        activity["type"] = type;

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);

        Assert.Equal(status, answer.StatusCode);
        Assert.Null(await shared.FindAsync(_conversation));
    }

    [Theory]
    [InlineData("conversation")]
    [InlineData("from")]
    public async Task A_message_that_does_not_say_who_wrote_where_is_refused(string missing)
    {
        var activity = shared.Connector.Activity("webchat", _conversation, "29:owner", "in-1", "谢谢");
        activity.Remove(missing);

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Unknown_members_and_a_thousand_brackets_are_no_trouble()
    {
        var activity = shared.Connector.Activity("webchat", _conversation, "29:owner", "in-1", "谢谢");
        activity["somethingNew"] = new JsonObject { ["deep"] = new JsonArray(1, 2) };
        activity["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = "t" } };

        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, activity);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(Encoding.UTF8.GetBytes($$"""{"type":"message","channelData":{{new string('[', 1000)}}{{new string(']', 1000)}}}""")));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    public async Task Other_methods_are_not_allowed(string method)
    {
        using var http = shared.App.CreateClient();
        using var request = new HttpRequestMessage(new(method), "/api/messages");

        using var answer = await http.SendAsync(request, CalledBack.Stop);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    private static readonly string[] Hosts = ["https://smba.trafficmanager.net/amer/", "https://webchat.botframework.com/", "https://SMBA.trafficmanager.net/amer/", "https://bots.example.org/"];
    private static readonly string?[] OtherHosts =
    [
        "http://smba.trafficmanager.net/amer/",
        "https://smba.trafficmanager.net.example.com/",
        "https://evil-smba.trafficmanager.net/",
        "https://evilbotframework.com/",
        "https://botframework.com/",
        "https://smba.trafficmanager.net@example.com/",
        "https://me@smba.trafficmanager.net/",
        "https://example.com/?smba.trafficmanager.net",
        "https://10.0.0.1/",
        "http://127.0.0.1/",
        "https://localhost/",
        "file:///etc/passwd",
        "",
        null,
    ];

    [Fact]
    public async Task Only_the_services_hosts_may_be_called()
    {
        await using var rooms = await TestRooms.CreateAsync(Configured(("AllowAbroad", "true"), ("AllowedServiceHosts:0", "bots.example.org")), "Production");
        var connector = rooms.Get<ConnectorClient>();

        Assert.All(Hosts, host => Assert.True(connector.MayCall(host)));
        Assert.All(OtherHosts, host => Assert.False(connector.MayCall(host)));
    }

    [Fact]
    public async Task Without_an_app_id_anybody_may_write_in_Development_on_loopback_and_no_token_is_sent()
    {
        await using var connector = await ConnectorServer.StartAsync(TimeProvider.System);
        connector.IsAnonymous = true;
        await using var app = await OutreachApp.StartAsync();

        using var answer = await connector.DeliverAsync(app.Address, connector.Activity("emulator", _conversation, "29:owner", "in-1", "谢谢"), (string?)null);
        await CalledBack.UntilAsync(() => connector.Ledger(_conversation).Count == 1, "the answer");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(0, connector.TokenFetches);
        Assert.Equal(ChannelState.Anonymous, app.Services.GetRequiredService<ChannelReports>().Find("botframework", "default")!.State);
        using var http = app.CreateClient();
        using var wechat = await http.GetAsync("/channels/wechat?signature=x", CalledBack.Stop);
        Assert.Equal(HttpStatusCode.NotFound, wechat.StatusCode);      // not configured: off
    }

    [Theory]
    [InlineData("Production", "http://127.0.0.1:5080")]
    [InlineData("Development", "http://0.0.0.0:5080")]
    [InlineData("Development", "http://*:5080")]
    [InlineData("Development", "http://[::]:5080")]
    public async Task Without_an_app_id_it_is_off_where_others_could_call(string environment, string address)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>(), environment);
        var state = rooms.Get<BotFrameworkState>();

        state.Decide([address]);

        Assert.Equal(ChannelState.Off, state.State);
    }

    [Theory]
    [InlineData("AppPassword", "Channels:BotFramework:AppPassword")]
    [InlineData("AppId", "Channels:BotFramework:AppId")]
    [InlineData("AllowAbroad", "Channels:BotFramework:AllowAbroad")]
    [InlineData("TenantId", "Channels:BotFramework:TenantId")]
    public async Task Half_filled_it_is_off_with_a_line_that_names_the_key(string missing, string key)
    {
        await using var rooms = await TestRooms.CreateAsync(
            Configured(("AllowAbroad", "true"), missing == "TenantId" ? ("Cloud", "China") : (missing, null)), "Production");
        var state = rooms.Get<BotFrameworkState>();

        state.Decide(["http://127.0.0.1:5080"]);

        Assert.Equal(ChannelState.Misconfigured, state.State);
        Assert.Contains(key, rooms.Get<ChannelReports>().Find("botframework", "default")!.Problem, StringComparison.Ordinal);
        Assert.Contains($"Error The Bot Framework channel is off: {key}", rooms.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AppId", "my-bot")]
    [InlineData("OpenIdMetadata", "http://login.example.com/openid")]
    [InlineData("OpenIdMetadata", "not an address")]
    [InlineData("TokenEndpoint", "ftp://login.example.com/")]
    [InlineData("TokenEndpoint", "http://127.0.0.1:1/token")]
    [InlineData("AllowedServiceHosts:0", "https://bots.example.org/")]
    public async Task Malformed_it_stops_the_start_and_names_the_key(string key, string value)
    {
        await using var rooms = await TestRooms.CreateAsync(new Dictionary<string, string?> { [$"Channels:BotFramework:{key}"] = value }, "Production");

        var refused = Assert.Throws<OptionsValidationException>(() => rooms.Get<IStartupValidator>().Validate());

        Assert.Contains($"Channels:BotFramework:{key.Split(':')[0]}", refused.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Configured(params (string Key, string? Value)[] others)
    {
        var settings = new Dictionary<string, string?> { ["AppId"] = "11111111-2222-3333-4444-555555555555", ["AppPassword"] = "demo", ["Cloud"] = "Global" };
        foreach (var (key, value) in others)
            settings[key] = value;
        return settings.ToDictionary(setting => $"Channels:BotFramework:{setting.Key}", setting => setting.Value);
    }

    private async Task<HttpStatusCode> PostAsync(byte[] body, string? type = "application/json; charset=utf-8")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        using var answer = await shared.Connector.DeliverAsync(shared.App.Address, content, "Bearer " + shared.Connector.Issue(new()));
        Assert.Equal("", await answer.Content.ReadAsStringAsync(CalledBack.Stop));
        return answer.StatusCode;
    }
}
