namespace Outreach.Operations;

/// <summary>
/// Gives memory back when the program comes to rest: what a start or a busy hour needed is otherwise held until the next one. A collection of this kind
/// stops everything for some 50 ms, so it waits for a quiet moment, and for enough to have gathered.
/// </summary>
internal sealed class RestingMemory(TimeProvider clock) : BackgroundService
{
    private const long QuietBytes = 4 << 20;        // allocated within one period; timers and the scheduler alone stay far below
    private const long WorthwhileBytes = 32 << 20;  // allocated since the last time
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        var (before, returned) = (GC.GetTotalAllocatedBytes(), 0L);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            if (allocated - before < QuietBytes && allocated - returned > WorthwhileBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                returned = allocated;
            }
            before = allocated;
        }
    }
}
