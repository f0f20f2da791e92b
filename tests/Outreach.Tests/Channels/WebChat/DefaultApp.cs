using Microsoft.Extensions.Time.Testing;

namespace Outreach.Tests.Channels.WebChat;

/// <summary>The programs that all tests of the web chat share; each test has conversations of its own, and they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class WebChatApps : ICollectionFixture<DefaultApp>, ICollectionFixture<OpenApp>, ICollectionFixture<ClockApp>
{
    public const string Name = "web chat";
}

/// <summary>With default settings.</summary>
public sealed class DefaultApp : IAsyncLifetime
{
    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Lets another site in.</summary>
public sealed class OpenApp : IAsyncLifetime
{
    public const string Secret = "0123456789abcdef0123456789abcdef-secret";
    public const string Site = "https://www.example.cn";

    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync(new Dictionary<string, string?>
    {
        ["Channels:WebChat:Secret"] = Secret,
        ["Channels:WebChat:AllowedOrigins:0"] = Site,
    });

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>With a clock that only the tests move, forward, and three messages a minute in one conversation.</summary>
public sealed class ClockApp : IAsyncLifetime
{
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));
    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        App = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Channels:WebChat:Limits:MessagesPerConversation"] = "3" }, Clock);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
