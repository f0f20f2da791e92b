using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

public enum DemoChoice
{
    /// <summary>While there are demo communities: import nothing, say so.</summary>
    Ask,
    /// <summary>They and all that was signed up there go, in the transaction of the import.</summary>
    Remove,
}

public enum ImportOutcome { Done, FileRefused, NothingAccepted, DemoInTheWay, DoneBefore }

/// <summary>What an import did, or would do. Accepted and refused lines together are all lines, always.</summary>
/// <param name="FileProblem">Why the file as a whole was refused.</param>
/// <param name="Demo">What goes away, or went, with the demo, in words; null: there is no demo.</param>
public sealed record ImportReport(
    ImportOutcome Outcome, string? FileProblem, int Lines, int Accepted, int Created, int Updated, IReadOnlyList<ImportProblem> Problems, string? Demo)
{
    public int Refused => Lines - Accepted;

    public int Unchanged => Accepted - Created - Updated;

    /// <summary>收下 312 行，退回 13 行，共 325 行.</summary>
    public string Summary => $"收下 {Accepted} 行，退回 {Refused} 行，共 {Lines} 行";
}

/// <summary>
/// Imports communities and the areas above them. A line is taken whole or not at all; the same file twice changes nothing the second time; an empty cell leaves what is there.
/// </summary>
public sealed class CommunityImport(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, IEnumerable<IDemoContent> demoContent, TimeProvider clock)
{
    /// <summary>Imports the good lines of a whole file in one transaction, as the operator of the server.</summary>
    /// <param name="audit">Adds the caller's audit entry to that transaction; null: none.</param>
    public async Task<ImportReport> ImportAsync(Stream file, DemoChoice choice, Action<OutreachDb>? audit, CancellationToken cancellationToken)
    {
        var read = await CommunityCsv.ReadAsync(file, cancellationToken);
        return await RunAsync(read, choice, scope: null, (db, _, _) =>
        {
            audit?.Invoke(db);
            return Task.FromResult(true);
        }, cancellationToken);
    }

    /// <summary>What an import of these lines would do; nothing stays.</summary>
    internal async Task<ImportReport> RehearseAsync(CommunityFile file, DemoChoice choice, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return Early(file) ?? await db.RehearseAsync(() => WriteAsync(db, file, choice, scope, new(), cancellationToken), cancellationToken);
    }

    /// <summary>Imports the good lines in one transaction.</summary>
    /// <param name="scope">Lines outside it are refused; null: the operator of the server.</param>
    /// <param name="finish">Adds to the transaction; false: nothing is imported after all.</param>
    internal async Task<ImportReport> RunAsync(
        CommunityFile file, DemoChoice choice, StaffScope? scope, Func<OutreachDb, ImportReport, ImportTrace, Task<bool>> finish, CancellationToken cancellationToken)
    {
        if (Early(file) is { } refused)
            return refused;
        ImportReport report;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            try
            {
                report = await db.WriteAsync(async () =>
                {
                    var trace = new ImportTrace();
                    var written = await WriteAsync(db, file, choice, scope, trace, cancellationToken);
                    if (written.Outcome == ImportOutcome.Done && !await finish(db, written, trace))
                        throw new NotWantedException();          // takes the transaction back
                    await db.SaveChangesAsync(cancellationToken);
                    return written;
                }, cancellationToken);
            }
            catch (NotWantedException)
            {
                return Report(file, ImportOutcome.DoneBefore, 0, 0, null);
            }
        if (report.Outcome == ImportOutcome.Done)
            await directory.ReloadAsync(cancellationToken);
        return report;
    }

    private sealed class NotWantedException : Exception;

    private static ImportReport? Early(CommunityFile file) =>
        file.FileProblem is not null ? Report(file, ImportOutcome.FileRefused, 0, 0, null) : file.Good.Count == 0 ? Report(file, ImportOutcome.NothingAccepted, 0, 0, null) : null;

    private async Task<ImportReport> WriteAsync(OutreachDb db, CommunityFile file, DemoChoice choice, StaffScope? scope, ImportTrace trace, CancellationToken cancellationToken)
    {
        string? removed = null;
        if (await FindDemoAsync(db, cancellationToken) is { } demo)
        {
            removed = await DescribeAsync(db, demo, cancellationToken);
            if (choice == DemoChoice.Ask)
                return Report(file, ImportOutcome.DemoInTheWay, 0, 0, removed);
            if (scope is { AreaId: not null })
                return Report(file, ImportOutcome.DemoInTheWay, 0, 0, removed);      // the demo is everybody's
            await RemoveAsync(db, demo, cancellationToken);
        }
        var writer = await DirectoryWriter.OpenAsync(db, isDemo: false, clock.GetUtcNow(), scope?.StaffId, trace, cancellationToken);
        var taken = scope is null ? file : writer.Within(file, scope);
        if (taken.Good.Count == 0)
            return Report(taken, ImportOutcome.NothingAccepted, 0, 0, removed);
        var (created, updated) = await writer.WriteAsync(taken.Good, cancellationToken);
        if (created + updated > 0)
            await db.TouchDirectoryAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Report(taken, ImportOutcome.Done, created, updated, removed);
    }

    /// <summary>Puts the demo into a database that holds no community and no area.</summary>
    internal async Task LoadDemoAsync(Stream csv, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Areas.AnyAsync(cancellationToken) || await db.Communities.AnyAsync(cancellationToken))
            return;
        var file = await CommunityCsv.ReadAsync(csv, cancellationToken);
        if (file.FileProblem is not null || file.Problems.Count > 0)
            throw new InvalidDataException($"The demo communities that came with the program cannot be read: {file.FileProblem ?? file.Problems[0].ToString()}");
        await db.WriteAsync(async () =>
        {
            var writer = await DirectoryWriter.OpenAsync(db, isDemo: true, clock.GetUtcNow(), staffId: null, new(), cancellationToken);
            await writer.WriteAsync(file.Good, cancellationToken);
            await db.TouchDirectoryAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        await directory.ReloadAsync(cancellationToken);
    }

    private static ImportReport Report(CommunityFile file, ImportOutcome outcome, int created, int updated, string? demo) =>
        new(outcome, file.FileProblem, file.Lines, file.Good.Count, created, updated, file.Problems, demo);

    private static async Task<DemoRows?> FindDemoAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var communities = await db.Communities.Where(c => c.IsDemo).Select(c => c.Id).ToListAsync(cancellationToken);
        return communities.Count == 0 ? null : new(communities, await db.Areas.Where(a => a.IsDemo).Select(a => a.Id).ToListAsync(cancellationToken));
    }

    private async Task<string> DescribeAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        var parts = new List<string> { $"{demo.CommunityIds.Count} 个演示小区" };
        foreach (var room in demoContent)
            if (await room.DescribeAsync(db, demo, cancellationToken) is { } part)
                parts.Add(part);
        return string.Join('、', parts);
    }

    private async Task RemoveAsync(OutreachDb db, DemoRows demo, CancellationToken cancellationToken)
    {
        foreach (var room in demoContent)
            await room.RemoveAsync(db, demo, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        db.Communities.RemoveRange(await db.Communities.Where(c => c.IsDemo).ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        var areas = await db.Areas.Where(a => a.IsDemo).ToListAsync(cancellationToken);
        var kept = areas.Where(a => demo.Kept.Contains(a.Id)).Select(a => a.Path).ToList();
        db.Areas.RemoveRange(areas.Where(a => !kept.Any(path => path.StartsWith(a.Path, StringComparison.Ordinal))));
        await db.SaveChangesAsync(cancellationToken);
    }
}
