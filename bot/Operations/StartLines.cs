using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Outreach.Staff;

namespace Outreach.Operations;

/// <summary>What the operator sees in the terminal once the server listens: where to chat, where the console is, and, as long as nobody has an account, the way in.</summary>
internal sealed class StartLines(IServer server, IServiceProvider services) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
            Console.WriteLine($"Chat: {address}/   Console: {address}/staff");
        if (addresses.FirstOrDefault() is { } first && await StaffWelcome.FirstLinkAsync(services, cancellationToken) is { } link)
            Console.WriteLine($"First administrator, one-time link: {first}{link}");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
