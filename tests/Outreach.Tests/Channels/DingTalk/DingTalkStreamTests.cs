using Outreach.Doubles;

namespace Outreach.Tests.Channels.DingTalk;

/// <summary>A connection that we open to DingTalk and keep.</summary>
[Collection(RobotApps.Name)]
public sealed class DingTalkStreamTests(Robots shared) : IAsyncLifetime
{
    private readonly string _owner = $"u{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync() => await Robots.UntilAsync(() => shared.Stream.Streams == 1, "a connection");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_message_is_acknowledged_when_its_turn_is_stored_and_answered_in_the_session()
    {
        var ack = await shared.Stream.SayInStreamAsync(_owner, "换物业要多少人同意");

        Assert.Equal(200, ack.Code);
        Assert.NotNull(ack.Data?["response"]);
        Assert.Equal("换物业要多少人同意", System.Text.Json.Nodes.JsonNode.Parse((await shared.MessagesAsync("cid-" + _owner))[0].Activity)!["text"]!.GetValue<string>());
        var read = await ReadAsync(1);
        Assert.Equal(DingTalkWay.Session, read[0].Way);
        Assert.Contains("依据：《", read[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_comes_again_is_acknowledged_and_not_run()
    {
        var message = shared.Stream.Message(_owner, "text", new() { ["content"] = "谢谢" }, null, null);

        var acks = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Stream.StreamAsync(message)));
        await shared.UntilSentAsync("cid-" + _owner);

        Assert.All(acks, ack => Assert.Equal(200, ack.Code));
        Assert.Single(shared.Stream.Ledger(_owner));
    }

    [Fact]
    public async Task A_ping_comes_back_as_it_was() => Assert.True(await shared.Stream.PingAsync());

    [Fact]
    public async Task An_event_is_acknowledged() => Assert.Equal(200, (await shared.Stream.FrameAsync("EVENT", "*", "{}")).Code);

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("")]
    public async Task A_message_that_cannot_be_read_is_acknowledged_for_it_would_be_no_better_the_next_time(string data) =>
        Assert.Equal(200, (await shared.Stream.FrameAsync("CALLBACK", DingTalkServer.MessageTopic, data)).Code);

    [Fact]
    public async Task Another_connection_is_opened_when_the_vendor_asks_for_one()
    {
        var opened = shared.Stream.StreamsOpened;

        await shared.Stream.DisconnectAsync();
        await Robots.UntilAsync(() => shared.Stream.Streams == 1, "another connection");

        Assert.Equal(opened + 1, shared.Stream.StreamsOpened);
        Assert.Equal(200, (await shared.Stream.SayInStreamAsync(_owner, "谢谢")).Code);
    }

    [Fact]
    public async Task Another_connection_is_opened_when_the_line_is_cut()
    {
        var opened = shared.Stream.StreamsOpened;

        shared.Stream.Cut();
        await Robots.UntilAsync(() => shared.Stream.StreamsOpened > opened && shared.Stream.Streams == 1, "another connection");

        Assert.Equal(200, (await shared.Stream.SayInStreamAsync(_owner, "谢谢")).Code);
        await ReadAsync(1);
    }

    [Fact]
    public async Task Nonsense_on_the_line_ends_the_connection_and_not_the_program()
    {
        var opened = shared.Stream.StreamsOpened;

        await shared.Stream.WriteRawAsync("]");
        await Robots.UntilAsync(() => shared.Stream.StreamsOpened > opened && shared.Stream.Streams == 1, "another connection");

        Assert.True(await shared.Stream.PingAsync());
    }

    [Fact]
    public async Task The_account_takes_nothing_over_http()
    {
        using var http = shared.App.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/channels/dingtalk/stream") { Content = new StringContent(shared.Stream.Message(_owner, "text", [], null, null).ToJsonString()) };
        var timestamp = shared.Clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("sign", shared.Stream.Sign(timestamp));

        using var answer = await http.SendAsync(request, Robots.Stop);

        Assert.Equal(404, (int)answer.StatusCode);
    }

    private async Task<IReadOnlyList<DingTalkRead>> ReadAsync(int count)
    {
        await Robots.UntilAsync(() => shared.Stream.Ledger(_owner).Count >= count, $"{count} messages; refused with {string.Join(' ', shared.Stream.Refusals)}");
        return shared.Stream.Ledger(_owner);
    }
}
