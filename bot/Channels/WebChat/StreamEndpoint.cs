using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Outreach.Conversations;

namespace Outreach.Channels.WebChat;

/// <summary>
/// The WebSocket of one conversation: everything after the watermark, then every new row. The rows are read again after each nudge and at the latest
/// after half a minute, so a lost nudge costs time and no message.
/// </summary>
internal sealed partial class StreamEndpoint(
    DirectLineCaller caller, WebChatConversations conversations, StreamHub hub, MessageFeed feed, IHostApplicationLifetime lifetime, ILogger<StreamEndpoint> logger)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    public async Task<IResult> RunAsync(HttpContext http, string id, string? watermark, string? t)
    {
        if (caller.AuthenticateStream(http, t, out var refusal) is not { } claims)
            return refusal!;
        if (claims.ConversationId != id)
            return DirectLineError.UnknownConversation();
        if (!http.WebSockets.IsWebSocketRequest)
            return DirectLineError.BadArgument("This address is for a WebSocket.");

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var stream = hub.Open(id, socket);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping, stream.Collided);
        var reading = ReadUntilClosedAsync(socket, ending, http.RequestAborted);
        try
        {
            await WriteAsync(stream, claims, watermark, ending.Token, http.RequestAborted);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client left, a newer stream came, or the server stops: closed below.
        }
        catch (WebSocketException e)
        {
            Lost(e);
        }
        await CloseAsync(socket, stream, reading);
        return Results.Empty;
    }

    // Waiting ends with `ending`; sending only when the connection is gone, because a cancelled send cuts the socket off without a close frame.
    private async Task WriteAsync(StreamHub.OpenStream stream, WebChatClaims claims, string? watermark, CancellationToken ending, CancellationToken gone)
    {
        long? conversation;
        using var opened = feed.Listen(WebChatConversations.FeedKeyOf(claims.ConversationId));
        while ((conversation = await conversations.FindAsync(claims.ConversationId, ending)) is null)
        {
            await opened.WaitAsync(KeepAlive, ending);
            await stream.SendAsync("", gone);
        }
        using var news = feed.Listen(conversation.Value);
        var cursor = await conversations.CursorOfAsync(conversation.Value, watermark, ending);
        while (true)
        {
            var page = await conversations.ReadAsync(conversation.Value, claims, cursor, ending);
            cursor = page.Cursor;
            if (page.Activities.Count > 0)
                await stream.SendAsync(JsonSerializer.SerializeToUtf8Bytes(
                    new ActivitySet(page.Activities, cursor.ToString(CultureInfo.InvariantCulture)), WebChatJson.Wire.ActivitySet), gone);
            else
                await stream.SendAsync("", gone);
            if (page.IsLast)
                await news.WaitAsync(KeepAlive, ending);
        }
    }

    /// <summary>Clients send only empty keep-alive frames: whatever comes is read past.</summary>
    private static async Task ReadUntilClosedAsync(WebSocket socket, CancellationTokenSource ending, CancellationToken gone)
    {
        var buffer = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), gone)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // Gone without a close frame.
        }
        await ending.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket, StreamHub.OpenStream stream, Task reading)
    {
        using var patience = new CancellationTokenSource(CloseTime);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(
                    stream.Collided.IsCancellationRequested || socket.State == WebSocketState.CloseReceived ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.EndpointUnavailable,
                    stream.Collided.IsCancellationRequested ? "collision" : null, patience.Token);
            await reading.WaitAsync(patience.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The other side does not answer: the socket is disposed.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A web chat stream broke off")]
    private partial void Lost(Exception exception);
}
