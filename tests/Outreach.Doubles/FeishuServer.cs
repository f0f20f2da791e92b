using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>
/// Feishu as an app's server sees it: <c>open.feishu.cn</c> with tokens, limits and codes, a group's webhook robots, and the side that pushes events (schema 2.0),
/// encrypts and signs them and pushes again with the same event id. Keeps a ledger of what each person and chat read.
/// </summary>
public sealed class FeishuServer : IAsyncDisposable
{
    private const int MaxTextBytes = 150 * 1024;
    private const int MaxCardBytes = 30 * 1024;
    private const int MaxImageBytes = 10 * 1024 * 1024;
    private const int MaxWebhookBytes = 20 * 1024;
    private const int Deliveries = 5;

    private readonly TimeProvider _clock;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<string, List<FeishuRead>> _reads = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<int> _refusals = new();
    private readonly ConcurrentDictionary<string, byte[]> _images = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Person> _people = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset At, string MessageId, string Chat)> _uuids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Reader, string Chat)> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WebhookRobot> _robots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlidingCount> _perReader = new(StringComparer.Ordinal);
    private SlidingCount? _second;
    private SlidingCount? _minute;
    private SlidingCount? _batchDay;
    private int _tokenCalls;
    private int _ids;
    private LoopbackServer? _server;

    private FeishuServer(TimeProvider clock) => _clock = clock;

    public string AppId { get; init; } = "cli_" + Guid.NewGuid().ToString("N")[..16];
    public string AppSecret { get; init; } = Guid.NewGuid().ToString("N");
    public string VerificationToken { get; init; } = Guid.NewGuid().ToString("N");
    /// <summary>Null: events come in plain text and unsigned.</summary>
    public string? EncryptKey { get; set; } = Guid.NewGuid().ToString("N");
    public string TenantKey { get; } = "tenant-demo";
    /// <summary>Where the app wants its events.</summary>
    public Uri Callback { get; set; } = null!;
    /// <summary>How long a push waits for its answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);
    /// <summary>Of every call that sends something.</summary>
    public VendorFaults Faults { get; } = new();
    /// <summary>Messages of the app in a second and in a minute, to one person or group in a second, and of batches in a day.</summary>
    public int MessagesASecond { get; set; } = 50;
    public int MessagesAMinute { get; set; } = 1000;
    public int MessagesASecondEach { get; set; } = 5;
    public int BatchADay { get; set; } = 500_000;
    public Uri Address => _server!.Address;
    public int TokenCalls => _tokenCalls;
    /// <summary>Whether the app has the permission to upload pictures; without it 99991672.</summary>
    public bool MayUpload { get; set; } = true;
    /// <summary>The pictures that were uploaded, by key.</summary>
    public IReadOnlyDictionary<string, byte[]> Images => _images;
    /// <summary>The codes that calls were refused with, in order.</summary>
    public IReadOnlyList<int> Refusals => [.. _refusals];
    public FeishuEnvelope Envelope => new(EncryptKey ?? throw new InvalidOperationException("There is no key."));

    public static async Task<FeishuServer> StartAsync(TimeProvider clock)
    {
        var server = new FeishuServer(clock);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>What a person (open id), a group (chat id) or a webhook robot's group (its id) read, in order, as it looks now.</summary>
    public IReadOnlyList<FeishuRead> Ledger(string reader)
    {
        lock (_gate)
            return _reads.TryGetValue(reader, out var read) ? [.. read] : [];
    }

    /// <summary>People within the app's range; who speaks is within it.</summary>
    public void Hire(params ReadOnlySpan<string> openIds)
    {
        lock (_gate)
            foreach (var id in openIds)
                PersonOf(id).IsInRange = true;
    }

    /// <summary>Takes a person out of the app's range: 230013 from now on.</summary>
    public void Dismiss(string openId)
    {
        lock (_gate)
            PersonOf(openId).IsInRange = false;
    }

    /// <summary>The robot is put into a group.</summary>
    public void Join(string chatId)
    {
        lock (_gate)
            _groups.Add(chatId);
    }

    /// <summary>The robot is taken out of a group: 230002 from now on.</summary>
    public void Leave(string chatId)
    {
        lock (_gate)
            _groups.Remove(chatId);
    }

    public void RevokeTokens()
    {
        lock (_gate)
            _tokens.Clear();
    }

    /// <summary>A group's webhook robot.</summary>
    /// <param name="keyword">A word that its messages must hold; null: none.</param>
    /// <returns>The id in its address, and the secret that signs.</returns>
    public (string Id, string Secret) AddWebhook(string? keyword = null)
    {
        var (id, secret) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString("N"));
        lock (_gate)
            _robots[id] = new(secret, keyword);
        return (id, secret);
    }

    /// <summary>The address that a group's settings show.</summary>
    public Uri WebhookAddress(string id) => new(Address, $"/open-apis/bot/v2/hook/{id}");

    // What people do ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>Saves the address in the console; true: the challenge came back.</summary>
    public async Task<bool> ChallengeAsync()
    {
        var challenge = Guid.NewGuid().ToString();
        var plain = new JsonObject { ["challenge"] = challenge, ["token"] = VerificationToken, ["type"] = "url_verification" }.ToJsonString();
        var (status, body) = await PostAsync(Encoding.UTF8.GetBytes(EncryptKey is null ? plain : Envelope.Seal(plain)), Unsigned);
        return status == 200 && (string?)Parse(Encoding.UTF8.GetBytes(body))?["challenge"] == challenge;
    }

    /// <param name="group">The chat id of a group where the robot is mentioned; null: 1:1.</param>
    /// <param name="messageId">Null: a new one.</param>
    public Task<FeishuPushed> SayAsync(string openId, string text, string? group = null, string? messageId = null) =>
        PushAsync(Message(openId, "text", new() { ["text"] = group is null ? text : "@_user_1 " + text }, group, messageId));

    /// <param name="kind">Such as <c>image</c>, <c>post</c>, <c>audio</c>, <c>file</c>, <c>sticker</c>.</param>
    public Task<FeishuPushed> SendAsync(string openId, string kind, JsonObject content, string? group = null) => PushAsync(Message(openId, kind, content, group, messageId: null));

    /// <summary>Taps a button of a card; the callback of schema 2.0.</summary>
    public Task<FeishuPushed> TapAsync(string openId, string messageId, JsonNode? value) => PushAsync(Event("card.action.trigger", new()
    {
        ["operator"] = new JsonObject { ["open_id"] = openId, ["union_id"] = "on-" + openId, ["tenant_key"] = TenantKey },
        ["token"] = "c-" + Guid.NewGuid().ToString("N"),
        ["action"] = new JsonObject { ["value"] = value?.DeepClone(), ["tag"] = "button" },
        ["host"] = "im_message",
        ["context"] = new JsonObject { ["open_message_id"] = messageId, ["open_chat_id"] = ChatOf(openId) },
    }));

    /// <summary>Taps a button of a card; the callback of the old kind, with its own signature, unencrypted.</summary>
    public async Task<FeishuPushed> TapOldAsync(string openId, string messageId, JsonNode? value)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["open_id"] = openId,
            ["open_message_id"] = messageId,
            ["open_chat_id"] = ChatOf(openId),
            ["tenant_key"] = TenantKey,
            ["token"] = "c-" + Guid.NewGuid().ToString("N"),
            ["action"] = new JsonObject { ["value"] = value?.DeepClone(), ["tag"] = "button" },
        }.ToJsonString());
        var (timestamp, nonce) = (Seconds(_clock.GetUtcNow()), Guid.NewGuid().ToString("N"));
#pragma warning disable CA5350 // the vendor's protocol
        var signature = Convert.ToHexString(SHA1.HashData([.. Encoding.UTF8.GetBytes(timestamp + nonce + VerificationToken), .. body])).ToLowerInvariant();
#pragma warning restore CA5350
        var (status, answer) = await PostAsync(body, Headers(timestamp, nonce, signature));
        return new(1, status, answer);
    }

    /// <summary>Any other event.</summary>
    public Task<FeishuPushed> EventAsync(string type, JsonObject content) => PushAsync(Event(type, content));

    /// <summary>Pushes a whole envelope, again with the same event id while it is not answered with 200.</summary>
    public async Task<FeishuPushed> PushAsync(JsonObject envelope)
    {
        for (var delivery = 1; ; delivery++)
        {
            var (status, answer) = await DeliverAsync(envelope);
            if (status == 200 || delivery == Deliveries)
                return new(delivery, status, answer);
        }
    }

    /// <summary>Pushes a whole envelope once.</summary>
    public Task<(int Status, string Body)> DeliverAsync(JsonObject envelope, DateTimeOffset? at = null, string? nonce = null)
    {
        var plain = envelope.ToJsonString();
        if (EncryptKey is null)
            return PostAsync(Encoding.UTF8.GetBytes(plain), Unsigned);
        var body = Encoding.UTF8.GetBytes(Envelope.Seal(plain));
        return PostAsync(body, SignedHeaders(body, at, nonce));
    }

    /// <summary>The headers that belong to a body.</summary>
    public IReadOnlyDictionary<string, string> SignedHeaders(byte[] body, DateTimeOffset? at = null, string? nonce = null)
    {
        var (timestamp, some) = (Seconds(at ?? _clock.GetUtcNow()), nonce ?? Guid.NewGuid().ToString("N"));
        return Headers(timestamp, some, Envelope.Signature(timestamp, some, body));
    }

    /// <summary>Sends one body with these headers, once; for what a vendor would not send as well.</summary>
    public async Task<(int Status, string Body)> PostAsync(byte[] body, IReadOnlyDictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            using var answer = await _http.SendAsync(request, patience.Token);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(patience.Token));
        }
        catch (OperationCanceledException)
        {
            return (0, "");
        }
    }

    /// <summary>The envelope of an event, with an id of its own.</summary>
    public JsonObject Event(string type, JsonObject content) => new()
    {
        ["schema"] = "2.0",
        ["header"] = new JsonObject
        {
            ["event_id"] = Guid.NewGuid().ToString("N"),
            ["event_type"] = type,
            ["create_time"] = _clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            ["token"] = VerificationToken,
            ["app_id"] = AppId,
            ["tenant_key"] = TenantKey,
        },
        ["event"] = content,
    };

    /// <summary>The event of a message.</summary>
    public JsonObject Message(string openId, string kind, JsonObject content, string? group, string? messageId)
    {
        var id = messageId ?? NewMessageId();
        lock (_gate)
        {
            PersonOf(openId).IsInRange = true;
            if (group is not null)
                _groups.Add(group);
            _messages[id] = (group ?? openId, group ?? ChatOf(openId));
        }
        return Event("im.message.receive_v1", new()
        {
            ["sender"] = new JsonObject
            {
                ["sender_id"] = new JsonObject { ["open_id"] = openId, ["union_id"] = "on-" + openId, ["user_id"] = "u-" + openId },
                ["sender_type"] = "user",
                ["tenant_key"] = TenantKey,
            },
            ["message"] = new JsonObject
            {
                ["message_id"] = id,
                ["create_time"] = _clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                ["chat_id"] = group ?? ChatOf(openId),
                ["chat_type"] = group is null ? "p2p" : "group",
                ["message_type"] = kind,
                ["content"] = content.ToJsonString(),
                ["mentions"] = group is null ? null
                    : new JsonArray(new JsonObject { ["key"] = "@_user_1", ["id"] = new JsonObject { ["open_id"] = "ou_bot" }, ["name"] = "业委会助手", ["tenant_key"] = TenantKey }),
            },
        });
    }

    /// <summary>What a webhook robot's message of this second is signed with.</summary>
    public static string SignatureOf(string secret, string timestamp) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(timestamp + "\n" + secret), Array.Empty<byte>()));

    private static readonly Dictionary<string, string> Unsigned = [];

    private sealed class Person(string openId)
    {
        public string OpenId => openId;
        public bool IsInRange { get; set; }
    }

    private sealed record WebhookRobot(string Secret, string? Keyword)
    {
        public SlidingCount Second { get; } = new(5, TimeSpan.FromSeconds(1));
        public SlidingCount Minute { get; } = new(100, TimeSpan.FromMinutes(1));
    }

    private static string ChatOf(string openId) => "oc-" + openId;

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Headers(string timestamp, string nonce, string signature) => new()
    {
        ["X-Lark-Request-Timestamp"] = timestamp,
        ["X-Lark-Request-Nonce"] = nonce,
        ["X-Lark-Signature"] = signature,
    };

    private string NewMessageId() => $"om_{Interlocked.Increment(ref _ids):x8}";

    private Person PersonOf(string openId) => _people.TryGetValue(openId, out var person) ? person : _people[openId] = new(openId);

    // open.feishu.cn ------------------------------------------------------------------------------------------------------------------------------

    private async Task AnswerAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        string[] path = [.. (context.Request.Path.Value ?? "").Trim('/').Split('/')];
        switch (path)
        {
            case ["open-apis", "auth", "v3", "tenant_access_token", "internal"] when context.Request.Method == "POST":
                await SayAsync(context, LendToken(body));
                break;
            case ["open-apis", "im", "v1", "messages"] when context.Request.Method == "POST":
                await TakeAsync(context, () => Send(context.Request, body));
                break;
            case ["open-apis", "im", "v1", "messages", var id, "reply"] when context.Request.Method == "POST":
                await TakeAsync(context, () => Reply(context.Request, id, body));
                break;
            case ["open-apis", "im", "v1", "messages", var id] when context.Request.Method is "PUT" or "PATCH":
                await TakeAsync(context, () => Edit(context.Request, id, body));
                break;
            case ["open-apis", "im", "v1", "messages", var id] when context.Request.Method == "DELETE":
                await TakeAsync(context, () => Recall(context.Request, id));
                break;
            case ["open-apis", "im", "v1", "images"] when context.Request.Method == "POST":
                context.Request.Body = new MemoryStream(body);
                var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
                await TakeAsync(context, () => Keep(context.Request, form));
                break;
            case ["open-apis", "message", "v4", "batch_send"] when context.Request.Method == "POST":
                await TakeAsync(context, () => Batch(context.Request, body));
                break;
            case ["open-apis", "bot", "v2", "hook", var id] when context.Request.Method == "POST":
                await TakeAsync(context, () => Webhook(id, body));
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private sealed record Answer(int Status, JsonObject Body)
    {
        public bool IsTaken => (int?)Body["code"] == 0;
    }

    private Answer Refused(int code, string text, int status = 400)
    {
        _refusals.Enqueue(code);
        return new(status, new() { ["code"] = code, ["msg"] = text, ["error"] = new JsonObject { ["log_id"] = Guid.NewGuid().ToString("N") } });
    }

    private static Task SayAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.Status == 429)
            context.Response.Headers["x-ogw-ratelimit-reset"] = "1";
        return context.Response.WriteAsJsonAsync(answer.Body, context.RequestAborted);
    }

    private async Task TakeAsync(HttpContext context, Func<Answer> judge)
    {
        var fault = Faults.Take();
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        if (fault == VendorFault.RevokesToken)
            RevokeTokens();
        Answer answer;
        lock (_gate)
            answer = judge();
        if (!answer.IsTaken || !await VendorFaults.SpoilsAsync(fault, context))
            await SayAsync(context, answer);
    }

    private Answer LendToken(byte[] body)
    {
        Interlocked.Increment(ref _tokenCalls);
        var asked = Parse(body);
        if ((string?)asked?["app_id"] != AppId)
            return Refused(10003, "invalid param", 200);
        if ((string?)asked["app_secret"] != AppSecret)
            return Refused(10014, "app secret invalid", 200);
        lock (_gate)
        {
            // A new one only in the last half hour of the old; both hold then.
            var now = _clock.GetUtcNow();
            var (token, until) = _tokens.OrderByDescending(pair => pair.Value).FirstOrDefault();
            if (token is null || until - now < TimeSpan.FromMinutes(30))
                _tokens[token = "t-" + Guid.NewGuid().ToString("N")] = until = now.AddSeconds(7200);
            return new(200, new() { ["code"] = 0, ["msg"] = "ok", ["tenant_access_token"] = token, ["expire"] = (int)(until - now).TotalSeconds });
        }
    }

    private Answer? WrongToken(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal))
            return Refused(99991661, "Missing access token for authorization.");
        return !_tokens.TryGetValue(header[7..], out var until) || until <= _clock.GetUtcNow() ? Refused(99991663, "Invalid access token for authorization.") : null;
    }

    private Answer Send(HttpRequest request, byte[] body)
    {
        if (WrongToken(request) is { } wrong)
            return wrong;
        if (Parse(body) is not { } asked || (string?)asked["receive_id"] is not { Length: > 0 } id)
            return Refused(230001, "Your request contains an invalid request parameter.");
        switch (request.Query["receive_id_type"].ToString())
        {
            case "open_id":
                return ToPerson(id, asked);
            case "user_id" when id.StartsWith("u-", StringComparison.Ordinal):
                return ToPerson(id[2..], asked);
            case "union_id" when id.StartsWith("on-", StringComparison.Ordinal):
                return ToPerson(id[3..], asked);
            case "chat_id" when _people.Values.FirstOrDefault(person => ChatOf(person.OpenId) == id) is { } person:
                return ToPerson(person.OpenId, asked);
            case "chat_id":
                return _groups.Contains(id) ? Deliver(FeishuWay.Message, id, id, asked, replyTo: null) : Refused(230002, "Bot/User can NOT be out of the chat.");
            default:
                return Refused(230001, "Your request contains an invalid request parameter, ext=invalid receive_id.");
        }
    }

    private Answer ToPerson(string openId, JsonObject asked) =>
        _people.TryGetValue(openId, out var person) && person.IsInRange ? Deliver(FeishuWay.Message, openId, ChatOf(openId), asked, replyTo: null)
        : Refused(230013, "Bot has NO availability to this user.");

    private Answer Reply(HttpRequest request, string id, byte[] body)
    {
        if (WrongToken(request) is { } wrong)
            return wrong;
        if (Parse(body) is not { } asked || !_messages.TryGetValue(id, out var answered))
            return Refused(230001, "Your request contains an invalid request parameter, ext=invalid message_id.");
        if (_people.TryGetValue(answered.Reader, out var person) && !person.IsInRange)
            return Refused(230013, "Bot has NO availability to this user.");
        if (person is null && !_groups.Contains(answered.Chat))
            return Refused(230002, "Bot/User can NOT be out of the chat.");
        return Deliver(FeishuWay.Reply, answered.Reader, answered.Chat, asked, id);
    }

    private Answer Deliver(FeishuWay way, string reader, string chat, JsonObject asked, string? replyTo)
    {
        var now = _clock.GetUtcNow();
        if ((string?)asked["msg_type"] is not { } kind || asked["content"] is not JsonValue text || text.GetValueKind() != JsonValueKind.String
            || Parse(Encoding.UTF8.GetBytes((string)text!)) is not { } content || !IsShaped(kind, content))
            return Refused(230001, "Your request contains an invalid request parameter, ext=content or msg_type.");
        if (Encoding.UTF8.GetByteCount((string)text!) > (kind == "text" ? MaxTextBytes : MaxCardBytes))
            return Refused(230025, "The length of the message content reaches its limit.");
        var uuid = (string?)asked["uuid"];
        if (uuid is { Length: > 50 })
            return Refused(230001, "Your request contains an invalid request parameter, ext=uuid.");
        if (uuid is not null && _uuids.TryGetValue(uuid, out var sent) && now < sent.At.AddHours(1))
            return Sent(sent.MessageId, sent.Chat);
        if (TooFast(now, 1) is { } refused)
            return refused;
        if (!PerReader(reader).TryTake(now))
            return Refused(230020, "This operation triggers the frequency limit.");
        var id = NewMessageId();
        Read(reader, new(id, way, kind, content, replyTo));
        _messages[id] = (reader, chat);
        if (uuid is not null)
            _uuids[uuid] = (now, id, chat);
        return Sent(id, chat);
    }

    private static Answer Sent(string id, string chat) =>
        new(200, new() { ["code"] = 0, ["msg"] = "success", ["data"] = new JsonObject { ["message_id"] = id, ["chat_id"] = chat } });

    private Answer Keep(HttpRequest request, IFormCollection? form)
    {
        if (WrongToken(request) is { } wrong)
            return wrong;
        if (!MayUpload)
            return Refused(99991672, "Access denied. One of the following scopes is required: [im:resource:upload, im:resource].");
        if (form?["image_type"].ToString() is not ("message" or "avatar") || form.Files.GetFile("image") is not { Length: > 0 } image)
            return Refused(234001, "Invalid request param.");
        if (image.Length > MaxImageBytes)
            return Refused(234006, "The file size exceed the max value.");
        using var bytes = new MemoryStream();
        image.CopyTo(bytes);
        var key = $"img_v3_{Interlocked.Increment(ref _ids):x8}";
        _images[key] = bytes.ToArray();
        return new(200, new() { ["code"] = 0, ["msg"] = "success", ["data"] = new JsonObject { ["image_key"] = key } });
    }

    private Answer Edit(HttpRequest request, string id, byte[] body)
    {
        if (WrongToken(request) is { } wrong)
            return wrong;
        if (!_messages.TryGetValue(id, out var message) || Find(message.Reader, id) is not { } old || Parse(body) is not { } asked
            || Parse(Encoding.UTF8.GetBytes((string?)asked["content"] ?? "")) is not { } content
            || (request.Method == "PATCH") != (old.Kind == "interactive") || !IsShaped(old.Kind, content))
            return Refused(230001, "Your request contains an invalid request parameter.");
        Replace(message.Reader, old with { Content = content, State = "edited" });
        return Sent(id, message.Chat);
    }

    private Answer Recall(HttpRequest request, string id)
    {
        if (WrongToken(request) is { } wrong)
            return wrong;
        if (!_messages.TryGetValue(id, out var message) || Find(message.Reader, id) is not { } old)
            return Refused(230001, "Your request contains an invalid request parameter.");
        Replace(message.Reader, old with { State = "recalled" });
        return new(200, new() { ["code"] = 0, ["msg"] = "success", ["data"] = new JsonObject() });
    }

    private Answer Batch(HttpRequest request, byte[] body)
    {
        if (WrongToken(request) is { } wrong)
            return wrong;
        if (Parse(body) is not { } asked || (string?)asked["msg_type"] is not { } kind)
            return Refused(230001, "Your request contains an invalid request parameter.");
        // A card stands beside the type, everything else in the content, as objects and not as text.
        if ((kind == "interactive" ? asked["card"] : asked["content"]) is not JsonObject content || !IsShaped(kind, content))
            return Refused(230001, "Your request contains an invalid request parameter, ext=content.");
        if (Encoding.UTF8.GetByteCount(content.ToJsonString()) > (kind == "text" ? MaxTextBytes : MaxCardBytes))
            return Refused(230025, "The length of the message content reaches its limit.");
        List<(string Given, string OpenId)> users =
        [
            .. Ids(asked, "open_ids").Select(id => (id, id)),
            .. Ids(asked, "user_ids").Select(id => (id, id.StartsWith("u-", StringComparison.Ordinal) ? id[2..] : "")),
            .. Ids(asked, "union_ids").Select(id => (id, id.StartsWith("on-", StringComparison.Ordinal) ? id[3..] : "")),
        ];
        if (users.Count is 0 or > 200)
            return Refused(230001, "Your request contains an invalid request parameter, ext=ids.");
        var now = _clock.GetUtcNow();
        if (!(_batchDay ??= new(BatchADay, TimeSpan.FromDays(1))).TryTake(now, users.Count) || TooFast(now, 1) is not null)
            return Refused(99991400, "request trigger frequency limit", 429);
        var message = "bm-" + Guid.NewGuid().ToString("N");
        var gone = users.Where(user => !_people.TryGetValue(user.OpenId, out var person) || !person.IsInRange).ToList();
        foreach (var (_, openId) in users.Except(gone))
            Read(openId, new(message, FeishuWay.Batch, kind, (JsonObject)content.DeepClone(), null));
        return new(200, new()
        {
            ["code"] = 0,
            ["msg"] = "ok",
            ["data"] = new JsonObject
            {
                ["message_id"] = message,
                ["invalid_department_ids"] = new JsonArray(),
                ["invalid_open_ids"] = List(gone, Ids(asked, "open_ids")),
                ["invalid_user_ids"] = List(gone, Ids(asked, "user_ids")),
                ["invalid_union_ids"] = List(gone, Ids(asked, "union_ids")),
            },
        });
    }

    private Answer Webhook(string id, byte[] body)
    {
        var now = _clock.GetUtcNow();
        if (!_robots.TryGetValue(id, out var robot))
            return Refused(19001, "param invalid: incoming webhook access token invalid", 200);
        if (body.Length > MaxWebhookBytes)
            return Refused(9499, "Bad Request", 200);
        if (Parse(body) is not { } asked || (string?)asked["msg_type"] is not { } kind
            || (kind == "interactive" ? asked["card"] : asked["content"]) is not JsonObject content || !IsShaped(kind, content))
            return Refused(9499, "Bad Request", 200);
        var timestamp = asked["timestamp"]?.ToString() ?? "";
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || (now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > TimeSpan.FromHours(1)
            || (string?)asked["sign"] != SignatureOf(robot.Secret, timestamp))
            return Refused(19021, "sign match fail or timestamp is not within one hour from current time", 200);
        var read = new FeishuRead(NewMessageId(), FeishuWay.Webhook, kind, (JsonObject)content.DeepClone(), null);
        if (robot.Keyword is not null && !read.Text.Contains(robot.Keyword, StringComparison.Ordinal))
            return Refused(19024, "Key Words Not Found", 200);
        if (!robot.Second.TryTake(now) || !robot.Minute.TryTake(now))
            return Refused(11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]", 200);
        Read(id, read);
        return new(200, new() { ["StatusCode"] = 0, ["StatusMessage"] = "success", ["code"] = 0, ["data"] = new JsonObject(), ["msg"] = "success" });
    }

    private Answer? TooFast(DateTimeOffset now, int count) =>
        (_second ??= new(MessagesASecond, TimeSpan.FromSeconds(1))).TryTake(now, count) && (_minute ??= new(MessagesAMinute, TimeSpan.FromMinutes(1))).TryTake(now, count)
            ? null : Refused(99991400, "request trigger frequency limit", 429);

    private SlidingCount PerReader(string reader) =>
        _perReader.TryGetValue(reader, out var count) ? count : _perReader[reader] = new(MessagesASecondEach, TimeSpan.FromSeconds(1));

    private void Read(string reader, FeishuRead read) => _reads.GetOrAdd(reader, _ => []).Add(read);

    private FeishuRead? Find(string reader, string id) => _reads.TryGetValue(reader, out var read) ? read.Find(one => one.MessageId == id) : null;

    private void Replace(string reader, FeishuRead read)
    {
        var list = _reads[reader];
        list[list.FindIndex(one => one.MessageId == read.MessageId)] = read;
    }

    // A card shows only pictures that were uploaded.
    private bool IsShaped(string kind, JsonObject content) => kind switch
    {
        "interactive" when content["elements"] is JsonArray elements && elements.Any(element => (string?)element?["tag"] == "img" && !HasPicture(element)) => false,
        "text" => content["text"] is JsonValue text && text.GetValueKind() == JsonValueKind.String && ((string)text!).Length > 0,
        // Under a language, and inside a "post" where it stands unencoded.
        "post" => (content["post"] as JsonObject ?? content) is { Count: > 0 } languages && languages.All(language => language.Value?["content"] is JsonArray { Count: > 0 }),
        "interactive" => content["elements"] is JsonArray || content["body"]?["elements"] is JsonArray || content["type"] is not null || content["i18n_elements"] is not null,
        "image" => content["image_key"] is not null,
        "share_chat" => content["share_chat_id"] is not null,
        _ => false,
    };

    private bool HasPicture(JsonNode image) => (string?)image["img_key"] is { } key && _images.ContainsKey(key) && (string?)image["alt"]?["tag"] == "plain_text" && (string?)image["alt"]?["content"] is not null;

    private static List<string> Ids(JsonObject asked, string name) => [.. (asked[name] as JsonArray ?? []).Select(id => (string)id!)];

    private static JsonArray List(List<(string Given, string OpenId)> gone, List<string> given) => [.. gone.Where(user => given.Contains(user.Given)).Select(user => (JsonNode)user.Given)];

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(new UTF8Encoding(false, true).GetString(body)) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}
