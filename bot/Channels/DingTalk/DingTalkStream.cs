using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// Stream mode: for each account that has it, one connection that we open and keep. A message is acknowledged once its turn is stored; one whose turn failed is answered
/// as failed, so that DingTalk brings it again. A connection that ends is opened anew, after a pause that grows while nothing comes of it.
/// </summary>
internal sealed partial class DingTalkStream(
    DingTalkAccounts accounts, DingTalkApi api, DingTalkIntake intake, ChannelMeter meter, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DingTalkStream> logger) : BackgroundService
{
    public const string RobotTopic = "/v1.0/im/bot/messages/get";
    private const int MaxFrame = 256 * 1024;
    private const int AtOnce = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!accounts.All.Any(account => account.Options.Stream))
            return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await Task.WhenAll(accounts.All.Where(account => account.Options.Stream).Select(account => KeepAsync(account, stoppingToken)));
    }

    private async Task KeepAsync(DingTalkAccount account, CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            var heard = false;
            try
            {
                if (await ConnectAsync(account, stop) is { } socket)
                    using (socket)
                    {
                        Connected(account.Name);
                        heard = true;
                        await ListenAsync(account, socket, stop);
                    }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Ended(e, account.Name);
            }
            pause = heard ? FirstPause : pause * 2 > LongestPause ? LongestPause : pause * 2;
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), clock, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Null: DingTalk gives no address now, or one that is not its own.</summary>
    private async Task<ClientWebSocket?> ConnectAsync(DingTalkAccount account, CancellationToken stop)
    {
        var (_, given) = await api.OpenStreamAsync(account, stop);
        if (given is null)
            return null;
        if (!Uri.TryCreate(given.Endpoint, UriKind.Absolute, out var endpoint) || !api.IsOwnStream(endpoint))
        {
            Foreign(account.Name);
            return null;
        }
        var socket = new ClientWebSocket();
        try
        {
            (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout) = (Beat, Beat);
            await socket.ConnectAsync(new UriBuilder(endpoint) { Query = $"ticket={Uri.EscapeDataString(given.Ticket!)}" }.Uri, api.Http, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Until the connection ends, or DingTalk asks for another one.</summary>
    private async Task ListenAsync(DingTalkAccount account, ClientWebSocket socket, CancellationToken stop)
    {
        using var sending = new SemaphoreSlim(1, 1);
        using var room = new SemaphoreSlim(AtOnce, AtOnce);
        var turns = new List<Task>();
        try
        {
            while (await ReadAsync(socket, stop) is { } frame)
            {
                switch (frame)
                {
                    case { Type: "SYSTEM", Headers.Topic: "disconnect" }:
                        return;
                    case { Type: "SYSTEM", Headers.Topic: "ping" }:
                        await AnswerAsync(socket, sending, StreamAnswer.To(frame, frame.Data ?? "{}"), stop);
                        break;
                    case { Type: "CALLBACK", Headers.Topic: RobotTopic }:
                        await room.WaitAsync(stop);
                        turns.RemoveAll(turn => turn.IsCompletedSuccessfully);
                        turns.Add(TakeAsync(account, socket, sending, room, frame, stop));
                        break;
                    default:
                        await AnswerAsync(socket, sending, StreamAnswer.To(frame, """{"status":"SUCCESS"}"""), stop);
                        break;
                }
            }
        }
        finally
        {
            await Task.WhenAll(turns);
        }
    }

    private async Task TakeAsync(DingTalkAccount account, ClientWebSocket socket, SemaphoreSlim sending, SemaphoreSlim room, StreamFrame frame, CancellationToken stop)
    {
        try
        {
            var push = DingTalkPush.Read(Encoding.UTF8.GetBytes(frame.Data ?? ""), account, clock.GetUtcNow());
            if (push is null)
            {
                meter.Refused(DingTalkChannel.ChannelId, "fields");
                Unread(account.Name);
            }
            // What cannot be read is no better the second time: it is acknowledged.
            var answer = push is null || await intake.TakeAsync(account, push) ? StreamAnswer.To(frame, """{"response":{}}""") : StreamAnswer.Failed(frame);
            await AnswerAsync(socket, sending, answer, stop);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The turn is stored; without its acknowledgement the message comes again and is found to be known.
        }
        catch (Exception e)
        {
            NotTaken(e, account.Name);      // nor acknowledged: the message comes again
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>The next frame; null: the other side closes.</summary>
    private static async Task<StreamFrame?> ReadAsync(ClientWebSocket socket, CancellationToken stop)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
            if (message.Length > MaxFrame)
                throw new InvalidDataException("A frame is larger than any message.");
        }
        while (!part.EndOfMessage);
        try
        {
            return JsonSerializer.Deserialize(message.GetBuffer().AsSpan(0, (int)message.Length), DingTalkJson.Wire.StreamFrame) is { Headers: not null } frame
                ? frame
                : throw new InvalidDataException("A frame has no headers.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A frame is no JSON.", e);
        }
    }

    private static async Task AnswerAsync(ClientWebSocket socket, SemaphoreSlim sending, StreamAnswer answer, CancellationToken stop)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, DingTalkJson.Wire.StreamAnswer);
        await sending.WaitAsync(stop);
        try
        {
            await socket.SendAsync(json.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, stop);
        }
        finally
        {
            sending.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The DingTalk account {Account} is connected in stream mode")]
    private partial void Connected(string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The DingTalk account {Account} lost its connection and opens another one")]
    private partial void Ended(Exception exception, string account);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message to the DingTalk account {Account} could not be taken; DingTalk brings it again")]
    private partial void NotTaken(Exception exception, string account);

    [LoggerMessage(Level = LogLevel.Error, Message = "The DingTalk account {Account} was given the address of a connection that is not DingTalk's; it is not used")]
    private partial void Foreign(string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The DingTalk account {Account} got a message that cannot be read")]
    private partial void Unread(string account);
}

/// <param name="Type"><c>SYSTEM</c>, <c>EVENT</c> or <c>CALLBACK</c>.</param>
/// <param name="Data">JSON as text.</param>
internal sealed record StreamFrame(string? Type, StreamHeaders? Headers, string? Data);

internal sealed record StreamHeaders(string? Topic, string? MessageId, string? ContentType);

internal sealed record StreamAnswer(int Code, StreamHeaders Headers, string Message, string Data)
{
    public static StreamAnswer To(StreamFrame frame, string data) => new(200, Own(frame), "OK", data);

    public static StreamAnswer Failed(StreamFrame frame) => new(500, Own(frame), "the turn failed", "{}");

    private static StreamHeaders Own(StreamFrame frame) => new(null, frame.Headers!.MessageId, "application/json");
}
