using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Outreach.Staff;

namespace Outreach.Tests.Staff;

/// <summary>The program that tests of the console share, one after the other; each finds it without accounts and makes a town and owners of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleApps : ICollectionFixture<ConsoleApp>
{
    public const string Name = "console";
}

/// <summary>Without the demo's data, with a clock that only the tests move, forward.</summary>
public sealed class ConsoleApp : IAsyncLifetime
{
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.Zero));
    public OutreachApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OutreachApp.StartAsync(new Dictionary<string, string?> { ["Demo:Load"] = "false" }, Clock);

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>As at the first start: no account and no link. What was noted of earlier accounts stays: nothing deletes that.</summary>
    public async Task ForgetStaffAsync()
    {
        await using var db = await StaffSeeds.OpenAsync(App);
        await db.WriteAsync(async () =>
        {
            await db.StaffLinks.ExecuteDeleteAsync(StaffSeeds.Stop);
            await db.Staff.ExecuteDeleteAsync(StaffSeeds.Stop);
        }, StaffSeeds.Stop);
    }
}
