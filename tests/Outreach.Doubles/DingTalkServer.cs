using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>
/// DingTalk as a robot's server sees it: <c>api.dingtalk.com</c> and <c>oapi.dingtalk.com</c> on one address, the stream mode's WebSocket, a group's webhook robots, and
/// the side that calls the robot back and signs it. Keeps a ledger of what each person and group read.
/// </summary>
public sealed class DingTalkServer : IAsyncDisposable
{
    public const int MessagesAMinute = 20;
    public const string MessageTopic = "/v1.0/im/bot/messages/get";
    private static readonly TimeSpan SessionLife = TimeSpan.FromMinutes(90);

    private readonly TimeProvider _clock;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DingTalkRead>> _reads = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _refusals = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Reader, DateTimeOffset Until)> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlidingCount> _perReader = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WebhookRobot> _robots = new(StringComparer.Ordinal);
    private readonly Dictionary<long, (DateTimeOffset At, JsonObject Result)> _tasks = [];
    private readonly HashSet<(DateOnly Day, string User, string Content)> _noticesToday = [];
    private readonly Dictionary<(DateOnly Day, string User), int> _noticeCounts = [];
    private readonly DingTalkStream _stream;
    private SlidingCount? _noticesAMinute;
    private long _ids = 1_000;
    private int _tokenCalls;
    private LoopbackServer? _server;

    private DingTalkServer(TimeProvider clock) => (_clock, _stream) = (clock, new(clock));

    public string AppKey { get; init; } = "ding" + Guid.NewGuid().ToString("N")[..16];
    public string AppSecret { get; init; } = Guid.NewGuid().ToString("N");
    public string RobotCode => AppKey;
    public long AgentId { get; init; } = 1_234_567;
    /// <summary>Of the event subscription.</summary>
    public string Token { get; init; } = Guid.NewGuid().ToString("N")[..24];
    public string EncodingAesKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))[..43];
    /// <summary>Where the robot wants its callbacks.</summary>
    public Uri Callback { get; set; } = null!;
    /// <summary>How long a callback or a frame waits for its answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>Of every call that sends something.</summary>
    public VendorFaults Faults { get; } = new();
    /// <summary>Person-messages of work notices in a minute.</summary>
    public int NoticesAMinute { get; set; } = 5000;
    /// <summary>Work notices of one person in a day.</summary>
    public int NoticesADay { get; set; } = 500;
    /// <summary>People whom the robot's batch reports as <c>flowControlledStaffIdList</c>, until they are taken out again.</summary>
    public ISet<string> FlowControlled { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>People whom the robot's batch reports as <c>filteredStaffIdList</c>.</summary>
    public ISet<string> Filtered { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>The app lacks the permission: the new calls answer 403 <c>Forbidden.AccessDenied.AccessTokenPermissionDenied</c>.</summary>
    public bool IsForbidden { get; set; }
    public Uri Address => _server!.Address;
    public int TokenCalls => _tokenCalls;
    /// <summary>What calls were refused with, in order: an error code or the code's name.</summary>
    public IReadOnlyList<string> Refusals => [.. _refusals];
    /// <summary>Connections that are open now.</summary>
    public int Streams => _stream.Count;

    /// <summary>How many connections were opened in all.</summary>
    public int StreamsOpened => _stream.Opened;
    public WeChatEnvelope Envelope => new(Token, EncodingAesKey, AppKey);

    public static async Task<DingTalkServer> StartAsync(TimeProvider clock)
    {
        var server = new DingTalkServer(clock);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _stream.Cut();
        _http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>What a person (staff id), a group (conversation id) or a webhook robot's group (its token) read, in order.</summary>
    public IReadOnlyList<DingTalkRead> Ledger(string reader) => _reads.TryGetValue(reader, out var read) ? [.. read] : [];

    /// <summary>People of the organisation; who speaks belongs to it.</summary>
    public void Hire(params ReadOnlySpan<string> staffIds)
    {
        lock (_gate)
            foreach (var id in staffIds)
                _members.Add(id);
    }

    public void Dismiss(string staffId)
    {
        lock (_gate)
            _members.Remove(staffId);
    }

    public void RevokeTokens()
    {
        lock (_gate)
            _tokens.Clear();
    }

    /// <summary>A group's webhook robot.</summary>
    /// <param name="keyword">A word that its messages must hold; null: none.</param>
    /// <returns>The token of its address, and the secret that signs.</returns>
    public (string Token, string Secret) AddWebhook(string? keyword = null)
    {
        var (token, secret) = (Guid.NewGuid().ToString("N"), "SEC" + Guid.NewGuid().ToString("N"));
        lock (_gate)
            _robots[token] = new(secret, keyword);
        return (token, secret);
    }

    /// <summary>The address that a group's settings show.</summary>
    public Uri WebhookAddress(string token) => new(Address, $"/robot/send?access_token={token}");

    /// <summary>What a callback of this time is signed with.</summary>
    public string Sign(string timestamp) => SignatureOf(AppSecret, timestamp);

    /// <summary>Of callbacks and of webhook robots alike.</summary>
    public static string SignatureOf(string secret, string timestamp) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}")));

    // What people do, over HTTP -------------------------------------------------------------------------------------------------------------------

    /// <param name="group">The conversation id of a group where the robot is mentioned; null: 1:1.</param>
    /// <param name="messageId">Null: a new one. The same id is a redelivery.</param>
    public Task<DingTalkPushed> SayAsync(string staffId, string text, string? group = null, string? messageId = null) =>
        CallBackAsync(Message(staffId, "text", new() { ["content"] = group is null ? text : " " + text }, group, messageId));

    /// <param name="kind">Such as <c>picture</c>, <c>richText</c>, <c>audio</c>, <c>video</c>, <c>file</c>.</param>
    public Task<DingTalkPushed> SendAsync(string staffId, string kind, JsonObject content, string? group = null) =>
        CallBackAsync(Message(staffId, kind, content, group, messageId: null));

    public Task<DingTalkPushed> CallBackAsync(JsonObject message)
    {
        var timestamp = Now();
        return PostAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), timestamp, Sign(timestamp), ReaderOf(message));
    }

    /// <summary>Sends one body with these headers, once; for what a vendor would not send as well.</summary>
    /// <param name="timestamp">Milliseconds; null: no such header.</param>
    /// <param name="sign">Null: no such header.</param>
    public async Task<DingTalkPushed> PostAsync(byte[] body, string? timestamp, string? sign, string? reader = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        if (timestamp is not null)
            request.Headers.TryAddWithoutValidation("timestamp", timestamp);
        if (sign is not null)
            request.Headers.TryAddWithoutValidation("sign", sign);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            using var answer = await _http.SendAsync(request, patience.Token);
            var text = await answer.Content.ReadAsStringAsync(patience.Token);
            if (answer.IsSuccessStatusCode && reader is not null && DingTalkShapes.Parse(Encoding.UTF8.GetBytes(text)) is { } message && DingTalkShapes.Shown(DingTalkWay.Body, message) is { } shown)
                Show(reader, shown);
            return new((int)answer.StatusCode, text);
        }
        catch (OperationCanceledException)
        {
            return new(0, "");
        }
    }

    /// <summary>The robot's callback as the vendor writes it.</summary>
    public JsonObject Message(string staffId, string kind, JsonObject content, string? group, string? messageId)
    {
        var session = Guid.NewGuid().ToString("N");
        var until = _clock.GetUtcNow() + SessionLife;
        lock (_gate)
        {
            _members.Add(staffId);
            if (group is not null)
                _groups[group] = group;
            _sessions[session] = (group ?? staffId, until);
        }
        return new()
        {
            ["conversationId"] = group ?? "cid-" + staffId,
            ["conversationType"] = group is null ? "1" : "2",
            ["conversationTitle"] = group is null ? null : "演示群",
            ["msgId"] = messageId ?? "msg" + Id(),
            ["msgtype"] = kind,
            [kind == "text" ? "text" : "content"] = content.DeepClone(),
            ["senderId"] = "$:LWCP_v1:$" + staffId,
            ["senderStaffId"] = staffId,
            ["senderNick"] = "演示业主",
            ["senderCorpId"] = "dingcorp",
            ["chatbotCorpId"] = "dingcorp",
            ["robotCode"] = RobotCode,
            ["isInAtList"] = group is not null,
            ["atUsers"] = group is null ? null : new JsonArray(new JsonObject { ["dingtalkId"] = "$:LWCP_v1:$bot" }),
            ["chatbotUserId"] = "$:LWCP_v1:$bot",
            ["createAt"] = _clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ["sessionWebhook"] = new Uri(Address, "/robot/sendBySession?session=" + session).AbsoluteUri,
            ["sessionWebhookExpiredTime"] = until.ToUnixTimeMilliseconds(),
        };
    }

    /// <summary>Pushes an encrypted event of the subscription and checks the encrypted <c>success</c>.</summary>
    /// <returns>The status, and whether the answer was right.</returns>
    public async Task<(int Status, bool IsAnswered)> EventAsync(JsonObject data)
    {
        var (timestamp, nonce, encrypted) = (Now(), Guid.NewGuid().ToString("N")[..8], Envelope.Seal(data.ToJsonString()));
        var signature = Envelope.Signature(timestamp, nonce, encrypted);
        using var content = new StringContent(new JsonObject { ["encrypt"] = encrypted }.ToJsonString(), Encoding.UTF8, "application/json");
        var address = new UriBuilder(Callback) { Query = $"msg_signature={signature}&signature={signature}&timestamp={timestamp}&nonce={nonce}" }.Uri;
        using var answer = await _http.PostAsync(address, content);
        if (!answer.IsSuccessStatusCode || DingTalkShapes.Parse(await answer.Content.ReadAsByteArrayAsync()) is not { } reply || (string?)reply["encrypt"] is not { } sealedReply)
            return ((int)answer.StatusCode, false);
        var isSigned = (string?)reply["msg_signature"] == Envelope.Signature(reply["timeStamp"]?.ToString() ?? "", (string?)reply["nonce"] ?? "", sealedReply);
        return ((int)answer.StatusCode, isSigned && Envelope.Open(sealedReply) == "success");
    }

    // What people do, in stream mode --------------------------------------------------------------------------------------------------------------

    /// <summary>Sends the message through one open connection and waits for the client's frame.</summary>
    public Task<DingTalkAck> SayInStreamAsync(string staffId, string text, string? group = null, string? messageId = null) =>
        StreamAsync(Message(staffId, "text", new() { ["content"] = group is null ? text : " " + text }, group, messageId));

    public Task<DingTalkAck> StreamAsync(JsonObject message) => FrameAsync("CALLBACK", MessageTopic, message.ToJsonString());

    /// <summary>A ping with an opaque value; true: it came back.</summary>
    public async Task<bool> PingAsync()
    {
        var opaque = Guid.NewGuid().ToString("N");
        var ack = await FrameAsync("SYSTEM", "ping", new JsonObject { ["opaque"] = opaque }.ToJsonString());
        return ack.Code == 200 && (string?)ack.Data?["opaque"] == opaque;
    }

    /// <summary>Any frame; the answer is the client's.</summary>
    public Task<DingTalkAck> FrameAsync(string type, string topic, string data) => _stream.FrameAsync(type, topic, data, Patience);

    /// <summary>Writes something that is no frame.</summary>
    public Task WriteRawAsync(string text) => _stream.WriteRawAsync(text);

    /// <summary>Tells the client to connect again, then closes.</summary>
    public Task DisconnectAsync() => _stream.DisconnectAsync();

    /// <summary>Cuts every connection without a word.</summary>
    public void Cut() => _stream.Cut();

    private sealed record WebhookRobot(string Secret, string? Keyword)
    {
        public SlidingCount Minute { get; } = new(MessagesAMinute, TimeSpan.FromMinutes(1));
        public DateTimeOffset BlockedUntil { get; set; }
    }

    private string Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private long Id() => Interlocked.Increment(ref _ids);

    private static string ReaderOf(JsonObject message) => (string?)message["conversationType"] == "2" ? (string)message["conversationId"]! : (string?)message["senderStaffId"] ?? "";

    private void Show(string reader, DingTalkRead read) => _reads.GetOrAdd(reader, _ => new()).Enqueue(read);

    // api.dingtalk.com and oapi.dingtalk.com ------------------------------------------------------------------------------------------------------

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/stream/connect")
        {
            await _stream.ConnectAsync(context);
            return;
        }
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        switch ((context.Request.Method, context.Request.Path.Value))
        {
            case ("POST", "/v1.0/oauth2/accessToken"): await SayAsync(context, NewToken(body)); break;
            case ("GET", "/gettoken"): await SayAsync(context, OldToken(context.Request.Query)); break;
            case ("POST", "/v1.0/gateway/connections/open"): await SayAsync(context, OpenConnection(body)); break;
            case ("POST", "/topapi/message/corpconversation/getsendresult"): await SayAsync(context, Judged(() => SendResult(context.Request.Query["access_token"].ToString(), body))); break;
            case ("POST", "/v1.0/robot/oToMessages/batchSend"): await TakeAsync(context, () => Batch(context.Request.Headers["x-acs-dingtalk-access-token"].ToString(), body)); break;
            case ("POST", "/v1.0/robot/groupMessages/send"): await TakeAsync(context, () => Group(context.Request.Headers["x-acs-dingtalk-access-token"].ToString(), body)); break;
            case ("POST", "/topapi/message/corpconversation/asyncsend_v2"): await TakeAsync(context, () => WorkNotice(context.Request.Query["access_token"].ToString(), body)); break;
            case ("POST", "/robot/send"): await TakeAsync(context, () => Webhook(context.Request, body)); break;
            case ("POST", "/robot/sendBySession"): await TakeAsync(context, () => Session(context.Request, body)); break;
            default: context.Response.StatusCode = 404; break;
        }
    }

    private sealed record Answer(int Status, JsonObject Body)
    {
        public bool IsTaken => Status == 200 && ((int?)Body["errcode"] ?? 0) == 0;
    }

    private Answer Refused(int status, string code, string text)
    {
        _refusals.Enqueue(code);
        return new(status, new() { ["code"] = code, ["message"] = text, ["requestid"] = Guid.NewGuid().ToString().ToUpperInvariant() });
    }

    private Answer Refused(int code, string text)
    {
        _refusals.Enqueue(code.ToString(CultureInfo.InvariantCulture));
        return new(200, new() { ["errcode"] = code, ["errmsg"] = text, ["request_id"] = Guid.NewGuid().ToString("N") });
    }

    private static Task SayAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        return context.Response.WriteAsJsonAsync(answer.Body, context.RequestAborted);
    }

    private Answer Judged(Func<Answer> judge)
    {
        lock (_gate)
            return judge();
    }

    private async Task TakeAsync(HttpContext context, Func<Answer> judge)
    {
        var fault = Faults.Take();
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        if (fault == VendorFault.RevokesToken)
            RevokeTokens();
        var answer = Judged(judge);
        if (!answer.IsTaken || !await VendorFaults.SpoilsAsync(fault, context))
            await SayAsync(context, answer);
    }

    private Answer NewToken(byte[] body)
    {
        Interlocked.Increment(ref _tokenCalls);
        var asked = DingTalkShapes.Parse(body);
        if ((string?)asked?["appKey"] != AppKey || (string?)asked?["appSecret"] != AppSecret)
            return Refused(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret");
        var (token, left) = Lend();
        return new(200, new() { ["accessToken"] = token, ["expireIn"] = left });
    }

    private Answer OldToken(IQueryCollection query)
    {
        Interlocked.Increment(ref _tokenCalls);
        if (query["appkey"] != AppKey || query["appsecret"] != AppSecret)
            return Refused(40089, "不合法的corpid或corpsecret");
        var (token, left) = Lend();
        return new(200, new() { ["errcode"] = 0, ["errmsg"] = "ok", ["access_token"] = token, ["expires_in"] = left });
    }

    private (string Token, int Left) Lend()
    {
        lock (_gate)
        {
            var token = Guid.NewGuid().ToString("N");
            _tokens[token] = _clock.GetUtcNow().AddSeconds(7200);
            return (token, 7200);
        }
    }

    private Answer? WrongToken(string token) =>
        IsForbidden ? Refused(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", "应用尚未开通所需的权限")
        : _tokens.TryGetValue(token, out var until) && until > _clock.GetUtcNow() ? null : Refused(401, "InvalidAuthentication", "不合法的access_token");

    private Answer? WrongOldToken(string token) =>
        token.Length == 0 || !_tokens.TryGetValue(token, out var until) ? Refused(40014, "不合法的access_token")
        : until > _clock.GetUtcNow() ? null : Refused(42001, "access_token超时");

    private Answer Batch(string token, byte[] body)
    {
        if (WrongToken(token) is { } wrong)
            return wrong;
        if (DingTalkShapes.Parse(body) is not { } asked || (string?)asked["robotCode"] != RobotCode)
            return Refused(400, "invalidParameter.robotCode.invalid", "机器人不存在");
        if (asked["userIds"] is not JsonArray { Count: > 0 and <= 20 } users)
            return Refused(400, "invalidParameter.userIds.invalid", "userIds超过限制");
        if (DingTalkShapes.RobotMessage(DingTalkWay.Batch, asked) is not { } read)
            return Refused(400, "invalidParameter.msgParam.invalid", "msgKey或msgParam不正确");
        var ids = users.Select(user => (string)user!).ToList();
        foreach (var id in ids.Where(id => _members.Contains(id) && !Filtered.Contains(id) && !FlowControlled.Contains(id)))
            Show(id, read);
        return new(200, new()
        {
            ["processQueryKey"] = "key" + Id(),
            ["invalidStaffIdList"] = List(ids.Where(id => !_members.Contains(id))),
            ["filteredStaffIdList"] = List(ids.Where(id => _members.Contains(id) && Filtered.Contains(id))),
            ["flowControlledStaffIdList"] = List(ids.Where(id => _members.Contains(id) && !Filtered.Contains(id) && FlowControlled.Contains(id))),
        });
    }

    private Answer Group(string token, byte[] body)
    {
        if (WrongToken(token) is { } wrong)
            return wrong;
        if (DingTalkShapes.Parse(body) is not { } asked || (string?)asked["robotCode"] != RobotCode)
            return Refused(400, "invalidParameter.robotCode.invalid", "机器人不存在");
        if ((string?)asked["openConversationId"] is not { } group || !_groups.ContainsKey(group))
            return Refused(400, "invalidParameter.openConversationId.invalid", "群不存在");
        if (DingTalkShapes.RobotMessage(DingTalkWay.Group, asked) is not { } read)
            return Refused(400, "invalidParameter.msgParam.invalid", "msgKey或msgParam不正确");
        if (!PerReader(group).TryTake(_clock.GetUtcNow()))
            return Refused(429, "Throttling.Api", "发送过快");
        Show(group, read);
        return new(200, new() { ["processQueryKey"] = "key" + Id() });
    }

    private Answer WorkNotice(string token, byte[] body)
    {
        if (WrongOldToken(token) is { } wrong)
            return wrong;
        if (DingTalkShapes.Parse(body) is not { } asked || asked["agent_id"]?.ToString() != AgentId.ToString(CultureInfo.InvariantCulture))
            return Refused(41011, "缺少agentid");
        var toAll = (bool?)asked["to_all_user"] == true;
        var users = Split(asked["userid_list"]);
        if ((!toAll && users.Count == 0) || users.Count > 100 || Split(asked["dept_id_list"]).Count > 20)
            return Refused(40035, "不合法的参数");
        if (asked["msg"] is not JsonObject message || DingTalkShapes.Shown(DingTalkWay.WorkNotice, message) is not { } read)
            return Refused(40035, "不合法的参数:msg");
        if (toAll)
            users = [.. _members];
        var now = _clock.GetUtcNow();
        if (!(_noticesAMinute ??= new(NoticesAMinute, TimeSpan.FromMinutes(1))).TryTake(now, users.Count))
            return Refused(90018, "您的服务器调用钉钉开放平台的请求过快");
        var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
        List<string> invalid = [], forbidden = [], unread = [];
        foreach (var user in users)
        {
            var count = _noticeCounts.GetValueOrDefault((today, user));
            if (!_members.Contains(user))
                invalid.Add(user);
            else if (count >= NoticesADay || !_noticesToday.Add((today, user, message.ToJsonString())))
                forbidden.Add(user);
            else
            {
                _noticeCounts[(today, user)] = count + 1;
                Show(user, read);
                unread.Add(user);
            }
        }
        var task = Id();
        _tasks[task] = (now, new()
        {
            ["invalid_user_id_list"] = List(invalid),
            ["forbidden_user_id_list"] = List(forbidden),
            ["failed_user_id_list"] = new JsonArray(),
            ["read_user_id_list"] = new JsonArray(),
            ["unread_user_id_list"] = List(unread),
            ["invalid_dept_id_list"] = new JsonArray(),
        });
        return new(200, new() { ["errcode"] = 0, ["errmsg"] = "ok", ["task_id"] = task, ["request_id"] = Guid.NewGuid().ToString("N") });
    }

    private Answer SendResult(string token, byte[] body)
    {
        if (WrongOldToken(token) is { } wrong)
            return wrong;
        if (DingTalkShapes.Parse(body) is not { } asked || asked["agent_id"]?.ToString() != AgentId.ToString(CultureInfo.InvariantCulture)
            || !long.TryParse(asked["task_id"]?.ToString(), CultureInfo.InvariantCulture, out var id)
            || !_tasks.TryGetValue(id, out var task) || task.At.AddHours(24) <= _clock.GetUtcNow())
            return Refused(40035, "不合法的参数:task_id");
        return new(200, new() { ["errcode"] = 0, ["errmsg"] = "ok", ["send_result"] = task.Result.DeepClone() });
    }

    private Answer Webhook(HttpRequest request, byte[] body)
    {
        var now = _clock.GetUtcNow();
        if (!_robots.TryGetValue(request.Query["access_token"].ToString(), out var robot))
            return Refused(300001, "token is not exist");
        var timestamp = request.Query["timestamp"].ToString();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || (now - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Duration() > TimeSpan.FromHours(1))
            return Refused(310000, "invalid timestamp");
        if (request.Query["sign"] != SignatureOf(robot.Secret, timestamp))
            return Refused(310000, "sign not match");
        if (DingTalkShapes.Parse(body) is not { } message || DingTalkShapes.Shown(DingTalkWay.Webhook, message) is not { } read)
            return Refused(400101, "message is invalid");
        if (robot.Keyword is not null && !read.Text.Contains(robot.Keyword, StringComparison.Ordinal) && !read.Title.Contains(robot.Keyword, StringComparison.Ordinal))
            return Refused(310000, "keywords not in content");
        if (now < robot.BlockedUntil)
            return Refused(130101, "send too fast, exceed 20 times per minute");
        if (!robot.Minute.TryTake(now))
        {
            robot.BlockedUntil = now.AddMinutes(10);
            return Refused(130101, "send too fast, exceed 20 times per minute");
        }
        Show(request.Query["access_token"].ToString(), read);
        return new(200, new() { ["errcode"] = 0, ["errmsg"] = "ok" });
    }

    private Answer Session(HttpRequest request, byte[] body)
    {
        if (!_sessions.TryGetValue(request.Query["session"].ToString(), out var session) || session.Until <= _clock.GetUtcNow())
            return Refused(300001, "session is not exist");
        if (DingTalkShapes.Parse(body) is not { } message || DingTalkShapes.Shown(DingTalkWay.Session, message) is not { } read)
            return Refused(400101, "message is invalid");
        if (!PerReader(session.Reader).TryTake(_clock.GetUtcNow()))
            return Refused(130101, "send too fast, exceed 20 times per minute");
        Show(session.Reader, read);
        return new(200, new() { ["errcode"] = 0, ["errmsg"] = "ok" });
    }

    private Answer OpenConnection(byte[] body)
    {
        var asked = DingTalkShapes.Parse(body);
        if ((string?)asked?["clientId"] != AppKey || (string?)asked?["clientSecret"] != AppSecret)
            return Refused(401, "authFailed", "鉴权失败");
        if (asked?["subscriptions"] is not JsonArray { Count: > 0 } topics || !topics.Any(topic => (string?)topic?["type"] == "CALLBACK" && (string?)topic["topic"] == MessageTopic))
            return Refused(400, "invalidParameter.subscriptions", "没有订阅机器人消息");
        return new(200, new() { ["endpoint"] = $"ws://{Address.Authority}/stream/connect", ["ticket"] = _stream.NewTicket() });
    }

    private SlidingCount PerReader(string reader) =>
        _perReader.TryGetValue(reader, out var count) ? count : _perReader[reader] = new(MessagesAMinute, TimeSpan.FromMinutes(1));

    private static List<string> Split(JsonNode? list) => [.. (list?.ToString() ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];

    private static JsonArray List(IEnumerable<string> ids) => [.. ids.Select(id => (JsonNode)id)];
}
