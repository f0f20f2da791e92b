using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>Codes that carry a scene: those that end, at most after 30 days, and the permanent ones, of which an account has a limited number.</summary>
public sealed class WeChatCodes
{
    private const int MaxSeconds = 2_592_000;
    private const int DefaultSeconds = 60;
    private static readonly byte[] Picture = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    private readonly WeChatServer _server;
    private readonly Dictionary<string, (string Scene, DateTimeOffset Until)> _codes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _permanent = new(StringComparer.Ordinal);

    internal WeChatCodes(WeChatServer server)
    {
        _server = server;
        server.On("POST", "/cgi-bin/qrcode/create", server.Json(Create));
    }

    /// <summary>How many permanent ones an account may have.</summary>
    public int MaxPermanent { get; set; } = 100_000;

    /// <summary>The scenes of all codes that were made, in order.</summary>
    public IReadOnlyList<string> Scenes
    {
        get
        {
            lock (_server.Gate)
                return [.. _codes.Values.Select(code => code.Scene)];
        }
    }

    /// <summary>What a code carries; null: unknown or over.</summary>
    public string? SceneOf(string ticket)
    {
        lock (_server.Gate)
            return _codes.TryGetValue(ticket, out var code) && code.Until > _server.Now ? code.Scene : null;
    }

    internal async Task ShowAsync(HttpContext context)
    {
        if (SceneOf(context.Request.Query["ticket"].ToString()) is null)
        {
            context.Response.StatusCode = 404;
            return;
        }
        context.Response.ContentType = "image/gif";
        await context.Response.Body.WriteAsync(Picture);
    }

    private JsonObject Create(JsonObject asked)
    {
        var scene = asked["action_info"]?["scene"];
        var (number, text) = (WeChatServer.NumberOf(scene?["scene_id"]), WeChatServer.StringOf(scene?["scene_str"]));
        var (value, isPermanent) = WeChatServer.StringOf(asked["action_name"]) switch
        {
            "QR_SCENE" => (number is null or 0 ? null : Text(number.Value), false),
            "QR_STR_SCENE" => (text is { Length: >= 1 and <= 64 } ? text : null, false),
            "QR_LIMIT_SCENE" => (number is >= 1 and <= 100_000 ? Text(number.Value) : null, true),
            "QR_LIMIT_STR_SCENE" => (text is { Length: >= 1 and <= 64 } ? text : null, true),
            _ => ("", false),
        };
        if (value is "")
            return _server.Error(40052, "invalid action name");
        if (value is null)
            return _server.Error(40053, "invalid action info");
        var seconds = asked["expire_seconds"] is null ? DefaultSeconds : WeChatServer.NumberOf(asked["expire_seconds"]) ?? 0;
        if (!isPermanent && seconds is < 1 or > MaxSeconds)
            return _server.Error(40050, "invalid expire time");
        if (isPermanent && !_permanent.Contains(value) && _permanent.Count >= MaxPermanent)
            return _server.Error(45029, "qrcode count out of limit");
        if (isPermanent)
            _permanent.Add(value);
        var ticket = "gQ" + Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(48)) + "==";      // with characters that an address must escape
        _codes[ticket] = (value, isPermanent ? DateTimeOffset.MaxValue : _server.Now.AddSeconds(seconds));
        var answer = new JsonObject { ["ticket"] = ticket, ["url"] = $"http://weixin.qq.com/q/{Guid.NewGuid():N}" };
        if (!isPermanent)
            answer["expire_seconds"] = seconds;
        return answer;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
