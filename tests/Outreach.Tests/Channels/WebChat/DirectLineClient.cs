using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Outreach.Tests.Channels.WebChat;

/// <summary>A small client of the protocol over real HTTP, for what a well-behaved library would not do.</summary>
internal sealed class DirectLineClient(OutreachApp app) : IDisposable
{
    private readonly HttpClient _http = app.CreateClient();

    public string? Token { get; set; }
    public string? ConversationId { get; set; }
    /// <summary>The person's cookie of our own page, as <c>name=value</c>.</summary>
    public string? Cookie { get; set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A token as our own page gets it.</summary>
    public static async Task<DirectLineClient> OpenAsync(OutreachApp app, string? cookie = null)
    {
        var client = new DirectLineClient(app) { Cookie = cookie };
        using var answer = await client.GenerateAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await ReadAsync(answer);
        client.Token = (string?)body["token"];
        client.ConversationId = (string?)body["conversationId"];
        client.Cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("outreach_person=", StringComparison.Ordinal)).Split(';')[0];
        return client;
    }

    public Task<HttpResponseMessage> GenerateAsync(string? secret = null, string? body = null, params (string, string)[] headers) =>
        RequestAsync(HttpMethod.Post, "/v3/directline/tokens/generate", body, [
            .. headers,
            .. secret is null ? [] : new[] { ("Authorization", $"Bearer {secret}") },
            .. Cookie is null ? [] : new[] { ("Cookie", Cookie) }], token: null);

    public Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string? body = null, params (string, string)[] headers) =>
        RequestAsync(method, "/v3/directline/" + path, body, headers, Token);

    public async Task<JsonNode> StartAsync(HttpStatusCode expected = HttpStatusCode.Created)
    {
        using var answer = await CallAsync(HttpMethod.Post, "conversations", """{"user":{}}""");
        Assert.Equal(expected, answer.StatusCode);
        return await ReadAsync(answer);
    }

    public Task<HttpResponseMessage> SendRawAsync(string json) => CallAsync(HttpMethod.Post, $"conversations/{ConversationId}/activities", json);

    /// <summary>Sends one message and returns its id.</summary>
    public async Task<string> SayAsync(string text, string? clientActivityId = null)
    {
        var activity = new JsonObject { ["type"] = "message", ["text"] = text, ["from"] = new JsonObject { ["id"] = "me" } };
        if (clientActivityId is not null)
            activity["channelData"] = new JsonObject { ["clientActivityID"] = clientActivityId };
        using var answer = await SendRawAsync(activity.ToJsonString());
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Stop)}");
        return (string)(await ReadAsync(answer))["id"]!;
    }

    public async Task<(IReadOnlyList<JsonNode> Activities, string Watermark)> PollAsync(string watermark = "")
    {
        using var answer = await CallAsync(HttpMethod.Get, $"conversations/{ConversationId}/activities?watermark={watermark}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await ReadAsync(answer);
        return ([.. body["activities"]!.AsArray().Select(node => node!)], (string)body["watermark"]!);
    }

    public async Task<DirectLineSocket> ConnectAsync(string? streamUrl = null) =>
        await DirectLineSocket.OpenAsync(streamUrl ?? (string)(await StartAsync())["streamUrl"]!);

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;

    public static async Task AssertErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {body}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var error = JsonNode.Parse(body)!["error"]!;
        Assert.Equal(code, (string?)error["code"]);
        Assert.False(string.IsNullOrWhiteSpace((string?)error["message"]));
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, string? body, IEnumerable<(string Name, string Value)> headers, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request, Stop);
    }
}

internal enum Typing { ReadPast, Shown }

/// <summary>The stream of one conversation.</summary>
internal sealed class DirectLineSocket(ClientWebSocket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Queue<JsonNode> _waiting = new();

    public ClientWebSocket Socket => socket;
    public string? Watermark { get; private set; }

    public static async Task<DirectLineSocket> OpenAsync(string streamUrl)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(streamUrl), TestContext.Current.CancellationToken);
        return new(socket);
    }

    /// <summary>The next activity; empty keep-alive frames are read past. Null: the server closed.</summary>
    public async Task<JsonNode?> NextAsync(Typing typing = Typing.ReadPast)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (_waiting.Count == 0)
        {
            if (await FrameAsync(deadline.Token) is not { } frame)
                return null;
            if (frame.Length == 0)
                continue;
            var set = JsonNode.Parse(frame)!;
            Watermark = (string?)set["watermark"] ?? Watermark;
            foreach (var activity in set["activities"]!.AsArray())
                if (typing == Typing.Shown || (string?)activity!["type"] != "typing")
                    _waiting.Enqueue(activity!);
        }
        return _waiting.Dequeue();
    }

    /// <summary>The next activity that fits.</summary>
    public async Task<JsonNode> NextAsync(Func<JsonNode, bool> fits, Typing typing = Typing.ReadPast)
    {
        while (await NextAsync(typing) is { } activity)
            if (fits(activity))
                return activity;
        throw new InvalidOperationException("The stream closed before such an activity came.");
    }

    public void Dispose() => socket.Dispose();

    private async Task<string?> FrameAsync(CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            kept.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
        }
    }
}
