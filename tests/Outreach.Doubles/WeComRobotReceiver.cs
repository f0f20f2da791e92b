using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>A WeCom group robot: knows its key, counts 20 messages a minute, limits the size, reports errors inside a 200 as the vendor does.</summary>
public sealed class WeComRobotReceiver : IAsyncDisposable
{
    public const int MessagesAMinute = 20;
    private const int MaxMarkdownBytes = 4096;

    private readonly ConcurrentQueue<string> _messages = new();
    private readonly Queue<DateTimeOffset> _times = new();
    private readonly TimeProvider _clock;
    private LoopbackServer? _server;

    private WeComRobotReceiver(TimeProvider clock) => _clock = clock;

    public string Key { get; } = Guid.NewGuid().ToString();
    public Uri Address => new(_server!.Address, "/cgi-bin/webhook/send");
    /// <summary>The Markdown of each accepted message, in order.</summary>
    public IReadOnlyList<string> Messages => [.. _messages];
    /// <summary>How often 45009 was answered.</summary>
    public int OverLimit { get; private set; }

    public static async Task<WeComRobotReceiver> StartAsync(TimeProvider clock)
    {
        var robot = new WeComRobotReceiver(clock);
        robot._server = await LoopbackServer.StartAsync(robot.ReceiveAsync);
        return robot;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var (code, text) = await JudgeAsync(context.Request);
        await context.Response.WriteAsJsonAsync(new { errcode = code, errmsg = text }, context.RequestAborted);
    }

    private async Task<(int Code, string Text)> JudgeAsync(HttpRequest request)
    {
        if (request.Path != "/cgi-bin/webhook/send" || request.Query["key"] != Key)
            return (93000, "invalid webhook url");
        using var body = await JsonDocument.ParseAsync(request.Body);
        if (body.RootElement.GetProperty("msgtype").GetString() != "markdown")
            return (40008, "invalid message type");
        var content = body.RootElement.GetProperty("markdown").GetProperty("content").GetString()!;
        if (Encoding.UTF8.GetByteCount(content) is 0 or > MaxMarkdownBytes)
            return (45002, "content size out of limit");
        lock (_times)
        {
            var now = _clock.GetUtcNow();
            while (_times.Count > 0 && _times.Peek() <= now.AddMinutes(-1))
                _times.Dequeue();
            if (_times.Count >= MessagesAMinute)
            {
                OverLimit++;
                return (45009, "api freq out of limit");
            }
            _times.Enqueue(now);
        }
        _messages.Enqueue(content);
        return (0, "ok");
    }
}
