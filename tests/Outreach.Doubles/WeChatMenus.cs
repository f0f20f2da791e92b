using System.Text;
using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>The menus under the chat: three buttons with five below each, names and keys of limited length, personal ones beside the common one.</summary>
public sealed class WeChatMenus
{
    private const int MaxNameBytes = 16;
    private const int MaxSubNameBytes = 60;
    private const int MaxKeyBytes = 128;
    private const int MaxUrlBytes = 1024;
    private static readonly HashSet<string> WithKey = ["click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"];

    private readonly WeChatServer _server;
    private readonly SortedDictionary<long, JsonObject> _conditional = [];
    private long _ids = 208_396_000;

    internal WeChatMenus(WeChatServer server)
    {
        _server = server;
        server.On("POST", "/cgi-bin/menu/create", server.Json(Create));
        server.On("GET", "/cgi-bin/menu/get", _ => Get());
        server.On("GET", "/cgi-bin/menu/delete", _ => Delete());
        server.On("POST", "/cgi-bin/menu/addconditional", server.Json(AddConditional));
        server.On("POST", "/cgi-bin/menu/delconditional", server.Json(DeleteConditional));
        server.DailyLimits["/cgi-bin/menu/create"] = 1000;
        server.DailyLimits["/cgi-bin/menu/delete"] = 1000;
        server.DailyLimits["/cgi-bin/menu/get"] = 10_000;
    }

    /// <summary>The menu that followers see, as it was sent; null: none.</summary>
    public JsonObject? Current { get; private set; }

    /// <summary>Name and key (or address) of every line, in order, the upper ones that only open another menu left out.</summary>
    public IReadOnlyList<(string Name, string Target)> Lines =>
        [.. (Current?["button"]?.AsArray() ?? []).SelectMany(button => button!["sub_button"] is JsonArray { Count: > 0 } below ? below.AsEnumerable() : [button])
            .Select(line => ((string)line!["name"]!, (string?)line["key"] ?? (string?)line["url"] ?? ""))];

    private JsonObject Create(JsonObject menu)
    {
        if (Refuse(menu["button"]) is { } refused)
            return refused;
        Current = menu.DeepClone().AsObject();
        return WeChatServer.Ok();
    }

    private JsonObject Get()
    {
        if (Current is null)
            return _server.Error(46003, "menu no exist");
        var answer = new JsonObject { ["menu"] = Current.DeepClone() };
        if (_conditional.Count > 0)
            answer["conditionalmenu"] = new JsonArray([.. _conditional.Values.Select(menu => menu.DeepClone())]);
        return answer;
    }

    private JsonObject Delete()
    {
        Current = null;
        _conditional.Clear();
        return WeChatServer.Ok();
    }

    private JsonObject AddConditional(JsonObject menu)
    {
        if (Current is null)
            return _server.Error(65303, "there is no selfmenu, please create selfmenu first");
        if (menu["matchrule"] is not JsonObject { Count: > 0 })
            return _server.Error(40035, "invalid parameter matchrule");
        if (Refuse(menu["button"]) is { } refused)
            return refused;
        var id = ++_ids;
        _conditional.Add(id, menu.DeepClone().AsObject());
        _conditional[id]["menuid"] = id;
        return new() { ["menuid"] = id.ToString(System.Globalization.CultureInfo.InvariantCulture) };
    }

    private JsonObject DeleteConditional(JsonObject asked) =>
        long.TryParse(asked["menuid"]?.ToString(), out var id) && _conditional.Remove(id) ? WeChatServer.Ok() : _server.Error(65301, "menuid not exist");

    private JsonObject? Refuse(JsonNode? buttons)
    {
        if (buttons is not JsonArray { Count: >= 1 and <= 3 } upper)
            return _server.Error(40016, "invalid button size");
        foreach (var button in upper)
        {
            if (Bytes(button?["name"]) is < 1 or > MaxNameBytes)
                return _server.Error(40018, "invalid button name size");
            if (button!["sub_button"] is not JsonArray { Count: > 0 } below)
            {
                if (RefuseLine(button, 40017, 40019, 40020) is { } wrong)
                    return wrong;
                continue;
            }
            if (below.Count > 5)
                return _server.Error(40023, "invalid sub button size");
            foreach (var line in below)
                if (Bytes(line?["name"]) is < 1 or > MaxSubNameBytes)
                    return _server.Error(40025, "invalid sub button name size");
                else if (line!["sub_button"] is JsonArray { Count: > 0 })
                    return _server.Error(40022, "invalid sub button level");
                else if (RefuseLine(line, 40024, 40026, 40027) is { } wrong)
                    return wrong;
        }
        return null;
    }

    private JsonObject? RefuseLine(JsonNode line, int badType, int badKey, int badUrl) => WeChatServer.StringOf(line["type"]) switch
    {
        { } type when WithKey.Contains(type) => Bytes(line["key"]) is < 1 or > MaxKeyBytes ? _server.Error(badKey, "invalid button key size") : null,
        "view" => Bytes(line["url"]) is < 1 or > MaxUrlBytes || !Uri.TryCreate((string)line["url"]!, UriKind.Absolute, out _) ? _server.Error(badUrl, "invalid button url size") : null,
        "miniprogram" => Bytes(line["url"]) is < 1 or > MaxUrlBytes || Bytes(line["appid"]) < 1 || Bytes(line["pagepath"]) < 1 ? _server.Error(badUrl, "invalid button url size") : null,
        "media_id" or "article_id" or "article_view_limited" or "view_limited" => Bytes(line["media_id"] ?? line["article_id"]) < 1 ? _server.Error(40007, "invalid media_id") : null,
        _ => _server.Error(badType, "invalid button type"),
    };

    private static int Bytes(JsonNode? node) => WeChatServer.StringOf(node) is { } text ? Encoding.UTF8.GetByteCount(text) : 0;
}
