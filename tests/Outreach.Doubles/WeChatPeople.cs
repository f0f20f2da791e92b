using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>Who follows, and the tags that an account puts on followers: 100 an account, 20 a follower, 50 followers a call.</summary>
public sealed class WeChatPeople
{
    private const int MaxTags = 100;
    private const int MaxTagsOfOne = 20;
    private const int MaxTagged = 50;
    private const int PageSize = 10_000;

    private readonly WeChatServer _server;
    private readonly SortedDictionary<int, string> _tags = [];
    private int _ids = 99;

    internal WeChatPeople(WeChatServer server)
    {
        _server = server;
        server.On("GET", "/cgi-bin/user/info", call => Info(call.Query["openid"].ToString()));
        server.On("POST", "/cgi-bin/user/info/batchget", server.Json(Batch));
        server.On("GET", "/cgi-bin/user/get", call => List(call.Query["next_openid"].ToString()));
        server.On("POST", "/cgi-bin/tags/create", server.Json(Create));
        server.On("GET", "/cgi-bin/tags/get", _ => new() { ["tags"] = new JsonArray([.. _tags.Select(tag => Tag(tag.Key, tag.Value))]) });
        server.On("POST", "/cgi-bin/tags/delete", server.Json(Delete));
        server.On("POST", "/cgi-bin/tags/members/batchtagging", server.Json(asked => Mark(asked, (follower, tag) => follower.Tags.Add(tag))));
        server.On("POST", "/cgi-bin/tags/members/batchuntagging", server.Json(asked => Mark(asked, (follower, tag) => follower.Tags.Remove(tag))));
    }

    internal bool HasTag(int tag) => _tags.ContainsKey(tag);

    private JsonObject Info(string openId)
    {
        if (!_server.Followers.TryGetValue(openId, out var follower))
            return _server.Error(40003, "invalid openid");
        if (!follower.Follows)
            return new() { ["subscribe"] = 0, ["openid"] = openId };
        return new()
        {
            ["subscribe"] = 1,
            ["openid"] = openId,
            ["language"] = "zh_CN",
            ["remark"] = "",
            ["tagid_list"] = new JsonArray([.. follower.Tags.Select(tag => (JsonNode)tag)]),
            ["subscribe_scene"] = follower.Scene is null ? "ADD_SCENE_SEARCH" : "ADD_SCENE_QR_CODE",
            ["qr_scene"] = int.TryParse(follower.Scene, out var scene) ? scene : 0,
            ["qr_scene_str"] = int.TryParse(follower.Scene, out _) ? "" : follower.Scene ?? "",
        };
    }

    private JsonObject Batch(JsonObject asked)
    {
        if (asked["user_list"] is not JsonArray { Count: >= 1 and <= 100 } list)
            return _server.Error(40032, "invalid openid list size");
        JsonObject[] found = [.. list.Select(one => Info(WeChatServer.StringOf(one?["openid"]) ?? ""))];
        return found.FirstOrDefault(one => one["errcode"] is not null) ?? new() { ["user_info_list"] = new JsonArray([.. found]) };
    }

    private JsonObject List(string after)
    {
        string[] all = [.. _server.Followers.Where(one => one.Value.Follows).Select(one => one.Key).Order(StringComparer.Ordinal)];
        string[] page = [.. all.Where(openId => string.CompareOrdinal(openId, after) > 0).Take(PageSize)];
        var answer = new JsonObject { ["total"] = all.Length, ["count"] = page.Length, ["next_openid"] = page.LastOrDefault() ?? "" };
        if (page.Length > 0)
            answer["data"] = new JsonObject { ["openid"] = new JsonArray([.. page.Select(openId => (JsonNode)openId)]) };
        return answer;
    }

    private JsonObject Create(JsonObject asked)
    {
        if (WeChatServer.StringOf(asked["tag"]?["name"]) is not { Length: >= 1 and <= 30 } name)
            return _server.Error(45158, "tag name too long");
        if (_tags.ContainsValue(name))
            return _server.Error(45157, "invalid tag name");
        if (_tags.Count >= MaxTags)
            return _server.Error(45056, "too many tag now, can not add more");
        _tags.Add(++_ids, name);
        return new() { ["tag"] = Tag(_ids, name) };
    }

    private JsonObject Delete(JsonObject asked)
    {
        if (WeChatServer.NumberOf(asked["tag"]?["id"]) is not { } id || !_tags.Remove(id))
            return _server.Error(45159, "invalid tagid");
        foreach (var follower in _server.Followers.Values)
            follower.Tags.Remove(id);
        return WeChatServer.Ok();
    }

    private JsonObject Mark(JsonObject asked, Action<WeChatServer.Follower, int> mark)
    {
        if (WeChatServer.NumberOf(asked["tagid"]) is not { } tag || !_tags.ContainsKey(tag))
            return _server.Error(45159, "invalid tagid");
        if (asked["openid_list"] is not JsonArray { Count: >= 1 and <= MaxTagged } list)
            return _server.Error(40032, "invalid openid list size");
        var followers = list.Select(one => WeChatServer.StringOf(one) is { } openId ? _server.Followers.GetValueOrDefault(openId) : null).ToArray();
        if (followers.Any(one => one is null))
            return _server.Error(40003, "invalid openid");
        if (followers.Any(one => !one!.Follows))
            return _server.Error(49003, "not match openid with appid");
        if (followers.Any(one => !one!.Tags.Contains(tag) && one.Tags.Count >= MaxTagsOfOne))
            return _server.Error(45059, "has too many tag on one user");
        foreach (var follower in followers)
            mark(follower!, tag);
        return WeChatServer.Ok();
    }

    private JsonObject Tag(int id, string name) => new() { ["id"] = id, ["name"] = name, ["count"] = _server.Followers.Values.Count(one => one.Tags.Contains(id)) };
}
