using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Outreach.Doubles;

/// <summary>Who answers a customer (<c>service_state</c>).</summary>
public enum WeComSession
{
    New = 0,
    Assistant = 1,
    Waiting = 2,
    Person = 3,
    Ended = 4,
}

/// <param name="Id">The <c>msgid</c>, ours or the vendor's.</param>
/// <param name="Menu">Id and words of what can be tapped.</param>
/// <param name="IsWelcome">Sent with the code of an event.</param>
public sealed record WeComCustomerRead(string Id, string Text, IReadOnlyList<(string Id, string Content)> Menu, bool IsWelcome);

/// <summary>
/// WeChat customer service (微信客服) of one account: a callback says only that there is something, <c>kf/sync_msg</c> gives it page by page, <c>kf/send_msg</c> keeps to
/// 48 hours and five messages, to the session's state and to one delivery for each <c>msgid</c>.
/// </summary>
public sealed partial class WeComCustomers(WeComServer server, TimeProvider clock)
{
    private const int MaxTextBytes = 2048;
    private const int MaxMenuLines = 10;
    private const int SendsAfterMessage = 5;
    private static readonly TimeSpan SendWindow = TimeSpan.FromHours(48);
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    private readonly Lock _gate = new();
    private readonly List<(DateTimeOffset At, JsonObject Message)> _log = [];
    private readonly Dictionary<string, Customer> _customers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Customer, DateTimeOffset Until)> _codes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _scenes = new(StringComparer.Ordinal);
    private DateTimeOffset _syncedWithoutToken = DateTimeOffset.MinValue;
    private int _ids;
    private int _syncs;

    public string OpenKfId { get; } = "wk" + RandomNumberGenerator.GetHexString(14);
    /// <summary>Of the calls to <c>sync_msg</c>.</summary>
    public VendorFaults SyncFaults { get; } = new();
    /// <summary>The most that a page of <c>sync_msg</c> holds, whatever is asked for.</summary>
    public int PageSize { get; set; } = 1000;
    /// <summary>Calls to <c>sync_msg</c> so far.</summary>
    public int Syncs => _syncs;
    public TimeProvider Clock => clock;

    /// <summary>What a customer read, in order.</summary>
    public IReadOnlyList<WeComCustomerRead> Ledger(string customer)
    {
        lock (_gate)
            return [.. Of(customer).Read];
    }

    public WeComSession SessionOf(string customer)
    {
        lock (_gate)
            return Of(customer).Session;
    }

    public void SetSession(string customer, WeComSession session)
    {
        lock (_gate)
            Of(customer).Session = session;
    }

    /// <summary>From now on what is sent to this customer is taken and then reported as not delivered.</summary>
    public void Reject(string customer)
    {
        lock (_gate)
            Of(customer).Rejects = true;
    }

    /// <summary>A customer writes; the callback follows.</summary>
    /// <param name="menuId">Of a menu's line that was tapped.</param>
    public Task<WeComPushed> SayAsync(string customer, string text, string? menuId = null)
    {
        Say(customer, text, menuId);
        return CallAsync();
    }

    /// <summary>A customer writes, and no callback comes (yet).</summary>
    /// <returns>The vendor's <c>msgid</c>.</returns>
    public string Say(string customer, string text, string? menuId = null)
    {
        var words = new JsonObject { ["content"] = text };
        if (menuId is not null)
            words["menu_id"] = menuId;
        return Write(customer, "text", words);
    }

    /// <summary>Something other than text: <c>image</c>, <c>voice</c>, <c>location</c>, …</summary>
    public Task<WeComPushed> SendAsync(string customer, string type, JsonObject fields)
    {
        Write(customer, type, fields);
        return CallAsync();
    }

    /// <summary>A customer opens the conversation; a welcome code comes along when nothing was said for 48 hours.</summary>
    public Task<WeComPushed> EnterAsync(string customer, string? scene = null, string? sceneParameter = null)
    {
        lock (_gate)
        {
            var (person, now) = (Of(customer), clock.GetUtcNow());
            var entered = new JsonObject { ["event_type"] = "enter_session", ["open_kfid"] = OpenKfId, ["external_userid"] = customer, ["scene"] = scene ?? "", ["scene_param"] = sceneParameter ?? "" };
            if (now >= person.Until && now >= person.WelcomedAt + SendWindow && person.Session is WeComSession.New or WeComSession.Ended)
            {
                var code = RandomNumberGenerator.GetHexString(20);
                _codes[code] = (customer, now + CodeLife);
                person.WelcomedAt = now;
                entered["welcome_code"] = code;
            }
            Log(customer, 4, "event", entered);
        }
        return CallAsync();
    }

    /// <summary>A member of staff answers in WeCom itself.</summary>
    public Task<WeComPushed> AnswerAsPersonAsync(string customer, string member, string text)
    {
        lock (_gate)
            Log(customer, 5, "text", new() { ["content"] = text })["servicer_userid"] = member;
        return CallAsync();
    }

    /// <summary>The callback alone, with a fresh token.</summary>
    public Task<WeComPushed> CallAsync() => server.CustomerPushes.PushAsync(Event(LendToken()), agentId: null);

    public string LendToken()
    {
        var token = "ENC" + RandomNumberGenerator.GetHexString(40);
        lock (_gate)
            _tokens[token] = clock.GetUtcNow() + TokenLife;
        return token;
    }

    /// <summary>The callback's message.</summary>
    public XElement Event(string token) => new("xml",
        WeComPushes.Text("ToUserName", server.CorpId), new XElement("CreateTime", clock.GetUtcNow().ToUnixTimeSeconds()), WeComPushes.Text("MsgType", "event"),
        WeComPushes.Text("Event", "kf_msg_or_event"), WeComPushes.Text("Token", token), WeComPushes.Text("OpenKfId", OpenKfId));

    private sealed class Customer
    {
        public List<WeComCustomerRead> Read { get; } = [];
        public HashSet<string> Taken { get; } = new(StringComparer.Ordinal);
        public DateTimeOffset Until { get; set; } = DateTimeOffset.MinValue;
        public int Left { get; set; }
        public DateTimeOffset WelcomedAt { get; set; } = DateTimeOffset.MinValue;
        public WeComSession Session { get; set; }
        public bool Rejects { get; set; }
    }

    private Customer Of(string customer) => _customers.TryGetValue(customer, out var known) ? known : _customers[customer] = new();

    private string Write(string customer, string type, JsonObject fields)
    {
        lock (_gate)
        {
            var person = Of(customer);
            (person.Until, person.Left) = (clock.GetUtcNow() + SendWindow, SendsAfterMessage);
            if (person.Session == WeComSession.Ended)
                person.Session = WeComSession.New;
            return (string)Log(customer, 3, type, fields)["msgid"]!;
        }
    }

    private JsonObject Log(string customer, int origin, string type, JsonObject fields)
    {
        var message = new JsonObject { ["msgid"] = $"kf{++_ids:D10}{RandomNumberGenerator.GetHexString(10)}", ["send_time"] = clock.GetUtcNow().ToUnixTimeSeconds(), ["origin"] = origin, ["msgtype"] = type, [type] = fields };
        if (type != "event")
            (message["open_kfid"], message["external_userid"]) = (OpenKfId, customer);
        _log.Add((clock.GetUtcNow(), message));
        return message;
    }

    // qyapi.weixin.qq.com/cgi-bin/kf ---------------------------------------------------------------------------------------------------------------

    internal JsonObject Sync(JsonObject asked)
    {
        Interlocked.Increment(ref _syncs);
        if (Account(asked) is { } wrong)
            return wrong;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if ((string?)asked["token"] is { Length: > 0 } token)
            {
                if (!_tokens.TryGetValue(token, out var until) || until <= now)
                    return WeComServer.Error(95007, "invalid msg token");
            }
            else if (now < _syncedWithoutToken.AddMinutes(1))
            {
                return WeComServer.Error(45009, "api freq out of limit");
            }
            else
            {
                _syncedWithoutToken = now;
            }
            var (cursor, start) = ((string?)asked["cursor"] ?? "", 0);
            if (cursor.Length > 0 && (!cursor.StartsWith("cur-", StringComparison.Ordinal) || !int.TryParse(cursor[4..], NumberStyles.None, CultureInfo.InvariantCulture, out start) || start > _log.Count))
                return WeComServer.Error(40058, "invalid cursor");
            if ((int?)asked["limit"] is not (null or (>= 1 and <= 1000)) || (int?)asked["voice_format"] is not (null or 0 or 1))
                return WeComServer.Error(40058, "invalid limit or voice_format");
            while (start < _log.Count && _log[start].At < now - Kept)
                start++;
            var page = _log.Skip(start).Take(Math.Min((int?)asked["limit"] ?? 1000, PageSize)).ToList();
            return new()
            {
                ["errcode"] = 0,
                ["errmsg"] = "ok",
                ["next_cursor"] = string.Create(CultureInfo.InvariantCulture, $"cur-{start + page.Count}"),
                ["has_more"] = start + page.Count < _log.Count ? 1 : 0,
                ["msg_list"] = new JsonArray([.. page.Select(entry => entry.Message.DeepClone())]),
            };
        }
    }

    internal JsonObject Send(JsonObject message)
    {
        if (Account(message) is { } wrong)
            return wrong;
        if (Shown(message) is not { } shown)
            return WeComServer.Error(40008, "invalid message type");
        if (Unfit(shown, message) is { } unfit)
            return unfit;
        lock (_gate)
        {
            if ((string?)message["touser"] is not { Length: > 0 } to || !_customers.TryGetValue(to, out var customer))
                return WeComServer.Error(40003, "invalid external userid");
            var id = (string?)message["msgid"] ?? "vendor" + RandomNumberGenerator.GetHexString(20);
            if (customer.Taken.Contains(id))
                return Taken(id);
            if (customer.Session == WeComSession.Ended)
                return WeComServer.Error(95013, "conversation end");
            if (customer.Session is not (WeComSession.New or WeComSession.Assistant))
                return WeComServer.Error(95018, "send msg session status invalid");
            if (clock.GetUtcNow() >= customer.Until)
                return WeComServer.Error(95002, "send msg time limit");
            if (customer.Left == 0)
                return WeComServer.Error(95001, "send msg count limit");
            customer.Left--;
            customer.Taken.Add(id);
            if (customer.Rejects)
                Log(to, 4, "event", new() { ["event_type"] = "msg_send_fail", ["open_kfid"] = OpenKfId, ["external_userid"] = to, ["fail_msgid"] = id, ["fail_type"] = 10 });
            else
                customer.Read.Add(new(id, shown.Text, shown.Menu, IsWelcome: false));
            return Taken(id);
        }
    }

    internal JsonObject SendOnEvent(JsonObject message)
    {
        if (Shown(message) is not { } shown)
            return WeComServer.Error(40008, "invalid message type");
        if (Unfit(shown, message) is { } unfit)
            return unfit;
        lock (_gate)
        {
            if ((string?)message["code"] is not { Length: > 0 } code || !_codes.Remove(code, out var lent) || lent.Until <= clock.GetUtcNow())
                return WeComServer.Error(40029, "invalid code");
            var id = (string?)message["msgid"] ?? "vendor" + RandomNumberGenerator.GetHexString(20);
            Of(lent.Customer).Taken.Add(id);
            Of(lent.Customer).Read.Add(new(id, shown.Text, shown.Menu, IsWelcome: true));
            return Taken(id);
        }
    }

    internal JsonObject State(JsonObject asked)
    {
        if (Account(asked) is { } wrong)
            return wrong;
        lock (_gate)
            return (string?)asked["external_userid"] is { } id && _customers.TryGetValue(id, out var customer)
                ? new() { ["errcode"] = 0, ["errmsg"] = "ok", ["service_state"] = (int)customer.Session }
                : WeComServer.Error(40003, "invalid external userid");
    }

    /// <summary>Moves a session on: from the bot to anybody, from the pool and a person only to a person or to the end, and from the end nowhere.</summary>
    internal JsonObject Move(JsonObject asked)
    {
        if (Account(asked) is { } wrong)
            return wrong;
        if ((int?)asked["service_state"] is not (>= 1 and <= 4) || asked["service_state"]!.GetValue<int>() is var wanted && wanted == 3 && !server.IsMember((string?)asked["servicer_userid"]))
            return WeComServer.Error(40058, "invalid service_state or servicer_userid");
        lock (_gate)
        {
            if ((string?)asked["external_userid"] is not { } id || !_customers.TryGetValue(id, out var customer))
                return WeComServer.Error(40003, "invalid external userid");
            if (customer.Session == WeComSession.Ended || (customer.Session is WeComSession.Waiting or WeComSession.Person && (int?)asked["service_state"] is 1))
                return WeComServer.Error(95013, "conversation end");
            customer.Session = (WeComSession)asked["service_state"]!.GetValue<int>();
            return WeComServer.Error(0, "ok");
        }
    }

    internal JsonObject AddContactWay(JsonObject asked)
    {
        if (Account(asked) is { } wrong)
            return wrong;
        var scene = (string?)asked["scene"] ?? "";
        if (scene.Length > 32 || !NameOfOurs().IsMatch(scene))
            return WeComServer.Error(40058, "invalid scene");
        lock (_gate)
            _scenes.Add(scene);
        return new() { ["errcode"] = 0, ["errmsg"] = "ok", ["url"] = $"https://work.weixin.qq.com/kfid/{OpenKfId}?enc_scene={scene}" };
    }

    private JsonObject? Account(JsonObject asked) => (string?)asked["open_kfid"] switch
    {
        null or "" => WeComServer.Error(95000, "invalid open_kfid"),
        var id when id != OpenKfId => WeComServer.Error(95004, "open_kfid not exist"),
        _ => null,
    };

    private static JsonObject Taken(string id) => new() { ["errcode"] = 0, ["errmsg"] = "ok", ["msgid"] = id };

    private static (string Text, IReadOnlyList<(string Id, string Content)> Menu)? Shown(JsonObject message) => (string?)message["msgtype"] switch
    {
        "text" => ((string?)message["text"]?["content"] ?? "", []),
        "msgmenu" when message["msgmenu"]?["list"] is JsonArray { Count: > 0 } list && list.All(line => (string?)line?["type"] == "click"
            && Bytes((string?)line["click"]?["id"]) is >= 1 and <= 128 && Bytes((string?)line["click"]?["content"]) is >= 1 and <= 128) =>
            ((string?)message["msgmenu"]!["head_content"] ?? "", [.. list.Select(line => ((string)line!["click"]!["id"]!, (string)line["click"]!["content"]!))]),
        _ => null,
    };

    private static JsonObject? Unfit((string Text, IReadOnlyList<(string Id, string Content)> Menu) shown, JsonObject message)
    {
        if (message["msgid"] is not null && ((string?)message["msgid"] is not { Length: >= 1 and <= 32 } id || !NameOfOurs().IsMatch(id)))
            return WeComServer.Error(40058, "invalid msgid");
        if (shown.Text.Length == 0 && shown.Menu.Count == 0)
            return WeComServer.Error(44004, "empty content");
        if (Bytes(shown.Text) > MaxTextBytes || shown.Menu.Count > MaxMenuLines)
            return WeComServer.Error(45002, "content size out of limit");
        return null;
    }

    private static int Bytes(string? text) => Encoding.UTF8.GetByteCount(text ?? "");

    [GeneratedRegex(@"\A[0-9A-Za-z_-]*\z")]
    private static partial Regex NameOfOurs();
}
