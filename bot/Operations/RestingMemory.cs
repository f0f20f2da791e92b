using System.Globalization;
using System.Runtime.InteropServices;

namespace Outreach.Operations;

/// <summary>
/// Gives memory back when the program comes to rest: what a start or a busy hour needed is otherwise held until the next one. A collection of this kind
/// stops everything for some 50 ms, so it waits for a quiet moment, and for enough to have gathered. Under Linux what the runtime's own allocator holds unused goes
/// back too, and the pages of program files: most were read for the start alone, and the others come back from the file when they are next needed.
/// </summary>
internal sealed class RestingMemory(TimeProvider clock) : BackgroundService
{
    private const int PageOut = 21;     // MADV_PAGEOUT, Linux 5.4 and later; older ones refuse it, and nothing is lost
    private const long QuietBytes = 4 << 20;        // allocated within one period; timers and the scheduler alone stay far below
    private const long WorthwhileBytes = 32 << 20;  // allocated since the last time
    private const int PeriodsOfCompiling = 3;       // for so long the runtime goes on compiling what was busy, and reads program files for it
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        var (before, returned, again) = (GC.GetTotalAllocatedBytes(), 0L, 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            var isQuiet = allocated - before < QuietBytes;
            if (isQuiet && allocated - returned > WorthwhileBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                if (OperatingSystem.IsLinux())
                {
                    ReturnNative();
                    ReturnProgramPages();
                }
                (returned, again) = (allocated, PeriodsOfCompiling);
            }
            else if (isQuiet && again > 0 && OperatingSystem.IsLinux())
            {
                again--;
                ReturnProgramPages();
            }
            before = allocated;
        }
    }

    private static void ReturnNative()
    {
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no such call, and gives back on its own
        }
    }

    /// <summary>Asks the kernel to take back what is mapped from files and was never written to: it can be read again. A page that somebody changed stays.</summary>
    private static void ReturnProgramPages()
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            // start-end permissions offset device inode path
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 6 || fields[1] is not ['r', '-', ..] || !fields[5].StartsWith('/') || fields[5].StartsWith("/memfd:", StringComparison.Ordinal))
                continue;
            var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
            var (start, end) = (nint.Parse(fields[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                nint.Parse(fields[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            _ = Advise(start, end - start, PageOut);
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nint keep);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(nint address, nint length, int advice);
}
