using System.Globalization;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>The command <c>import-communities FILE [--remove-demo]</c>: the report on standard output, exit 0 when every line was taken, 1 when some or all were refused, 2 when a decision is missing.</summary>
public sealed class ImportCommand(CommunityImport import)
{
    /// <param name="audit">See <see cref="CommunityImport.ImportAsync"/>.</param>
    /// <param name="ask">Asks the person at the terminal a yes-or-no question; null: there is no terminal.</param>
    public async Task<int> RunAsync(string path, DemoChoice choice, TextWriter results, TextWriter notes, Func<string, bool>? ask, Action<OutreachDb>? audit, CancellationToken cancellationToken)
    {
        byte[] file;
        try
        {
            file = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await notes.WriteLineAsync($"Cannot read {path}: {e.Message}");
            return 2;
        }
        var report = await import.ImportAsync(new MemoryStream(file), choice, audit, cancellationToken);
        if (report.Outcome == ImportOutcome.DemoInTheWay)
        {
            if (ask is null || !ask($"第一次导入真实小区会删除演示数据：{report.Demo}。删除后不能恢复，继续吗？"))
            {
                await notes.WriteLineAsync($"The database holds the demo ({report.Demo}); nothing was imported. Run it again with --remove-demo to remove the demo with everything signed up there.");
                return 2;
            }
            report = await import.ImportAsync(new MemoryStream(file), DemoChoice.Remove, audit, cancellationToken);
        }
        if (report.FileProblem is { } problem)
        {
            await results.WriteLineAsync(problem);
            return 1;
        }
        foreach (var refused in report.Problems)
            await results.WriteLineAsync(refused.ToString());
        await results.WriteLineAsync(report.Summary);
        if (report.Accepted > 0)
            await results.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"新增 {report.Created}，更新 {report.Updated}，没有变化 {report.Unchanged}"));
        return report.Refused == 0 && report.Lines > 0 ? 0 : 1;
    }
}
