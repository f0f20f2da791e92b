using System.Text.Json;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Doubles;

namespace Outreach.Tests.Generation;

/// <summary>The rooms with a model server of their own, and one owner who talks to the bot.</summary>
internal sealed class ModelScene : IAsyncDisposable
{
    private string _conversation = Guid.NewGuid().ToString("N");
    private int _count;

    private ModelScene(ModelServer server, TestRooms rooms) => (Server, Rooms) = (server, rooms);

    public ModelServer Server { get; }
    public TestRooms Rooms { get; }

    /// <param name="settings">Under <c>Generation:</c>; over patient time-outs, so that a busy machine changes nothing.</param>
    public static async Task<ModelScene> StartAsync(params (string Key, string? Value)[] settings)
    {
        var server = await ModelServer.StartAsync();
        var all = new Dictionary<string, string?>
        {
            ["Provider"] = "OpenAI",
            ["Endpoint"] = server.OpenAIEndpoint,
            ["Key"] = server.Key,
            ["ChatModel"] = "chat",
            ["Timeout"] = "00:00:20",
            ["AttemptTimeout"] = "00:00:20",
            ["EmbeddingTimeout"] = "00:00:05",
            ["BreakAfter"] = "1000",
            ["DailyTokenBudget"] = "50000000",
        };
        foreach (var (key, value) in settings)
            all[key] = value == "{azure}" ? server.AzureEndpoint : value;
        var rooms = await TestRooms.CreateAsync(all.ToDictionary(pair => "Generation:" + pair.Key, pair => pair.Value));
        await rooms.Get<DemoData>().LoadAsync(TestContext.Current.CancellationToken);
        return new(server, rooms);
    }

    /// <summary>Another owner, a server that is well and has forgotten what it was asked.</summary>
    public ModelScene Anew()
    {
        _conversation = Guid.NewGuid().ToString("N");
        Server.Recover();
        return this;
    }

    public async Task<AnswerResult> AskAsync(string text) => (await RunAsync(text)).Result!;

    public Task<TurnRun> RunAsync(string text, string? key = null)
    {
        var reference = new ConversationReference { ChannelId = "test", Account = "default", ConversationId = _conversation, UserId = _conversation };
        return Rooms.Get<ConversationTurns>().RunAsync(new(
            JsonSerializer.Serialize(reference, ActivityJson.Wire.ConversationReference),
            JsonSerializer.Serialize(new() { Type = ActivityTypes.Message, Text = text }, ActivityJson.Wire.Activity),
            key ?? $"k{_count++}"), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Server.Release();
        await Rooms.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>One scene for the tests of a class: loading the knowledge base costs more than most of them.</summary>
public sealed class ModelRooms : IAsyncLifetime
{
    private ModelScene _scene = null!;

    internal ModelScene Scene => _scene.Anew();

    public async ValueTask InitializeAsync() => _scene = await ModelScene.StartAsync(("EmbeddingModel", "embed"));

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
