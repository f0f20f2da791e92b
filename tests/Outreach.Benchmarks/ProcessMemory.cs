using System.Globalization;
using Outreach.Doubles;

namespace Outreach.Benchmarks;

/// <summary>What the system counts as a process's own memory (Linux).</summary>
internal static class ProcessMemory
{
    public static async Task<string> DescribeAsync(OutreachProcess process)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{process.Process.Id}/status");
        int Megabytes(string key) => int.Parse(status.Single(line => line.StartsWith(key + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        return $"VmRSS {Megabytes("VmRSS")} MB, RssAnon {Megabytes("RssAnon")} MB";
    }
}
