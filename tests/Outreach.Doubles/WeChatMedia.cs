using System.Text;
using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>Uploads: files kept three days or for good, pictures for articles, and the articles that a mass message shows.</summary>
public sealed class WeChatMedia
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);
    private static readonly Dictionary<string, int> MaxBytes = new(StringComparer.Ordinal)
    {
        ["image"] = 10 << 20,
        ["voice"] = 2 << 20,
        ["video"] = 10 << 20,
        ["thumb"] = 64 << 10,
    };

    private readonly WeChatServer _server;
    private readonly Dictionary<string, (string Title, DateTimeOffset Until)> _media = new(StringComparer.Ordinal);

    internal WeChatMedia(WeChatServer server)
    {
        _server = server;
        server.On("POST", "/cgi-bin/media/upload", call => Upload(call, server.Now + Kept));
        server.On("POST", "/cgi-bin/material/add_material", call => Upload(call, DateTimeOffset.MaxValue));
        server.On("POST", "/cgi-bin/media/uploadimg", UploadPicture);
        server.On("POST", "/cgi-bin/media/uploadnews", server.Json(asked => AddNews(asked, "news", server.Now + Kept)));
        server.On("POST", "/cgi-bin/draft/add", server.Json(asked => AddNews(asked, null, DateTimeOffset.MaxValue)));
    }

    /// <summary>File name or first title of what was uploaded; null: unknown or gone.</summary>
    internal string? TitleOf(string mediaId) => _media.TryGetValue(mediaId, out var known) && known.Until > _server.Now ? known.Title : null;

    private JsonObject Upload(WeChatCall call, DateTimeOffset until)
    {
        var type = call.Form?["type"].ToString() is { Length: > 0 } field ? field : call.Query["type"].ToString();
        if (!MaxBytes.TryGetValue(type, out var max))
            return _server.Error(40004, "invalid media type");
        if (call.File is not { Length: > 0 } file)
            return _server.Error(41005, "media data missing");
        if (file.Length > max)
            return _server.Error(type == "image" ? 40009 : 40006, "invalid media size");
        var id = Keep(file.FileName, until);
        return until == DateTimeOffset.MaxValue
            ? new() { ["media_id"] = id, ["url"] = $"http://mmbiz.qpic.cn/{id}" }
            : new() { ["type"] = type, [type == "thumb" ? "thumb_media_id" : "media_id"] = id, ["created_at"] = _server.Now.ToUnixTimeSeconds() };
    }

    private JsonObject UploadPicture(WeChatCall call) =>
        call.File is not { Length: > 0 } file ? _server.Error(41005, "media data missing")
        : Path.GetExtension(file.FileName).ToUpperInvariant() is not (".JPG" or ".JPEG" or ".PNG") ? _server.Error(40005, "invalid file type")
        : file.Length > 1 << 20 ? _server.Error(40009, "invalid image size")
        : new() { ["url"] = $"http://mmbiz.qpic.cn/{Guid.NewGuid():N}" };

    private JsonObject AddNews(JsonObject asked, string? type, DateTimeOffset until)
    {
        if (asked["articles"] is not JsonArray { Count: >= 1 and <= 8 } articles)
            return _server.Error(45008, "article size out of limit");
        foreach (var article in articles)
        {
            if (WeChatServer.StringOf(article?["title"]) is not { Length: >= 1 and <= 64 })
                return _server.Error(45003, "title size out of limit");
            if (WeChatServer.StringOf(article!["content"]) is not { Length: >= 1 } content || content.Length > 20_000 || Encoding.UTF8.GetByteCount(content) > 1 << 20)
                return _server.Error(45002, "content size out of limit");
            if (WeChatServer.StringOf(article["thumb_media_id"]) is not { } thumb || TitleOf(thumb) is null)
                return _server.Error(40007, "invalid media_id");
        }
        var id = Keep((string)articles[0]!["title"]!, until);
        return type is null ? new() { ["media_id"] = id } : new() { ["type"] = type, ["media_id"] = id, ["created_at"] = _server.Now.ToUnixTimeSeconds() };
    }

    private string Keep(string title, DateTimeOffset until)
    {
        var id = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");
        _media[id] = (title, until);
        return id;
    }
}
