namespace Outreach.Tests.Channels.WebChat;

/// <summary>One program that lets another site in, for all tests of a class.</summary>
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
