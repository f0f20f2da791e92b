using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <param name="MsgType">Such as <c>text</c>, <c>textcard</c>; <c>passive</c> for an answer inside a push.</param>
/// <param name="Text">What the member reads: a text, or a card's title and description on two lines.</param>
/// <param name="Url">Of a card.</param>
/// <param name="Buttons">Key and words of a card's buttons.</param>
public sealed record WeComRead(string MsgId, string MsgType, string Text, string? Url, IReadOnlyList<(string Key, string Text)> Buttons)
{
    /// <summary>The card's, for a tap on it.</summary>
    public string? TaskId { get; init; }
}

/// <summary>
/// WeCom as a corp's server sees it: <c>qyapi.weixin.qq.com</c> with tokens for each secret, application messages with their partial failures, duplicate check and limits,
/// the group robot and customer service, and the side that pushes what members and customers do. Keeps a ledger of what everybody reads.
/// </summary>
public sealed partial class WeComServer : IAsyncDisposable
{
    private const int MaxTextBytes = 2048;
    private const int MaxUsers = 1000;
    private const int MemberMinute = 30;
    private const int MemberHour = 1000;

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly List<LentToken> _tokens = [];
    private readonly Dictionary<string, (string MsgId, DateTimeOffset Until)> _sentBodies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _sentIds = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _calls = new();
    private readonly ConcurrentQueue<int> _refusals = new();
    private DateTimeOffset _blockedUntil = DateTimeOffset.MinValue;
    private DateOnly _day;
    private int _usedToday;
    private int _tokenCalls;
    private int _sendCalls;
    private int _ids;
    private LoopbackServer? _server;

    private WeComServer(TimeProvider clock)
    {
        _clock = clock;
        Pushes = new(CorpId, clock);
        CustomerPushes = new(CorpId, clock);
        Customers = new(this, clock);
        Robot = new(clock);
    }

    public string CorpId { get; } = "ww" + RandomNumberGenerator.GetHexString(16, lowercase: true);
    /// <summary>Of the application.</summary>
    public string Secret { get; } = RandomNumberGenerator.GetHexString(40);
    public int AgentId { get; } = 1000002;
    /// <summary>Of customer service; the application's secret serves as well while <see cref="AppMayServeCustomers"/>.</summary>
    public string CustomerSecret { get; } = RandomNumberGenerator.GetHexString(40);
    public bool AppMayServeCustomers { get; set; } = true;
    /// <summary>The caller's address is on the allow list.</summary>
    public bool IsListed { get; set; } = true;
    /// <summary>Accounts that the corp paid for: 200 person-messages a day each.</summary>
    public int Accounts { get; set; } = 1000;
    /// <summary>Calls a minute for the corp; beyond it everything is blocked for a minute.</summary>
    public int CallsAMinute { get; set; } = 10_000;
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromSeconds(7200);
    /// <summary>The application's callback.</summary>
    public WeComPushes Pushes { get; }
    /// <summary>Customer service's callback.</summary>
    public WeComPushes CustomerPushes { get; }
    public WeComCustomers Customers { get; }
    public WeComGroupRobot Robot { get; }
    /// <summary>Of every call that sends something: <c>message/send</c>, <c>kf/send_msg</c>, <c>kf/send_msg_on_event</c>.</summary>
    public VendorFaults Faults { get; } = new();
    /// <summary>Of the calls to <c>gettoken</c>.</summary>
    public VendorFaults TokenFaults { get; } = new();
    public Uri Address => _server!.Address;
    public Uri RobotAddress => new(Address, WeComGroupRobot.Path);
    public int TokenCalls => _tokenCalls;
    /// <summary>Calls to <c>message/send</c>, whatever was answered.</summary>
    public int SendCalls => _sendCalls;
    /// <summary>The codes that calls were refused with, in order.</summary>
    public IReadOnlyList<int> Refusals => [.. _refusals];

    public static async Task<WeComServer> StartAsync(TimeProvider clock)
    {
        var server = new WeComServer(clock);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Pushes.Dispose();
        CustomerPushes.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Somebody who can see the application.</summary>
    public void AddMember(string userId, bool isLicensed = true)
    {
        lock (_gate)
            _members[userId] = new() { IsLicensed = isLicensed };
    }

    public void RemoveMember(string userId)
    {
        lock (_gate)
            _members.Remove(userId);
    }

    public bool IsMember(string? userId)
    {
        lock (_gate)
            return userId is not null && _members.ContainsKey(userId);
    }

    /// <summary>What a member read, in order.</summary>
    public IReadOnlyList<WeComRead> Ledger(string userId)
    {
        lock (_gate)
            return _members.TryGetValue(userId, out var member) ? [.. member.Read] : [];
    }

    /// <summary>Messages that a member did not get because there were too many of them.</summary>
    public int Dropped(string userId)
    {
        lock (_gate)
            return _members.TryGetValue(userId, out var member) ? member.Dropped : 0;
    }

    /// <summary>All tokens that were lent are worth nothing any more.</summary>
    public void RevokeTokens()
    {
        lock (_gate)
            _tokens.Clear();
    }

    // What members do ------------------------------------------------------------------------------------------------------------------------------

    /// <summary>A member writes to the application.</summary>
    public Task<WeComPushed> SayAsync(string userId, string text, string? messageId = null) => SendAsync(userId, "text", messageId, ("Content", text));

    /// <summary>A member sends something other than text.</summary>
    public Task<WeComPushed> SendAsync(string userId, string type, string? messageId, params (string Name, string Value)[] fields) =>
        PushAsync(userId, Xml(userId, type, [.. fields, ("MsgId", messageId ?? NextMessageId())]));

    /// <summary>Such as <c>subscribe</c>, <c>enter_agent</c>, <c>click</c>.</summary>
    public Task<WeComPushed> EventAsync(string userId, string name, params (string Name, string Value)[] fields) =>
        PushAsync(userId, Xml(userId, "event", [("Event", name), .. fields]));

    /// <summary>A member taps a button of a card that was sent.</summary>
    public Task<WeComPushed> TapAsync(string userId, WeComRead card, string key) => EventAsync(userId, "template_card_event",
        ("EventKey", key), ("TaskId", card.TaskId ?? ""), ("CardType", "button_interaction"), ("ResponseCode", RandomNumberGenerator.GetHexString(32)));

    public string NextMessageId() => (7_000_000_000_000_000 + Interlocked.Increment(ref _ids)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A push as plain XML.</summary>
    public XElement Xml(string userId, string type, params (string Name, string Value)[] fields) => new("xml",
        WeComPushes.Text("ToUserName", CorpId), WeComPushes.Text("FromUserName", userId), new XElement("CreateTime", _clock.GetUtcNow().ToUnixTimeSeconds()), WeComPushes.Text("MsgType", type),
        fields.Select(field => field.Name is "MsgId" ? new XElement(field.Name, field.Value) : WeComPushes.Text(field.Name, field.Value)), new XElement("AgentID", AgentId));

    private async Task<WeComPushed> PushAsync(string userId, XElement message)
    {
        var pushed = await Pushes.PushAsync(message, AgentId.ToString(CultureInfo.InvariantCulture));
        if (pushed.Status == 200 && pushed.Body.Length > 0)
            Show(userId, pushed.Body);
        return pushed;
    }

    /// <summary>An answer inside a push: encrypted text to this member; anything else is not shown, and counted.</summary>
    private void Show(string userId, byte[] body)
    {
        try
        {
            var xml = Pushes.Open(body);
            var text = WeComPushes.Field(xml, "Content");
            if (xml.Name != "xml" || WeComPushes.Field(xml, "ToUserName") != userId || WeComPushes.Field(xml, "FromUserName") != CorpId || WeComPushes.Field(xml, "MsgType") != "text"
                || !long.TryParse(WeComPushes.Field(xml, "CreateTime"), out _) || Encoding.UTF8.GetByteCount(text) is 0 or > MaxTextBytes)
                throw new InvalidDataException("The answer is no text to this member.");
            lock (_gate)
                Of(userId).Read.Add(new("", "passive", text, null, []));
        }
        catch (Exception e) when (e is XmlException or InvalidDataException or FormatException or ArgumentException or CryptographicException)
        {
            _refusals.Enqueue(BadAnswer);
        }
    }

    /// <summary>In <see cref="Refusals"/>: an answer inside a push that could not be read.</summary>
    public const int BadAnswer = -1000;

    private sealed class Member
    {
        public bool IsLicensed { get; init; } = true;
        public List<WeComRead> Read { get; } = [];
        public Queue<DateTimeOffset> Times { get; } = new();
        public int Dropped { get; set; }
    }

    private sealed record LentToken(string Value, string Secret, DateTimeOffset Until);

    private Member Of(string userId) => _members.TryGetValue(userId, out var known) ? known : _members[userId] = new();

    // qyapi.weixin.qq.com --------------------------------------------------------------------------------------------------------------------------

    internal static JsonObject Error(int code, string text) =>
        new() { ["errcode"] = code, ["errmsg"] = code == 0 ? text : $"{text}, hint: [1700000000_1_0a0a0a0a], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e={code}" };

    internal static JsonObject? Parse(byte[] body)
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

    private async Task AnswerAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET", "/cgi-bin/gettoken"):
                await CallAsync(context, TokenFaults, () => LendToken(context.Request.Query["corpid"], context.Request.Query["corpsecret"]));
                break;
            case ("POST", "/cgi-bin/message/send"):
                Interlocked.Increment(ref _sendCalls);
                await CallAsync(context, Faults, () => Authorised(context, Secret, body, Send));
                break;
            case ("POST", "/cgi-bin/message/recall"):
                await CallAsync(context, null, () => Authorised(context, Secret, body, Recall));
                break;
            case ("POST", "/cgi-bin/kf/sync_msg"):
                await CallAsync(context, Customers.SyncFaults, () => Authorised(context, CustomerSecret, body, Customers.Sync));
                break;
            case ("POST", "/cgi-bin/kf/send_msg"):
                await CallAsync(context, Faults, () => Authorised(context, CustomerSecret, body, Customers.Send));
                break;
            case ("POST", "/cgi-bin/kf/send_msg_on_event"):
                await CallAsync(context, Faults, () => Authorised(context, CustomerSecret, body, Customers.SendOnEvent));
                break;
            case ("POST", "/cgi-bin/kf/service_state/get"):
                await CallAsync(context, null, () => Authorised(context, CustomerSecret, body, Customers.State));
                break;
            case ("POST", "/cgi-bin/kf/service_state/trans"):
                await CallAsync(context, null, () => Authorised(context, CustomerSecret, body, Customers.Move));
                break;
            case ("POST", "/cgi-bin/kf/add_contact_way"):
                await CallAsync(context, null, () => Authorised(context, CustomerSecret, body, Customers.AddContactWay));
                break;
            case ("POST", WeComGroupRobot.Path):
                await Robot.AnswerAsync(context, body);
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private async Task CallAsync(HttpContext context, VendorFaults? faults, Func<JsonObject> judge)
    {
        var fault = faults?.Take() ?? VendorFault.None;
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        if (fault == VendorFault.RevokesToken)
            RevokeTokens();
        var answer = judge();
        if ((int?)answer["errcode"] is not (null or 0))
            _refusals.Enqueue((int)answer["errcode"]!);
        else if (await VendorFaults.SpoilsAsync(fault, context))
            return;
        await context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }

    /// <summary>One token for each secret; asked again, the same one comes back until it ends.</summary>
    private JsonObject LendToken(string? corpId, string? secret)
    {
        Interlocked.Increment(ref _tokenCalls);
        if (corpId != CorpId)
            return Error(40013, "invalid corpid");
        if (secret != Secret && secret != CustomerSecret)
            return Error(40001, "invalid credential");
        if (!IsListed)
            return Error(60020, "not allow to access from your ip");
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            if (_tokens.LastOrDefault(token => token.Secret == secret && token.Until > now) is not { } lent)
                _tokens.Add(lent = new(RandomNumberGenerator.GetHexString(128), secret!, now + TokenLife));
            return new() { ["errcode"] = 0, ["errmsg"] = "ok", ["access_token"] = lent.Value, ["expires_in"] = (int)(lent.Until - now).TotalSeconds };
        }
    }

    private JsonObject Authorised(HttpContext context, string secret, byte[] body, Func<JsonObject, JsonObject> judge)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var token = context.Request.Query["access_token"].ToString();
            if (token.Length == 0)
                return Error(41001, "access_token missing");
            if (_tokens.FirstOrDefault(known => known.Value == token) is not { } lent)
                return Error(40014, "invalid access_token");
            if (lent.Until <= now)
                return Error(42001, "access_token expired");
            if (!IsListed)
                return Error(60020, "not allow to access from your ip");
            if (lent.Secret != secret && !(secret == CustomerSecret && AppMayServeCustomers))
                return Error(48002, "api forbidden");
            while (_calls.Count > 0 && _calls.Peek() <= now.AddMinutes(-1))
                _calls.Dequeue();
            if (now < _blockedUntil)
                return Error(45009, "api freq out of limit");
            if (_calls.Count >= CallsAMinute)
            {
                _blockedUntil = now.AddMinutes(1);
                return Error(45009, "api freq out of limit");
            }
            _calls.Enqueue(now);
        }
        return Parse(body) is { } message ? judge(message) : Error(47001, "data format error");
    }

    private JsonObject Send(JsonObject message)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            if ((int?)message["agentid"] != AgentId)
                return Error(40056, "invalid agentid");
            if (Shown(message) is not { } shown)
                return Error(40008, "invalid message type");
            if (shown.Text.Length == 0)
                return Error(44004, "empty content");
            var touser = (string?)message["touser"] ?? "";
            var named = touser.Split('|', StringSplitOptions.RemoveEmptyEntries);
            if (named.Length > MaxUsers || Count(message, "toparty") > 100 || Count(message, "totag") > 100)
                return Error(40031, "too many receivers");
            var repeat = ReadRepeat(message);
            if (repeat is null)
                return Error(40058, "invalid duplicate_check_interval");
            var key = message.ToJsonString();
            if (repeat.Value > TimeSpan.Zero && _sentBodies.TryGetValue(key, out var before) && now < before.Until)
                return Answer(before.MsgId, named);
            List<Member> to = touser == "@all"
                ? [.. _members.Values.Where(member => member.IsLicensed)]
                : [.. named.Distinct().Where(user => _members.TryGetValue(user, out var member) && member.IsLicensed).Select(user => _members[user])];
            if (to.Count == 0)
                return Error(81013, "user & party & tag all invalid");
            if (DateOnly.FromDateTime(now.AddHours(8).Date) is var day && day != _day)
                (_day, _usedToday) = (day, 0);
            if (_usedToday + to.Count > Accounts * 200)
                return Error(45009, "api freq out of limit");
            _usedToday += to.Count;
            var id = $"msg{++_ids:D8}{RandomNumberGenerator.GetHexString(12)}";
            _sentIds[id] = now;
            if (repeat.Value > TimeSpan.Zero)
                _sentBodies[key] = (id, now + repeat.Value);
            foreach (var member in to)
                Deliver(member, shown with { MsgId = id }, now);
            return Answer(id, named);
        }
    }

    /// <summary>What is too much for one member is dropped, and nobody is told.</summary>
    private static void Deliver(Member member, WeComRead message, DateTimeOffset now)
    {
        while (member.Times.Count > 0 && member.Times.Peek() <= now.AddHours(-1))
            member.Times.Dequeue();
        if (member.Times.Count >= MemberHour || member.Times.Count(time => time > now.AddMinutes(-1)) >= MemberMinute)
        {
            member.Dropped++;
            return;
        }
        member.Times.Enqueue(now);
        member.Read.Add(message);
    }

    private JsonObject Answer(string id, string[] named) => new()
    {
        ["errcode"] = 0,
        ["errmsg"] = "ok",
        ["invaliduser"] = string.Join('|', named.Where(user => user != "@all" && !_members.ContainsKey(user))),
        ["invalidparty"] = "",
        ["invalidtag"] = "",
        ["unlicenseduser"] = string.Join('|', named.Where(user => _members.TryGetValue(user, out var member) && !member.IsLicensed)),
        ["msgid"] = id,
    };

    /// <summary>Takes a message back within 24 hours.</summary>
    private JsonObject Recall(JsonObject asked)
    {
        lock (_gate)
        {
            if ((string?)asked["msgid"] is not { } id || !_sentIds.Remove(id, out var at) || at.AddHours(24) <= _clock.GetUtcNow())
                return Error(40058, "invalid msgid");
            foreach (var member in _members.Values)
                member.Read.RemoveAll(read => read.MsgId == id);
            return Error(0, "ok");
        }
    }

    private static int Count(JsonObject message, string list) => ((string?)message[list] ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>How long the same message is one; zero: not asked for; null: out of range.</summary>
    private static TimeSpan? ReadRepeat(JsonObject message) => (int?)message["enable_duplicate_check"] is not 1
        ? TimeSpan.Zero
        : (int?)message["duplicate_check_interval"] is var seconds and (null or (>= 1 and <= 14_400)) ? TimeSpan.FromSeconds(seconds ?? 1800) : null;

    private static WeComRead? Shown(JsonObject message) => (string?)message["msgtype"] switch
    {
        "text" => new("", "text", Cut((string?)message["text"]?["content"] ?? ""), null, []),
        "markdown" => new("", "markdown", Cut((string?)message["markdown"]?["content"] ?? ""), null, []),
        "textcard" when (string?)message["textcard"]?["title"] is { Length: > 0 } title && (string?)message["textcard"]?["description"] is { Length: > 0 } description
            && Uri.TryCreate((string?)message["textcard"]?["url"], UriKind.Absolute, out var url) => new("", "textcard", $"{title}\n{description}", url.AbsoluteUri, []),
        "template_card" when message["template_card"] is JsonObject card && (string?)card["card_type"] == "button_interaction" && TaskId().IsMatch((string?)card["task_id"] ?? "")
            && card["button_list"] is JsonArray { Count: >= 1 and <= 6 } buttons && buttons.All(button => (string?)button?["text"] is { Length: > 0 } && (string?)button["key"] is { Length: > 0 and <= 1024 }) =>
            new("", "template_card", string.Join('\n', ((string?[])[(string?)card["main_title"]?["title"], (string?)card["main_title"]?["desc"], (string?)card["sub_title_text"]]).Where(line => line is not null)),
                null, [.. buttons.Select(button => ((string)button!["key"]!, (string)button["text"]!))])
            { TaskId = (string?)card["task_id"] },
        _ => null,
    };

    /// <summary>Longer texts are cut where the bytes end.</summary>
    private static string Cut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MaxTextBytes ? text : Encoding.UTF8.GetString(bytes, 0, MaxTextBytes);
    }

    [GeneratedRegex(@"\A[0-9A-Za-z_@-]{1,128}\z")]
    private static partial Regex TaskId();
}
