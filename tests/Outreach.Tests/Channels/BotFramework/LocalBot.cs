namespace Outreach.Tests.Channels.BotFramework;

/// <summary>The program as a developer starts it: on loopback, without a secret of Azure, so that Microsoft's local tools may talk to it.</summary>
public sealed class LocalBot : IAsyncLifetime
{
    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
