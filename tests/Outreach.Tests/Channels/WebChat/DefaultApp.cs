namespace Outreach.Tests.Channels.WebChat;

/// <summary>One program with default settings for all tests of a class; each test has conversations of its own.</summary>
public sealed class DefaultApp : IAsyncLifetime
{
    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
