using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>A robot in a WeCom group: knows its key, takes 20 messages a minute, limits their size, and reports errors inside a 200.</summary>
public sealed class WeComGroupRobot(TimeProvider clock)
{
    public const string Path = "/cgi-bin/webhook/send";
    public const int MessagesAMinute = 20;
    private const int MaxTextBytes = 2048;
    private const int MaxMarkdownBytes = 4096;

    private readonly ConcurrentQueue<string> _messages = new();
    private readonly Queue<DateTimeOffset> _times = new();

    public string Key { get; } = Guid.NewGuid().ToString();
    public VendorFaults Faults { get; } = new();
    /// <summary>The words of each message that the group reads, in order.</summary>
    public IReadOnlyList<string> Messages => [.. _messages];
    /// <summary>How often 45009 was answered.</summary>
    public int OverLimit { get; private set; }

    internal async Task AnswerAsync(HttpContext context, byte[] body)
    {
        var fault = Faults.Take();
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        var answer = Judge(context.Request, body);
        if ((int?)answer["errcode"] == 0 && await VendorFaults.SpoilsAsync(fault, context))
            return;
        await context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }

    private JsonObject Judge(HttpRequest request, byte[] body)
    {
        if (request.Query["key"] != Key)
            return WeComServer.Error(93000, "invalid webhook url");
        if (WeComServer.Parse(body) is not { } message)
            return WeComServer.Error(47001, "data format error");
        var (content, most) = (string?)message["msgtype"] switch
        {
            "text" => ((string?)message["text"]?["content"], MaxTextBytes),
            "markdown" => ((string?)message["markdown"]?["content"], MaxMarkdownBytes),
            "markdown_v2" => ((string?)message["markdown_v2"]?["content"], MaxMarkdownBytes),
            _ => (null, -1),
        };
        if (most < 0)
            return WeComServer.Error(40008, "invalid message type");
        if (string.IsNullOrEmpty(content))
            return WeComServer.Error(44004, "empty content");
        if (Encoding.UTF8.GetByteCount(content) > most)
            return WeComServer.Error(45002, "content size out of limit");
        lock (_times)
        {
            var now = clock.GetUtcNow();
            while (_times.Count > 0 && _times.Peek() <= now.AddMinutes(-1))
                _times.Dequeue();
            if (_times.Count >= MessagesAMinute)
            {
                OverLimit++;
                return WeComServer.Error(45009, "api freq out of limit");
            }
            _times.Enqueue(now);
        }
        _messages.Enqueue(content);
        return WeComServer.Error(0, "ok");
    }
}
