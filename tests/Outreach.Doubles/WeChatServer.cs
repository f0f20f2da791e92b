using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>
/// WeChat as an official account's server sees it: <c>api.weixin.qq.com</c> with its tokens, windows and codes, and the side that pushes what followers do, signs it,
/// asks again after five seconds and shows them the passive answers. Keeps a ledger of what each follower read. Menus, codes, templates, mass sends and uploads are
/// judged by a class each.
/// </summary>
public sealed partial class WeChatServer : IAsyncDisposable
{
    public const string Failure = "该公众号提供的服务出现故障，请稍后再试";
    internal const int MaxTextBytes = 2048;
    private const string CustomSend = "/cgi-bin/message/custom/send";

    private readonly TimeProvider _clock;
    private readonly Dictionary<(string Method, string Path), Func<WeChatCall, JsonObject>> _calls = [];
    private readonly ConcurrentDictionary<string, VendorFaults> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _coming = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateOnly Day, int Used)> _used = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Func<Task>> _jobs = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<string, Follower> _followers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<int> _refusals = new();
    private readonly Lock _gate = new();
    private readonly WeChatTokens _tokens;
    private long _ids = 24_000_000_000_000_000;
    private LoopbackServer? _server;

    private WeChatServer(TimeProvider clock)
    {
        _clock = clock;
        _tokens = new(this);
        Menus = new(this);
        Codes = new(this);
        Templates = new(this);
        Mass = new(this);
        Media = new(this);
        People = new(this);
        On("POST", CustomSend, Json(Judge));
        On("POST", "/cgi-bin/message/custom/typing", Json(asked => (string?)asked["command"] is "Typing" or "CancelTyping" ? To(asked, (_, follower) => Spend(follower, 0) ?? Ok()) : Error(40008, "invalid command")));
        On("POST", "/cgi-bin/openapi/quota/get", Json(Quota));
    }

    public string AppId { get; init; } = "wx" + Guid.NewGuid().ToString("N")[..16];
    public string AppSecret { get; init; } = Guid.NewGuid().ToString("N");
    public string Token { get; init; } = Guid.NewGuid().ToString("N")[..24];
    public string EncodingAesKey { get; init; } = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32))[..43];
    public string AccountId { get; init; } = "gh_" + Guid.NewGuid().ToString("N")[..12];
    public WeChatMode Mode { get; set; }
    /// <summary>Where the account wants its pushes.</summary>
    public Uri Callback { get; set; } = null!;
    /// <summary>How long a push waits for its answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>Of the calls to <c>message/custom/send</c>.</summary>
    public VendorFaults Faults => FaultsOf(CustomSend);
    public WeChatMenus Menus { get; }
    public WeChatCodes Codes { get; }
    public WeChatTemplates Templates { get; }
    public WeChatMass Mass { get; }
    public WeChatMedia Media { get; }
    public WeChatPeople People { get; }
    /// <summary>Texts that hold it are refused as risky; null: none is.</summary>
    public string? RiskyWord { get; set; }
    /// <summary>Keeps the events of finished jobs until <see cref="FinishJobsAsync"/>; otherwise they follow the answer at once.</summary>
    public bool HoldsJobs { get; set; }
    /// <summary>Calls a day and path, where it is not 100,000.</summary>
    public ConcurrentDictionary<string, int> DailyLimits { get; } = new(StringComparer.Ordinal) { [CustomSend] = 500_000 };
    public Uri Address => _server!.Address;
    public int TokenCalls => _tokens.Calls;
    /// <summary>The codes that calls were refused with, in order.</summary>
    public IReadOnlyList<int> Refusals => [.. _refusals];
    public WeChatEnvelope Envelope => new(Token, EncodingAesKey, AppId);

    public static Task<WeChatServer> StartAsync(TimeProvider clock, WeChatMode mode = WeChatMode.Plain) => StartAsync(new WeChatServer(clock) { Mode = mode });

    /// <summary>With given names, for clients that are told them.</summary>
    public static Task<WeChatServer> StartAsync(TimeProvider clock, string appId, string appSecret) => StartAsync(new WeChatServer(clock) { AppId = appId, AppSecret = appSecret });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Of the calls to one path, such as <c>/cgi-bin/message/mass/send</c>.</summary>
    public VendorFaults FaultsOf(string path) => _faults.GetOrAdd(path, _ => new());

    /// <summary>Refuses the next call to a path, once its token is good, with a code.</summary>
    public void RefuseNext(string path, int code) => _coming.GetOrAdd(path, _ => new()).Enqueue(code);

    /// <summary>How often a path was called today with a good token.</summary>
    public int Used(string path)
    {
        lock (_gate)
            return _used.TryGetValue(path, out var used) && used.Day == Today ? used.Used : 0;
    }

    /// <summary>Pushes the events of the jobs that are done.</summary>
    public async Task FinishJobsAsync()
    {
        while (_jobs.TryDequeue(out var job))
        {
            if (Callback is null)
                continue;
            try
            {
                await job();
            }
            catch (HttpRequestException)
            {
                // Nobody listens any more; the vendor gives up as well.
            }
        }
    }

    /// <summary>People who follow the account already, without their events.</summary>
    public void AddFollowers(params IEnumerable<string> openIds)
    {
        foreach (var openId in openIds)
            Of(openId).Follows = true;
    }

    /// <summary>Switches mass messages off, as a follower can.</summary>
    public void RefuseMass(string openId) => Of(openId).RefusesMass = true;

    /// <summary>Blocks the account's templates, as a follower can.</summary>
    public void BlockTemplates(string openId) => Of(openId).BlocksTemplates = true;

    /// <summary>What a follower read, in order.</summary>
    public IReadOnlyList<WeChatRead> Ledger(string openId) => _followers.TryGetValue(openId, out var follower) ? [.. follower.Read] : [];

    public string NextMessageId() => Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);

    /// <summary>All tokens that were lent are worth nothing any more.</summary>
    public void RevokeTokens()
    {
        lock (_gate)
            _tokens.Revoke();
    }

    // What followers do ---------------------------------------------------------------------------------------------------------------------------

    public Task<WeChatPushed> SayAsync(string openId, string text, string? messageId = null) =>
        PushAsync(openId, "text", [("Content", text), ("MsgId", messageId ?? NextMessageId())], Opens.Message);

    /// <summary>Taps a line of a menu that the account sent.</summary>
    public Task<WeChatPushed> TapAsync(string openId, (string Id, string Content) line) =>
        PushAsync(openId, "text", [("Content", line.Content), ("MsgId", NextMessageId()), ("bizmsgmenuid", line.Id)], Opens.Tap);

    public Task<WeChatPushed> SendAsync(string openId, string type, params (string Name, string Value)[] fields) =>
        PushAsync(openId, type, [.. fields, ("MsgId", NextMessageId())], Opens.Message);

    /// <param name="scene">Of the code that was scanned; null: found by search.</param>
    public Task<WeChatPushed> FollowAsync(string openId, string? scene = null) =>
        EventAsync(openId, "subscribe", scene is null ? [("EventKey", "")] : [("EventKey", "qrscene_" + scene), ("Ticket", "gQtest")], Opens.Tap);

    public Task<WeChatPushed> ScanAsync(string openId, string scene) => EventAsync(openId, "SCAN", [("EventKey", scene), ("Ticket", "gQtest")], Opens.Tap);

    /// <summary>Scans a code that the account made: <c>SCAN</c> for who follows, else following it. Null: the code is unknown or over, and nothing happens.</summary>
    public async Task<WeChatPushed?> ScanTicketAsync(string openId, string ticket)
    {
        if (Codes.SceneOf(ticket) is not { } scene)
            return null;
        return _followers.TryGetValue(openId, out var follower) && follower.Follows
            ? await EventAsync(openId, "SCAN", [("EventKey", scene), ("Ticket", ticket)], Opens.Tap)
            : await EventAsync(openId, "subscribe", [("EventKey", "qrscene_" + scene), ("Ticket", ticket)], Opens.Tap);
    }

    /// <summary>Answers the popup in which an account asks for a subscription.</summary>
    public Task<WeChatPushed> AnswerPopupAsync(string openId, string templateId, WeChatPopup answer)
    {
        Templates.Consent(Of(openId), templateId, answer);
        return PushAsync(openId, "event", [Text("Event", "subscribe_msg_popup_event"), new("SubscribeMsgPopupEvent",
            new XElement("List", Text("TemplateId", templateId), Text("SubscribeStatusString", answer == WeChatPopup.Accept ? "accept" : "reject"), Text("PopupScene", "2")))], Opens.Tap);
    }

    /// <summary>Switches a subscription off in the account's settings.</summary>
    public Task<WeChatPushed> DropSubscriptionAsync(string openId, string templateId)
    {
        Templates.Consent(Of(openId), templateId, WeChatPopup.Reject);
        return PushAsync(openId, "event", [Text("Event", "subscribe_msg_change_event"), new("SubscribeMsgChangeEvent",
            new XElement("List", Text("TemplateId", templateId), Text("SubscribeStatusString", "reject")))], Opens.Nothing);
    }

    public Task<WeChatPushed> ClickAsync(string openId, string key) => EventAsync(openId, "CLICK", [("EventKey", key)], Opens.Tap);

    public Task<WeChatPushed> UnfollowAsync(string openId)
    {
        Of(openId).Follows = false;
        return EventAsync(openId, "unsubscribe", [("EventKey", "")], Opens.Nothing);
    }

    public Task<WeChatPushed> EventAsync(string openId, string name, (string Name, string Value)[] fields, bool isTap) => EventAsync(openId, name, fields, isTap ? Opens.Tap : Opens.Nothing);

    /// <summary>Sends one body with the signatures that belong to it, once; for what a vendor would not send as well.</summary>
    /// <param name="encrypted">What <c>msg_signature</c> is made of; null: none.</param>
    public async Task<(int Status, string Body)> PostAsync(byte[] body, string? encrypted = null, string? nonce = null, DateTimeOffset? at = null, Func<string, string>? tamper = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("text/xml");
        var address = Sign(nonce ?? Guid.NewGuid().ToString("N")[..10], at ?? _clock.GetUtcNow(), encrypted, "oSender");
        using var answer = await _http.PostAsync(new Uri(tamper?.Invoke(address.AbsoluteUri) ?? address.AbsoluteUri), content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The body of an encrypted push.</summary>
    public byte[] SafeBody(string encrypted) => Encoding.UTF8.GetBytes(new XElement("xml", Text("ToUserName", AccountId), Text("Encrypt", encrypted)).ToString(SaveOptions.DisableFormatting));

    /// <summary>The signed address of the check that the console makes.</summary>
    public Uri Check(string echo) =>
        new($"{Sign(Guid.NewGuid().ToString("N")[..10], _clock.GetUtcNow(), null, null).AbsoluteUri}&echostr={Uri.EscapeDataString(echo)}");

    /// <summary>A push as plain XML.</summary>
    public string Xml(string openId, string type, params (string Name, string Value)[] fields) => Xml(openId, type, Elements(fields));

    internal enum Opens { Nothing, Message, Tap }

    internal sealed class Follower
    {
        public bool Follows { get; set; } = true;
        public bool RefusesMass { get; set; }
        public bool BlocksTemplates { get; set; }
        /// <summary>When mass messages reached it.</summary>
        public List<DateTimeOffset> Masses { get; } = [];
        public HashSet<int> Tags { get; } = [];
        /// <summary>Of the code that it came by.</summary>
        public string? Scene { get; set; }
        /// <summary>Sends that it allowed, by template.</summary>
        public Dictionary<string, int> Consents { get; } = new(StringComparer.Ordinal);
        public ConcurrentQueue<WeChatRead> Read { get; } = new();
        public (DateTimeOffset Until, int Left) Message { get; set; }
        public (DateTimeOffset Until, int Left) Tap { get; set; }
    }

    // For the classes that judge a part of the calls, all under the gate ---------------------------------------------------------------------------

    internal DateTimeOffset Now => _clock.GetUtcNow();
    /// <summary>The vendor's calendar day.</summary>
    internal DateOnly Today => DateOnly.FromDateTime(Now.ToOffset(TimeSpan.FromHours(8)).DateTime);
    internal Lock Gate => _gate;
    internal IReadOnlyDictionary<string, Follower> Followers => _followers;

    internal void On(string method, string path, Func<WeChatCall, JsonObject> judge) => _calls.Add((method, path), judge);

    /// <summary>A call whose body is raw UTF-8 JSON.</summary>
    internal Func<WeChatCall, JsonObject> Json(Func<JsonObject, JsonObject> judge) => call =>
        Parse(call.Body) is not { } asked ? Error(47001, "data format error")
        : EscapedLetter().IsMatch(Encoding.UTF8.GetString(call.Body)) ? Error(40033, "invalid charset. please check your request, if include \\uxxxx will create fail")
        : judge(asked);

    /// <summary>A call to one follower, named by <c>touser</c>.</summary>
    internal JsonObject To(JsonObject asked, Func<string, Follower, JsonObject> judge) =>
        StringOf(asked["touser"]) is not { Length: > 0 } openId || !_followers.TryGetValue(openId, out var follower) ? Error(40003, "invalid openid")
        : !follower.Follows ? Error(43004, "require subscribe")
        : judge(openId, follower);

    internal JsonObject? RefuseText(string text, int maxBytes) =>
        text.Length == 0 ? Error(44004, "empty content")
        : Encoding.UTF8.GetByteCount(text) > maxBytes ? Error(45002, "content size out of limit")
        : RiskyWord is { } word && text.Contains(word, StringComparison.Ordinal) ? Error(87014, "risky content") : null;

    /// <summary>Pushes an event once the answer is out.</summary>
    internal void Later(string openId, params XElement[] fields) => _jobs.Enqueue(() => PushAsync(openId, "event", fields, Opens.Nothing));

    internal static JsonObject Ok() => new() { ["errcode"] = 0, ["errmsg"] = "ok" };

    internal static string? StringOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal static int? NumberOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    internal static XElement Text(string name, string value) => new(name, new XCData(value));

    private static async Task<WeChatServer> StartAsync(WeChatServer server)
    {
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    private Follower Of(string openId) => _followers.GetOrAdd(openId, _ => new());

    private string Xml(string openId, string type, IEnumerable<XElement> fields) => new XElement("xml",
        Text("ToUserName", AccountId), Text("FromUserName", openId), new XElement("CreateTime", _clock.GetUtcNow().ToUnixTimeSeconds()), Text("MsgType", type), fields)
        .ToString(SaveOptions.DisableFormatting);

    private static XElement[] Elements((string Name, string Value)[] fields) =>
        [.. fields.Select(field => field.Name is "MsgId" ? new XElement(field.Name, field.Value) : Text(field.Name, field.Value))];

    private Task<WeChatPushed> EventAsync(string openId, string name, (string, string)[] fields, Opens opens) => PushAsync(openId, "event", [("Event", name), .. fields], opens);

    private Task<WeChatPushed> PushAsync(string openId, string type, (string Name, string Value)[] fields, Opens opens)
    {
        if (type == "event" && fields is [(_, "subscribe"), ("EventKey", var key), ..])
            Of(openId).Scene = key.Length == 0 ? null : key["qrscene_".Length..];
        return PushAsync(openId, type, Elements(fields), opens);
    }

    private async Task<WeChatPushed> PushAsync(string openId, string type, XElement[] fields, Opens opens)
    {
        var follower = opens == Opens.Nothing ? _followers.GetValueOrDefault(openId) ?? new Follower() : Of(openId);      // the vendor's own name is no follower
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            if (opens == Opens.Message)
                follower.Message = (now.AddHours(48), 5);
            else if (opens == Opens.Tap)
                follower.Tap = (now.AddMinutes(1), 3);
            if (opens != Opens.Nothing)
                follower.Follows = true;
        }
        var xml = Xml(openId, type, fields);
        var encrypted = Mode == WeChatMode.Plain ? null : Envelope.Seal(xml);
        var body = Mode switch
        {
            WeChatMode.Plain => Encoding.UTF8.GetBytes(xml),
            WeChatMode.Safe => SafeBody(encrypted!),
            WeChatMode.Compatible => Encoding.UTF8.GetBytes(xml.Replace("</xml>", Text("Encrypt", encrypted!).ToString(SaveOptions.DisableFormatting) + "</xml>", StringComparison.Ordinal)),
        };
        var address = Sign(Guid.NewGuid().ToString("N")[..10], _clock.GetUtcNow(), encrypted, openId);
        for (var delivery = 1; ; delivery++)
        {
            var (status, answer) = await DeliverAsync(address, body);
            if (status == 200)
            {
                Show(follower, openId, answer!);
                return new(delivery, status);
            }
            if (delivery == 3)
            {
                follower.Read.Enqueue(new(WeChatWay.Failure, Failure, []));
                return new(delivery, status);
            }
        }
    }

    private async Task<(int Status, byte[]? Body)> DeliverAsync(Uri address, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("text/xml");
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            using var answer = await _http.PostAsync(address, content, patience.Token);
            return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(patience.Token));
        }
        catch (OperationCanceledException)
        {
            return (0, null);
        }
    }

    private Uri Sign(string nonce, DateTimeOffset at, string? encrypted, string? openId)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var query = $"signature={WeChatEnvelope.Signature([Token, timestamp, nonce])}&timestamp={timestamp}&nonce={nonce}";
        if (openId is not null)
            query += $"&openid={openId}";
        if (encrypted is not null)
            query += $"&encrypt_type=aes&msg_signature={Envelope.Signature(timestamp, nonce, encrypted)}";
        return new UriBuilder(Callback) { Query = query }.Uri;
    }

    /// <summary>What the follower sees of a passive answer.</summary>
    private void Show(Follower follower, string openId, byte[] answer)
    {
        if (answer.Length == 0 || answer.AsSpan().SequenceEqual("success"u8))
            return;
        try
        {
            var xml = XDocument.Parse(new UTF8Encoding(false, true).GetString(answer), LoadOptions.PreserveWhitespace).Root!;
            if (Mode == WeChatMode.Safe || (Mode == WeChatMode.Compatible && xml.Element("Encrypt") is not null))
            {
                var encrypted = Field(xml, "Encrypt");
                if (Field(xml, "MsgSignature") != Envelope.Signature(Field(xml, "TimeStamp"), Field(xml, "Nonce"), encrypted))
                    throw new InvalidDataException("The answer's signature is wrong.");
                xml = XDocument.Parse(Envelope.Open(encrypted), LoadOptions.PreserveWhitespace).Root!;
            }
            var text = Field(xml, "Content");
            if (xml.Name != "xml" || Field(xml, "ToUserName") != openId || Field(xml, "FromUserName") != AccountId || Field(xml, "MsgType") != "text"
                || !long.TryParse(Field(xml, "CreateTime"), out _) || Encoding.UTF8.GetByteCount(text) is 0 or > MaxTextBytes)
                throw new InvalidDataException("The answer is no text to this follower.");
            follower.Read.Enqueue(new(WeChatWay.Passive, text, []));
        }
        catch (Exception e) when (e is XmlException or InvalidDataException or FormatException or ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            follower.Read.Enqueue(new(WeChatWay.Failure, Failure, []));
        }
    }

    private static string Field(XElement xml, string name) => xml.Element(name)?.Value ?? throw new InvalidDataException($"{name} is missing.");

    // api.weixin.qq.com ---------------------------------------------------------------------------------------------------------------------------

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        switch (context.Request.Path.Value)
        {
            case "/cgi-bin/stable_token" when context.Request.Method == "POST":
                await SayAsync(context, _tokens.Stable(body.ToArray()));
                break;
            case "/cgi-bin/token" when context.Request.Method == "GET":
                await SayAsync(context, _tokens.Classic(context.Request.Query));
                break;
            case "/cgi-bin/showqrcode" when context.Request.Method == "GET":
                await Codes.ShowAsync(context);
                break;
            case { } path when _calls.TryGetValue((context.Request.Method, path), out var judge):
                await CallAsync(context, path, await WeChatCall.ReadAsync(context.Request, body.ToArray()), judge);
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private static Task SayAsync(HttpContext context, JsonObject answer) => context.Response.WriteAsJsonAsync(answer);

    internal JsonObject Error(int code, string text)
    {
        _refusals.Enqueue(code);
        return new() { ["errcode"] = code, ["errmsg"] = $"{text} rid: 6554c1b1-0a0a0a0a-0b0b0b0b" };
    }

    private async Task CallAsync(HttpContext context, string path, WeChatCall call, Func<WeChatCall, JsonObject> judge)
    {
        var fault = FaultsOf(path).Take();
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        if (fault == VendorFault.RevokesToken)
            RevokeTokens();
        JsonObject answer;
        lock (_gate)
            answer = _tokens.Refuse(call.Token) ?? RefuseCall(path) ?? judge(call);
        try
        {
            if ((int?)answer["errcode"] is 0 or null && await VendorFaults.SpoilsAsync(fault, context))
                return;
            await SayAsync(context, answer);
            await context.Response.CompleteAsync();
        }
        finally
        {
            if (!HoldsJobs)
                await FinishJobsAsync();
        }
    }

    private JsonObject? RefuseCall(string path)
    {
        if (_coming.TryGetValue(path, out var codes) && codes.TryDequeue(out var code))
            return Error(code, "refused");
        var used = _used.TryGetValue(path, out var known) && known.Day == Today ? known.Used : 0;
        if (used >= DailyLimits.GetValueOrDefault(path, 100_000))
            return Error(45009, "reach max api daily quota limit");
        _used[path] = (Today, used + 1);
        return null;
    }

    private JsonObject Quota(JsonObject asked)
    {
        if (StringOf(asked["cgi_path"]) is not { } path || !_calls.Keys.Any(call => call.Path == path))
            return Error(76021, "cgi_path not found, please check");
        var (limit, used) = (DailyLimits.GetValueOrDefault(path, 100_000), _used.TryGetValue(path, out var known) && known.Day == Today ? known.Used : 0);
        var answer = Ok();
        answer["quota"] = new JsonObject { ["daily_limit"] = limit, ["used"] = used, ["remain"] = limit - used };
        return answer;
    }

    private JsonObject Judge(JsonObject message) => To(message, (_, follower) =>
    {
        if (Shown(message) is not { } shown)
            return Error(40008, "invalid message type");
        return RefuseText(shown.Text + string.Concat(shown.Menu.Select(line => line.Content)), MaxTextBytes) ?? Spend(follower, 1) ?? Taken(follower, shown);
    });

    /// <summary>An escape for a letter; not a backslash of the text itself before a u.</summary>
    [GeneratedRegex(@"(?<!\\)(?:\\\\)*\\u[0-9A-Fa-f]{4}")]
    private static partial Regex EscapedLetter();

    private static JsonObject Taken(Follower follower, WeChatRead shown)
    {
        follower.Read.Enqueue(shown);
        return Ok();
    }

    /// <summary>Takes one of the sends that the follower's last message or tap allows.</summary>
    /// <param name="sends">1, or 0 for what only needs an open window.</param>
    private JsonObject? Spend(Follower follower, int sends)
    {
        var now = _clock.GetUtcNow();
        var (message, tap) = (follower.Message, follower.Tap);
        if (now >= message.Until && now >= tap.Until)
            return Error(45015, "response out of time limit or subscription is canceled");
        if (now < tap.Until && tap.Left > 0)
            follower.Tap = tap with { Left = tap.Left - sends };
        else if (now < message.Until && message.Left > 0)
            follower.Message = message with { Left = message.Left - sends };
        else
            return Error(45047, "out of response count limit");
        return null;
    }

    private static WeChatRead? Shown(JsonObject message) => (string?)message["msgtype"] switch
    {
        "text" => new(WeChatWay.CustomerService, (string?)message["text"]?["content"] ?? "", []),
        "msgmenu" when message["msgmenu"]?["list"] is JsonArray { Count: > 0 } list && list.All(line => (string?)line?["id"] is { Length: > 0 } && (string?)line["content"] is { Length: > 0 })
            && message["msgmenu"]!["head_content"] is not null && message["msgmenu"]!["tail_content"] is not null =>
            new(WeChatWay.CustomerService, (string?)message["msgmenu"]!["head_content"] ?? "", [.. list.Select(line => ((string)line!["id"]!, (string)line["content"]!))]),
        _ => null,
    };

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
}
