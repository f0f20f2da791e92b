namespace Outreach.Storage;

/// <summary>The only place in the cluster that looks for due work. Key 0.</summary>
[Alias("Outreach.ISchedulerGrain")]
public interface ISchedulerGrain : IGrainWithIntegerKey
{
    [Alias("TickAsync")]
    Task TickAsync();
}

internal sealed partial class SchedulerGrain(IEnumerable<IDueWork> works, ILogger<SchedulerGrain> logger) : Grain, ISchedulerGrain
{
    // One kind's trouble must not hold up the others, and a tick must end before Orleans' call time-out of 30 s.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(25);

    public async Task TickAsync()
    {
        using var budget = new CancellationTokenSource(Budget);
        await Task.WhenAll(works.Select(work => RunAsync(work, budget.Token)));
    }

    private async Task RunAsync(IDueWork work, CancellationToken cancellationToken)
    {
        try
        {
            await work.RunDueAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            TookLong(work.Name);
        }
        catch (Exception e)
        {
            Failed(e, work.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Due work {Work} did not end within its budget and goes on at the next tick")]
    private partial void TookLong(string work);

    [LoggerMessage(Level = LogLevel.Error, Message = "Due work {Work} failed and is tried again at the next tick")]
    private partial void Failed(Exception exception, string work);
}

/// <summary>When this node last heard from the scheduler; for <c>/readyz</c>.</summary>
public sealed class SchedulerPulse(TimeProvider clock)
{
    private long _ticks = clock.GetUtcNow().UtcTicks;

    public DateTimeOffset LastTick => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Beat() => Interlocked.Exchange(ref _ticks, clock.GetUtcNow().UtcTicks);
}

/// <summary>
/// Wakes the scheduler from every node; whoever asks first in the cluster hosts it. Work falls due because somebody wrote something, or by the clock alone: while nothing was
/// written for a while the longer steps of the clock are enough.
/// </summary>
internal sealed class SchedulerService(IGrainFactory grains, DatabaseChanges changes, SchedulerPulse pulse, TimeProvider clock, ILogger<SchedulerService> logger) : DatabaseLook(changes, Tick, clock, logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    protected override string Failure => "The scheduler did not answer; the next tick follows";

    // What was written may fall due a little later: a message that is tried again.
    protected override TimeSpan Awake => TimeSpan.FromSeconds(20);

    // Every fifth tick, also when the timer is a little early.
    protected override TimeSpan AtRest => 4.5 * Tick;

    protected override async Task LookAtAsync(CancellationToken stoppingToken)
    {
        await grains.GetGrain<ISchedulerGrain>(0).TickAsync().WaitAsync(stoppingToken);
        pulse.Beat();
    }
}
