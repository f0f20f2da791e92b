using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Outreach.Doubles;

/// <summary>What an account may send to all.</summary>
public enum WeChatAccountKind
{
    /// <summary>服务号: four messages a month reach a follower.</summary>
    Service,
    /// <summary>公众号: one send a day.</summary>
    Subscription,
}

/// <param name="Status"><c>SENDING, SEND_SUCCESS, SEND_FAIL, DELETE</c>.</param>
/// <param name="Total">Followers in its range.</param>
/// <param name="Filtered">Of these, left after refusers and those whose month is full.</param>
public sealed record WeChatMassJob(long Id, string? ClientId, string Text, string Status, int Total, int Filtered, int Sent, int Failed);

/// <summary>
/// Mass messages, to a list or to a tag: list size, the account's sends a day and calls a minute, the follower's four a month, a clientmsgid (or what stands for it)
/// remembered for a day, and the event with the counts.
/// </summary>
public sealed class WeChatMass
{
    private const string Helper = "mphelper";
    private const int MaxList = 10_000;
    private const int MaxClientIdBytes = 64;
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(24);
    private static readonly TimeSpan BetweenRepeats = TimeSpan.FromMinutes(1);

    private readonly WeChatServer _server;
    private readonly Dictionary<string, (long Id, DateTimeOffset At, DateTimeOffset Asked)> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<long, WeChatMassJob> _jobs = [];
    private readonly Queue<DateTimeOffset> _minute = new();
    private (DateOnly Day, int Sends) _day;
    private long _ids = 1_000_000_000;

    internal WeChatMass(WeChatServer server)
    {
        _server = server;
        server.On("POST", "/cgi-bin/message/mass/send", server.Json(SendToList));
        server.On("POST", "/cgi-bin/message/mass/sendall", server.Json(SendToTag));
        server.On("POST", "/cgi-bin/message/mass/preview", server.Json(Preview));
        server.On("POST", "/cgi-bin/message/mass/get", server.Json(Get));
        server.On("POST", "/cgi-bin/message/mass/delete", server.Json(Delete));
        server.On("POST", "/cgi-bin/message/mass/speed/set", server.Json(asked =>
            WeChatServer.NumberOf(asked["speed"]) is >= 0 and <= 4 ? WeChatServer.Ok() : server.Error(45083, "not allow to set speed")));
        server.DailyLimits["/cgi-bin/message/mass/preview"] = 100;
    }

    public WeChatAccountKind Kind { get; set; }
    public int CallsAMinute { get; set; } = 60;
    /// <summary>Of a 服务号; a 公众号 has one.</summary>
    public int SendsADay { get; set; } = 100;
    public int AFollowersMonth { get; set; } = 4;
    /// <summary>What becomes of the next job, such as <c>err(20001)</c>: then nobody reads it.</summary>
    public string? NextStatus { get; set; }
    /// <summary>Followers whom the platform does not reach, without their refusing: they count as errors.</summary>
    public ISet<string> Unreachable { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Every job that was taken, in order.</summary>
    public IReadOnlyList<WeChatMassJob> Jobs
    {
        get
        {
            lock (_server.Gate)
                return [.. _jobs.Values];
        }
    }

    private JsonObject SendToList(JsonObject asked)
    {
        if (asked["touser"] is not JsonArray list || list.Any(one => WeChatServer.StringOf(one) is null))
            return _server.Error(40003, "invalid openid");
        string[] openIds = [.. list.Select(one => (string)one!).Distinct(StringComparer.Ordinal)];
        if (openIds.Length is < 2 or > MaxList)
            return _server.Error(40130, "invalid openid list size, at least two openid");
        return Send(asked, string.Join(',', openIds), openIds);
    }

    private JsonObject SendToTag(JsonObject asked)
    {
        if (asked["filter"] is not JsonObject filter)
            return _server.Error(40035, "invalid parameter filter");
        if (filter["is_to_all"] is JsonValue all && all.TryGetValue<bool>(out var toAll) && toAll)
            return Send(asked, "all", [.. _server.Followers.Keys]);
        if (WeChatServer.NumberOf(filter["tag_id"]) is not { } tag || !_server.People.HasTag(tag))
            return _server.Error(45159, "invalid tagid");
        return Send(asked, $"tag {tag}", [.. _server.Followers.Where(one => one.Value.Tags.Contains(tag)).Select(one => one.Key)]);
    }

    private JsonObject Send(JsonObject asked, string range, string[] openIds)
    {
        var now = _server.Now;
        while (_minute.Count > 0 && _minute.Peek() <= now.AddMinutes(-1))
            _minute.Dequeue();
        if (_minute.Count >= CallsAMinute)
            return _server.Error(45011, "api minute-quota reach limit");
        _minute.Enqueue(now);
        if (Content(asked, out var text) is { } refused)
            return refused;
        var clientId = WeChatServer.StringOf(asked["clientmsgid"]);
        if (clientId is not null && Encoding.UTF8.GetByteCount(clientId) is < 1 or > MaxClientIdBytes)
            return _server.Error(45067, "clientmsgid size out of limit");
        var key = clientId ?? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{range}\n{text}")));
        if (_known.TryGetValue(key, out var known) && known.At + Remembered > now)
        {
            if (known.Asked + BetweenRepeats > now)
                return _server.Error(45066, "same clientmsgid retry too fast");
            _known[key] = known with { Asked = now };
            var exists = _server.Error(45065, "clientmsgid exist");
            exists["msg_id"] = known.Id;
            return exists;
        }
        string[] followers = [.. openIds.Where(openId => _server.Followers.TryGetValue(openId, out var one) && one.Follows)];
        if (followers.Length == 0)
            return _server.Error(40003, "invalid openid");
        if (_day.Day != _server.Today)
            _day = (_server.Today, 0);
        if (_day.Sends >= (Kind == WeChatAccountKind.Subscription ? 1 : SendsADay))
            return _server.Error(45028, "has no masssend quota");
        _day.Sends++;
        var job = Run(++_ids, clientId, text, followers);
        _known[key] = (job.Id, now, now);
        return Taken(job.Id);
    }

    private WeChatMassJob Run(long id, string? clientId, string text, string[] followers)
    {
        var (now, status) = (_server.Now, NextStatus ?? "send success");
        NextStatus = null;
        string[] left = [.. followers.Where(openId => _server.Followers[openId] is { RefusesMass: false } one
            && (Kind == WeChatAccountKind.Subscription || one.Masses.Count(at => Month(at) == Month(now)) < AFollowersMonth))];
        string[] reached = status == "send success" ? [.. left.Where(openId => !Unreachable.Contains(openId))] : [];
        foreach (var openId in reached)
        {
            _server.Followers[openId].Masses.Add(now);
            _server.Followers[openId].Read.Enqueue(new(WeChatWay.Mass, text, []));
        }
        var job = new WeChatMassJob(id, clientId, text, status == "send success" ? "SEND_SUCCESS" : "SEND_FAIL", followers.Length, left.Length, reached.Length,
            status == "send success" ? left.Length - reached.Length : 0);
        _jobs[id] = job;
        _server.Later(Helper, WeChatServer.Text("Event", "MASSSENDJOBFINISH"), new XElement("MsgID", id), WeChatServer.Text("Status", status), new XElement("TotalCount", job.Total),
            new XElement("FilterCount", job.Filtered), new XElement("SentCount", job.Sent), new XElement("ErrorCount", job.Failed),
            new XElement("CopyrightCheckResult", new XElement("Count", 0), new XElement("ResultList"), new XElement("CheckState", 0)),
            new XElement("ArticleUrlResult", new XElement("Count", 0), new XElement("ResultList")));
        return job;
    }

    private JsonObject Preview(JsonObject asked)
    {
        if (Content(asked, out var text) is { } refused)
            return refused;
        return _server.To(asked, (_, follower) =>
        {
            follower.Read.Enqueue(new(WeChatWay.Mass, text, []));
            return Taken(++_ids);
        });
    }

    private JsonObject Get(JsonObject asked) =>
        JobOf(asked) is not { } job ? _server.Error(40059, "invalid msg id") : new() { ["msg_id"] = job.Id, ["msg_status"] = job.Status };

    private JsonObject Delete(JsonObject asked)
    {
        if (JobOf(asked) is not { } job)
            return _server.Error(40059, "invalid msg id");
        _jobs[job.Id] = job with { Status = "DELETE" };
        return WeChatServer.Ok();
    }

    private WeChatMassJob? JobOf(JsonObject asked) => long.TryParse(asked["msg_id"]?.ToString(), out var id) ? _jobs.GetValueOrDefault(id) : null;

    /// <summary>What is wrong with the message; null: nothing, and <paramref name="text"/> is what a reader sees.</summary>
    private JsonObject? Content(JsonObject asked, out string text)
    {
        text = "";
        switch (WeChatServer.StringOf(asked["msgtype"]))
        {
            case "text":
                text = WeChatServer.StringOf(asked["text"]?["content"]) ?? "";
                return _server.RefuseText(text, WeChatServer.MaxTextBytes);
            case "mpnews" or "image" or "voice" when WeChatServer.StringOf(asked[(string)asked["msgtype"]!]?["media_id"]) is { } mediaId:
                if (_server.Media.TitleOf(mediaId) is not { } title)
                    return _server.Error(40007, "invalid media_id");
                text = title;
                return null;
            default:
                return _server.Error(40008, "invalid message type");
        }
    }

    private static JsonObject Taken(long id)
    {
        var answer = WeChatServer.Ok();
        (answer["errmsg"], answer["msg_id"], answer["msg_data_id"]) = ("send job submission success", id, id + 1_000_000);
        return answer;
    }

    private static (int, int) Month(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)) is var local ? (local.Year, local.Month) : default;
}
