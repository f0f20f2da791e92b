using System.Net;
using System.Net.WebSockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Storage;

namespace Outreach.Tests.Channels.WebChat;

[Collection(WebChatApps.Name)]
public sealed class StreamTests(DefaultApp shared, ClockApp timed)
{
    [Fact]
    public async Task A_stream_opened_before_the_first_message_gets_it_and_its_answer()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var socket = await client.ConnectAsync();

        var id = await client.SayAsync("业委会怎么成立", "c1");
        var echo = await socket.NextAsync();
        var answer = await socket.NextAsync();

        Assert.Equal(id, (string?)echo!["id"]);
        Assert.Equal("c1", (string?)echo["channelData"]!["clientActivityID"]);
        Assert.Equal("bot", (string?)answer!["from"]!["role"]);
        Assert.NotNull(socket.Watermark);
    }

    [Fact]
    public async Task A_watermark_in_the_address_leaves_out_what_the_client_has()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        await client.SayAsync("你好");
        var (seen, watermark) = await client.PollAsync();
        await client.SayAsync("谢谢");
        using var reconnect = await client.CallAsync(HttpMethod.Get, $"conversations/{client.ConversationId}?watermark={watermark}");

        using var socket = await DirectLineSocket.OpenAsync((string)(await DirectLineClient.ReadAsync(reconnect))["streamUrl"]!);
        var first = await socket.NextAsync();

        Assert.NotEmpty(seen);
        Assert.Equal("谢谢", (string?)first!["text"]);
    }

    [Fact]
    public async Task A_newer_stream_wins_and_the_older_is_closed_with_collision()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var older = await client.ConnectAsync();
        using var newer = await client.ConnectAsync((string)(await client.StartAsync(HttpStatusCode.OK))["streamUrl"]!);

        var end = await older.NextAsync();
        await client.SayAsync("你好");

        Assert.Null(end);
        Assert.Equal("collision", older.Socket.CloseStatusDescription);
        Assert.Equal("你好", (string?)(await newer.NextAsync())!["text"]);
    }

    [Fact]
    public async Task Keep_alive_frames_and_noise_from_the_client_are_ignored()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var socket = await client.ConnectAsync();

        await socket.Socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        await socket.Socket.SendAsync(new byte[50_000].AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
        await client.SayAsync("你好");

        Assert.Equal("你好", (string?)(await socket.NextAsync())!["text"]);
    }

    [Fact]
    public async Task A_stream_must_be_opened_within_sixty_seconds()
    {
        var (app, clock) = (timed.App, timed.Clock);
        using var client = await DirectLineClient.OpenAsync(app);
        var streamUrl = (string)(await client.StartAsync())["streamUrl"]!;

        clock.Advance(TimeSpan.FromSeconds(61));
        using var http = app.CreateClient();
        using var late = await http.GetAsync(streamUrl.Replace("ws://", "http://", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        await DirectLineClient.AssertErrorAsync(late, HttpStatusCode.Forbidden, "TokenExpired");
    }

    [Fact]
    public async Task A_stream_address_of_another_conversation_or_without_a_socket_is_refused()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var other = await DirectLineClient.OpenAsync(app);
        var streamUrl = ((string)(await client.StartAsync())["streamUrl"]!).Replace("ws://", "http://", StringComparison.Ordinal);
        using var http = app.CreateClient();

        using var plain = await http.GetAsync(streamUrl, TestContext.Current.CancellationToken);
        using var foreign = await http.GetAsync(streamUrl.Replace(client.ConversationId!, other.ConversationId!, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using var callToken = await http.GetAsync($"/v3/directline/conversations/{client.ConversationId}/stream?t={client.Token}", TestContext.Current.CancellationToken);

        await DirectLineClient.AssertErrorAsync(plain, HttpStatusCode.BadRequest, "BadArgument");
        await DirectLineClient.AssertErrorAsync(foreign, HttpStatusCode.NotFound, "BadArgument");
        await DirectLineClient.AssertErrorAsync(callToken, HttpStatusCode.Forbidden, "BadArgument");
    }

    [Fact]
    public async Task A_slow_answer_shows_typing_on_the_stream_and_never_in_a_poll()
    {
        var app = shared.App;
        using var client = await DirectLineClient.OpenAsync(app);
        using var socket = await client.ConnectAsync();
        await client.SayAsync("你好");
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Whoever holds the write gate keeps every turn waiting.
        var holding = db.WriteAsync(() => seen.Task, TestContext.Current.CancellationToken);
        var saying = client.SayAsync("谢谢");
        var typing = await socket.NextAsync(activity => (string?)activity["type"] == "typing", Typing.Shown);
        seen.SetResult();
        await Task.WhenAll(holding, saying);
        var (activities, _) = await client.PollAsync();

        Assert.Equal("bot", (string?)typing["from"]!["role"]);
        Assert.DoesNotContain(activities, activity => (string?)activity["type"] == "typing");
    }

    [Fact]
    public async Task A_stopping_server_ends_its_streams_at_once()
    {
        var app = await OutreachApp.StartAsync();
        using var client = await DirectLineClient.OpenAsync(app);
        using var socket = await client.ConnectAsync();

        var stopping = app.DisposeAsync().AsTask();
        var end = await socket.NextAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Null(end);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.Socket.CloseStatus);
    }
}
