namespace Outreach.Storage;

/// <summary>Looks again and again while the server runs; a look that fails is logged, and the next one follows.</summary>
internal abstract partial class PeriodicLook(TimeSpan period, TimeProvider clock, ILogger logger) : BackgroundService
{
    protected TimeProvider Clock => clock;

    /// <summary>What a failure means, for the operator.</summary>
    protected abstract string Failure { get; }

    protected abstract Task LookAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryLookAsync(stoppingToken);
    }

    protected async Task TryLookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LookAsync(stoppingToken);
        }
#pragma warning disable CA1031 // the edge of a look: whatever failed, the next one follows
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Failed(e, Failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Failure}")]
    private partial void Failed(Exception exception, string failure);
}
