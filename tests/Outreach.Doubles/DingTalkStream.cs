using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>The vendor's side of the stream mode: tickets, the clients' WebSockets, frames and the clients' answers to them.</summary>
internal sealed class DingTalkStream(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _tickets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<DingTalkAck>> _acks = new(StringComparer.Ordinal);
    private readonly List<Connection> _connections = [];
    private int _opened;

    /// <summary>Connections that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    /// <summary>How many were opened in all.</summary>
    public int Opened => _opened;

    public string NewTicket()
    {
        var ticket = Guid.NewGuid().ToString();
        lock (_gate)
            _tickets.Add(ticket);
        return ticket;
    }

    /// <summary>A client's WebSocket, until one side ends it; its ticket is good once.</summary>
    public async Task ConnectAsync(HttpContext context)
    {
        bool isKnown;
        lock (_gate)
            isKnown = _tickets.Remove(context.Request.Query["ticket"].ToString());
        if (!isKnown || !context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 401;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new Connection(socket);
        lock (_gate)
            _connections.Add(connection);
        Interlocked.Increment(ref _opened);
        try
        {
            while (await ReadAsync(socket, context.RequestAborted) is { } text)
                Acknowledge(text);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // the other side is gone
        }
        finally
        {
            Forget(connection);
        }
    }

    private void Acknowledge(string text)
    {
        if (DingTalkShapes.Parse(Encoding.UTF8.GetBytes(text)) is not { } frame || (string?)frame["headers"]?["messageId"] is not { } id || !_acks.TryGetValue(id, out var waiting))
            return;
        var isShaped = (string?)frame["headers"]!["contentType"] == "application/json" && (string?)frame["message"] is not null;
        waiting.TrySetResult(new(isShaped ? (int?)frame["code"] ?? 0 : 0, (string?)frame["data"] is { } data ? DingTalkShapes.Parse(Encoding.UTF8.GetBytes(data)) : null));
    }

    private static async Task<string?> ReadAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(whole.ToArray());
        }
    }

    /// <summary>Any frame; the answer is the client's.</summary>
    public async Task<DingTalkAck> FrameAsync(string type, string topic, string data, TimeSpan patience)
    {
        var id = Guid.NewGuid().ToString("N");
        var ack = _acks[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await WriteAsync(FirstConnection(), new JsonObject
        {
            ["specVersion"] = "1.0",
            ["type"] = type,
            ["headers"] = new JsonObject { ["topic"] = topic, ["messageId"] = id, ["contentType"] = "application/json", ["time"] = Now() },
            ["data"] = data,
        }.ToJsonString());
        try
        {
            return await ack.Task.WaitAsync(patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return new(0, null);
        }
        finally
        {
            _acks.TryRemove(id, out _);
        }
    }

    /// <summary>Writes something that is no frame.</summary>
    public Task WriteRawAsync(string text) => WriteAsync(FirstConnection(), text);

    /// <summary>Tells the client to connect again, then closes.</summary>
    public async Task DisconnectAsync()
    {
        var connection = FirstConnection();
        await WriteAsync(connection, new JsonObject
        {
            ["specVersion"] = "1.0",
            ["type"] = "SYSTEM",
            ["headers"] = new JsonObject { ["topic"] = "disconnect", ["messageId"] = Guid.NewGuid().ToString("N"), ["contentType"] = "application/json", ["time"] = Now() },
            ["data"] = new JsonObject { ["reason"] = "connection is expired" }.ToJsonString(),
        }.ToJsonString());
        Forget(connection);
    }

    /// <summary>Cuts every connection without a word.</summary>
    public void Cut()
    {
        Connection[] open;
        lock (_gate)
        {
            open = [.. _connections];
            _connections.Clear();
        }
        foreach (var connection in open)
            connection.Socket.Abort();
    }

    private sealed record Connection(WebSocket Socket)
    {
        public SemaphoreSlim Writing { get; } = new(1, 1);
    }

    private string Now() => clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private Connection FirstConnection()
    {
        lock (_gate)
            return _connections.Count > 0 ? _connections[0] : throw new InvalidOperationException("No stream is open.");
    }

    private void Forget(Connection connection)
    {
        lock (_gate)
            _connections.Remove(connection);
    }

    private static async Task WriteAsync(Connection connection, string text)
    {
        await connection.Writing.WaitAsync();
        try
        {
            await connection.Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            connection.Writing.Release();
        }
    }
}
