using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Outreach.Doubles;

/// <summary>What a template of the account is for.</summary>
public enum WeChatTemplateUse
{
    /// <summary>A template message 模板消息.</summary>
    Template,
    /// <summary>A subscription notice, one for each consent.</summary>
    OneTime,
    /// <summary>A subscription notice until the follower drops it.</summary>
    LongTerm,
}

/// <summary>What a follower taps in the popup.</summary>
public enum WeChatPopup { Accept, Reject }

/// <summary>
/// Template messages and subscription notices: known templates, every field there and of its kind, the follower's consent, one message for a client_msg_id in ten minutes,
/// and the event that tells what became of it.
/// </summary>
public sealed partial class WeChatTemplates
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly WeChatServer _server;
    private readonly Dictionary<string, (string Content, WeChatTemplateUse Use)> _templates = new(StringComparer.Ordinal);
    private readonly Dictionary<(string OpenId, string Id), (long MessageId, DateTimeOffset At)> _sent = [];
    private long _ids = 3_000_000_000_000_000_000;

    internal WeChatTemplates(WeChatServer server)
    {
        _server = server;
        server.On("POST", "/cgi-bin/message/template/send", server.Json(SendTemplate));
        server.On("POST", "/cgi-bin/message/subscribe/bizsend", server.Json(SendNotice));
        server.On("GET", "/cgi-bin/template/get_all_private_template", _ => new()
        {
            ["template_list"] = new JsonArray([.. _templates.Where(known => known.Value.Use == WeChatTemplateUse.Template)
                .Select(known => new JsonObject { ["template_id"] = known.Key, ["content"] = known.Value.Content })]),
        });
    }

    /// <summary>What becomes of the next template message after it was taken, such as <c>failed: system failed</c>; null: success, or the follower's block.</summary>
    public string? NextStatus { get; set; }

    /// <param name="content">With its fields as <c>{{thing1.DATA}}</c>.</param>
    /// <returns>Its id.</returns>
    public string Add(string content, WeChatTemplateUse use)
    {
        var id = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(33)).Replace('+', '-').Replace('/', '_')[..43];
        lock (_server.Gate)
            _templates[id] = (content, use);
        return id;
    }

    internal void Consent(WeChatServer.Follower follower, string templateId, WeChatPopup answer)
    {
        lock (_server.Gate)
            follower.Consents[templateId] = answer == WeChatPopup.Reject ? 0 : _templates[templateId].Use == WeChatTemplateUse.LongTerm ? int.MaxValue
                : follower.Consents.GetValueOrDefault(templateId) + 1;
    }

    private JsonObject SendTemplate(JsonObject asked) => _server.To(asked, (openId, follower) =>
    {
        if (Render(asked, WeChatTemplateUse.Template) is var (text, refused) && refused is not null)
            return refused;
        var clientId = WeChatServer.StringOf(asked["client_msg_id"]);
        if (clientId is not null && _sent.TryGetValue((openId, clientId), out var earlier) && earlier.At + Remembered > _server.Now)
            return Taken(earlier.MessageId);
        var id = ++_ids;
        if (clientId is not null)
            _sent[(openId, clientId)] = (id, _server.Now);
        var status = NextStatus ?? (follower.BlocksTemplates ? "failed:user block" : "success");
        NextStatus = null;
        if (status == "success")
            follower.Read.Enqueue(new(WeChatWay.Template, text, [], WeChatServer.StringOf(asked["url"])));
        _server.Later(openId, WeChatServer.Text("Event", "TEMPLATESENDJOBFINISH"), new XElement("MsgID", id), WeChatServer.Text("Status", status));
        return Taken(id);
    });

    private JsonObject SendNotice(JsonObject asked) => _server.To(asked, (openId, follower) =>
    {
        var templateId = WeChatServer.StringOf(asked["template_id"]) ?? "";
        var use = _templates.TryGetValue(templateId, out var known) ? known.Use : WeChatTemplateUse.OneTime;
        if (Render(asked, use == WeChatTemplateUse.Template ? WeChatTemplateUse.OneTime : use) is var (text, refused) && refused is not null)
            return refused;
        var left = follower.Consents.GetValueOrDefault(templateId);
        if (left == 0)
            return _server.Error(43101, "user refuse to accept the msg");
        follower.Consents[templateId] = use == WeChatTemplateUse.LongTerm ? left : left - 1;
        var id = ++_ids;
        follower.Read.Enqueue(new(WeChatWay.Notice, text, [], WeChatServer.StringOf(asked["page"])));
        _server.Later(openId, WeChatServer.Text("Event", "subscribe_msg_sent_event"), new XElement("SubscribeMsgSentEvent", new XElement("List",
            WeChatServer.Text("TemplateId", templateId), new XElement("MsgID", id), new XElement("ErrorCode", 0), WeChatServer.Text("ErrorStatus", "success"))));
        return WeChatServer.Ok();
    });

    private static JsonObject Taken(long id)
    {
        var answer = WeChatServer.Ok();
        answer["msgid"] = id;
        return answer;
    }

    /// <summary>The template with its fields filled in, or what is wrong with them.</summary>
    private (string Text, JsonObject? Refused) Render(JsonObject asked, WeChatTemplateUse use)
    {
        if (WeChatServer.StringOf(asked["template_id"]) is not { } id || !_templates.TryGetValue(id, out var template) || template.Use != use)
            return ("", _server.Error(40037, "invalid template_id"));
        if (asked["data"] is not JsonObject data)
            return ("", _server.Error(47003, "argument invalid! data is missing"));
        string? wrong = null;
        var text = Field().Replace(template.Content, match =>
        {
            var value = WeChatServer.StringOf(data[match.Groups[1].Value]?["value"]);
            if (value is null || !Fits(match.Groups[2].Value, value))
                wrong ??= match.Groups[1].Value;
            return value ?? "";
        });
        return wrong is not null ? ("", _server.Error(47003, $"argument invalid! data.{wrong}.value invalid"))
            : _server.RiskyWord is { } word && text.Contains(word, StringComparison.Ordinal) ? ("", _server.Error(87014, "risky content")) : (text, null);
    }

    private static bool Fits(string kind, string value) => value.Length > 0 && kind switch
    {
        "thing" => value.Length <= 20 && !value.Contains('\n', StringComparison.Ordinal),
        "phrase" => value.Length <= 5 && value.All(c => c is >= '一' and <= '龥'),
        "name" => value.Length <= 10,
        "number" => value.Length <= 32 && decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out _),
        "letter" => value.Length <= 32 && value.All(char.IsAsciiLetter),
        "character_string" => value.Length <= 32 && value.All(char.IsAscii),
        "phone_number" => value.Length <= 17 && value.All(c => char.IsAsciiDigit(c) || c is '+' or '-'),
        "time" or "date" => Moment().IsMatch(value),
        "amount" => Amount().IsMatch(value),
        "const" => value.Length <= 20,
        _ => true,      // a field of an old template has any name and any text
    };

    [GeneratedRegex(@"\{\{(([a-z_]+?)\d*)\.DATA\}\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2})?( ?\d{1,2}:\d{2}(:\d{2})?)?$")]
    private static partial Regex Moment();

    [GeneratedRegex(@"^[¥$]?\d{1,10}(\.\d{1,2})?元?$")]
    private static partial Regex Amount();
}
