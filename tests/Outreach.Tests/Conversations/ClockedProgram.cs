using Microsoft.Extensions.Time.Testing;

namespace Outreach.Tests.Conversations;

/// <summary>A program that the tests of a class share: each has a conversation of its own, and moves the clock forward at most. It begins on a Tuesday, 10:00 in the city.</summary>
public sealed class ClockedProgram : IAsyncLifetime
{
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));
    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync(new Dictionary<string, string?>(), Clock);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
