using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary>
/// What the server needs before it serves, beside the start of the silo: the database, and in an empty one the demo. As a hosted service it keeps
/// those behind it waiting until then. What the first owner would wait for is gone through once, but nobody waits for that.
/// </summary>
internal sealed partial class Preparation(IServiceProvider services, ILogger<Preparation> logger) : IHostedService
{
    private Task _prepared = Task.CompletedTask;

    /// <returns>Fails as <see cref="DatabaseStart.PrepareAsync"/> does; then the program ends.</returns>
    public Task Begin()
    {
        services.WarmUp();
        _prepared = Task.Factory.StartNew(async () =>
        {
            await services.GetRequiredService<DatabaseStart>().PrepareAsync(DatabaseUse.Server, CancellationToken.None);
            if (await services.GetRequiredService<Backup>().HoldIfBehindAsync(CancellationToken.None))
                HeldAll();
            await services.GetRequiredService<DemoData>().LoadAsync(CancellationToken.None);
            services.GetRequiredService<IDatabaseHome>().Release();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        _ = RehearseAsync(_prepared);
        return _prepared;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _prepared.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_prepared.IsCompletedSuccessfully)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);     // the program says why, and ends
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RehearseAsync(Task prepared)
    {
        await prepared;
        try
        {
            await Task.WhenAll(
                Task.Run(() => services.GetRequiredService<EndpointDataSource>().Endpoints),
                Task.Run(() => services.GetRequiredService<ConversationTurns>().RehearseAsync("业委会怎么成立", CancellationToken.None)));
        }
#pragma warning disable CA1031 // nothing depends on it; an owner's own turn would tell the same failure to its channel
        catch (Exception e)
#pragma warning restore CA1031
        {
            NotRehearsed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is older than the last one that these keys have seen: notices and lead forwards are held until a person lets them go")]
    private partial void HeldAll();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The first turn could not be rehearsed; the first owner waits a second longer")]
    private partial void NotRehearsed(Exception exception);
}
