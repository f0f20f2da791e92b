using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>The account's tokens: the stable one, renewed five minutes early, and the classic ones, each of which ends the one before.</summary>
internal sealed class WeChatTokens(WeChatServer server)
{
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);
    private readonly List<LentToken> _stable = [];
    private readonly List<LentToken> _classic = [];
    private DateTimeOffset _forcedAt = DateTimeOffset.MinValue;
    private int _forced;
    private int _calls;

    /// <summary>For the stable one.</summary>
    public int Calls => _calls;

    /// <summary>All that were lent are worth nothing any more. Under the gate.</summary>
    public void Revoke()
    {
        _stable.Clear();
        _classic.Clear();
    }

    /// <summary>What a call with this token is answered; null: it is good. Under the gate.</summary>
    public JsonObject? Refuse(string token) =>
        token.Length == 0 ? server.Error(41001, "access_token missing")
        : _stable.Concat(_classic).FirstOrDefault(known => known.Value == token) is not { } lent ? server.Error(40001, "invalid credential, access_token is invalid or not latest")
        : lent.Until <= server.Now ? server.Error(42001, "access_token expired") : null;

    public JsonObject Stable(byte[] body)
    {
        Interlocked.Increment(ref _calls);
        if (WeChatServer.Parse(body) is not { } asked)
            return server.Error(47001, "data format error");
        if (WrongName((string?)asked["grant_type"], (string?)asked["appid"], (string?)asked["secret"]) is { } wrong)
            return wrong;
        lock (server.Gate)
        {
            var now = server.Now;
            if (asked["force_refresh"]?.GetValue<bool>() == true)
            {
                if (_forced >= 20)
                    return server.Error(45009, "reach max api daily quota limit");
                if (now - _forcedAt < TimeSpan.FromSeconds(30))
                    return server.Error(45011, "api minute-quota reach limit");
                (_forced, _forcedAt) = (_forced + 1, now);
                _stable.Clear();
            }
            // Renewed five minutes early; for those five minutes the old one still works.
            if (_stable.Count == 0 || _stable[^1].Until - Overlap <= now)
                _stable.Add(new(Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"), now.AddSeconds(7200)));
            return new() { ["access_token"] = _stable[^1].Value, ["expires_in"] = (int)(_stable[^1].Until - now).TotalSeconds };
        }
    }

    public JsonObject Classic(IQueryCollection query)
    {
        if (WrongName(query["grant_type"], query["appid"], query["secret"]) is { } wrong)
            return wrong;
        lock (server.Gate)
        {
            var now = server.Now;
            foreach (var old in _classic.Where(old => old.Until > now + Overlap))
                old.Until = now + Overlap;
            _classic.Add(new(Guid.NewGuid().ToString("N"), now.AddSeconds(7200)));
            return new() { ["access_token"] = _classic[^1].Value, ["expires_in"] = 7200 };
        }
    }

    private JsonObject? WrongName(string? grant, string? appId, string? secret) =>
        grant != "client_credential" ? server.Error(40002, "invalid grant_type")
        : appId != server.AppId ? server.Error(40013, "invalid appid")
        : secret != server.AppSecret ? server.Error(40125, "invalid appsecret") : null;

    private sealed class LentToken(string value, DateTimeOffset until)
    {
        public string Value => value;
        public DateTimeOffset Until { get; set; } = until;
    }
}
