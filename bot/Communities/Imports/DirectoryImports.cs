using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

/// <param name="Report">What an import would do; null while columns are missing.</param>
/// <param name="FileProblem">Why the file cannot be read at all.</param>
/// <param name="First">The first lines, cell by cell.</param>
public sealed record ImportPreview(
    long Id, string FileName, string? FileProblem, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> First, int Lines, ColumnMap Columns, ImportReport? Report);

/// <summary>One import of the past.</summary>
/// <param name="CanUndo">Whether it is the last one, and these eyes may take it back.</param>
public sealed record PastImport(long Id, DateTimeOffset At, string StaffId, string FileName, int Lines, int Accepted, int Created, int Updated, DateTimeOffset? UndoneAt, bool CanUndo);

/// <param name="Blockers">What stands in the way, in Chinese; empty: it was taken back, or <paramref name="Found"/> is false.</param>
public sealed record UndoResult(bool Found, IReadOnlyList<string> Blockers, int Removed = 0, int Restored = 0);

/// <summary>Files of communities on their way through the console: upload, columns, preview, import once, undo of the last one.</summary>
public sealed class DirectoryImports(
    IDbContextFactory<OutreachDb> databases, CommunityImport import, CommunityDirectory directory, IEnumerable<IDemoContent> content, TimeProvider clock)
{
    private const int FirstLines = 5;
    private const int MostBlockers = 8;
    private static readonly TimeSpan KeptUnused = TimeSpan.FromDays(1);

    /// <summary>Keeps a file until it is imported, at most a day.</summary>
    public async Task<(long Id, string? Problem)> UploadAsync(string fileName, Stream file, StaffScope scope, CancellationToken cancellationToken)
    {
        if (await TableFile.BytesAsync(file, cancellationToken) is not { } bytes)
            return (0, TableFile.TooBig);
        if (bytes.Length == 0)
            return (0, "选一个文件再上传。");
        if (TableFile.Read(bytes).Problem is { } problem)
            return (0, problem);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var old = now - KeptUnused;
        var name = Path.GetFileName(fileName);
        var row = new DirectoryImport { StaffId = scope.StaffId, At = now, FileName = name.Length <= 128 ? name : name[^128..], Content = bytes };
        await db.WriteAsync(async () =>
        {
            await db.DirectoryImports.Where(i => i.State == DirectoryImportState.Uploaded && i.At < old).ExecuteDeleteAsync(cancellationToken);
            db.DirectoryImports.Add(row);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
        return (row.Id, null);
    }

    /// <summary>What the file holds and what an import would do; null when there is no such upload of this person.</summary>
    public async Task<ImportPreview?> PreviewAsync(long id, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await Mine(db, id, scope).AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } row)
            return null;
        var table = TableFile.Read(row.Content!);
        var columns = ColumnsOf(row, table, scope);
        var report = table.Problem is null && columns.Missing.Count == 0
            ? await import.RehearseAsync(CommunityCsv.Parse(table, columns), scope.AreaId is null ? DemoChoice.Remove : DemoChoice.Ask, scope, cancellationToken)
            : null;
        return new(id, row.FileName, table.Problem, table.Headings, [.. table.Lines.Take(FirstLines).Select(l => l.Cells)], table.Lines.Count, columns, report);
    }

    /// <summary>Says which column is which. False when there is no such upload of this person.</summary>
    public async Task<bool> MapAsync(long id, ColumnMap columns, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var json = JsonSerializer.Serialize(columns, ImportJson.Default.ColumnMap);
        return await db.WriteAsync(() => Mine(db, id, scope).ExecuteUpdateAsync(set => set.SetProperty(i => i.Columns, json), cancellationToken), cancellationToken) == 1;
    }

    /// <summary>Imports an upload, once. Null when there is none of this person, or it was imported before.</summary>
    /// <param name="expected">Lines that the person saw would be taken: when it is another number by now, nothing happens and the report says so.</param>
    public async Task<ImportReport?> ConfirmAsync(long id, int expected, DemoChoice choice, StaffScope scope, Action<OutreachDb, ImportReport>? audit, CancellationToken cancellationToken)
    {
        CommunityFile file;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (await Mine(db, id, scope).AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } row)
                return null;
            var table = TableFile.Read(row.Content!);
            file = CommunityCsv.Parse(table, ColumnsOf(row, table, scope));
        }
        return await import.RunAsync(file, choice, scope, async (db, report, trace) =>
        {
            if (report.Accepted != expected)
                return false;
            var now = clock.GetUtcNow();
            var json = report.Demo is null ? JsonSerializer.Serialize(trace, ImportJson.Default.ImportTrace) : null;
            var claimed = await Mine(db, id, scope).ExecuteUpdateAsync(set => set
                .SetProperty(i => i.State, DirectoryImportState.Imported).SetProperty(i => i.ImportedAt, now).SetProperty(i => i.Content, (byte[]?)null).SetProperty(i => i.Before, json)
                .SetProperty(i => i.Lines, report.Lines).SetProperty(i => i.Accepted, report.Accepted).SetProperty(i => i.Created, report.Created).SetProperty(i => i.Updated, report.Updated), cancellationToken);
            if (claimed == 1)
                audit?.Invoke(db, report);
            return claimed == 1;
        }, cancellationToken);
    }

    /// <summary>The last imports, the newest first: one's own, and all of them for whom the whole tree is theirs.</summary>
    public async Task<IReadOnlyList<PastImport>> ListAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var last = await LastAsync(db, cancellationToken);
        var rows = await db.DirectoryImports.AsNoTracking().Where(i => i.State != DirectoryImportState.Uploaded && (scope.AreaId == null || i.StaffId == scope.StaffId))
            .OrderByDescending(i => i.ImportedAt).ThenByDescending(i => i.Id).Take(10)
            .Select(i => new { i.Id, i.ImportedAt, i.StaffId, i.FileName, i.Lines, i.Accepted, i.Created, i.Updated, i.UndoneAt, CanUndo = i.Before != null && i.UndoneAt == null }).ToListAsync(cancellationToken);
        return [.. rows.Select(i => new PastImport(i.Id, i.ImportedAt!.Value, i.StaffId, i.FileName, i.Lines, i.Accepted, i.Created, i.Updated, i.UndoneAt, i.CanUndo && i.Id == last))];
    }

    /// <summary>Takes the last import back: what it created goes, what it changed gets its former values. Whole or not at all.</summary>
    public async Task<UndoResult> UndoAsync(long id, StaffScope scope, Action<OutreachDb>? audit, CancellationToken cancellationToken)
    {
        UndoResult result;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            try
            {
                result = await db.WriteAsync(async () =>
                {
                    if (await db.DirectoryImports.SingleOrDefaultAsync(i => i.Id == id && i.State == DirectoryImportState.Imported && (scope.AreaId == null || i.StaffId == scope.StaffId), cancellationToken) is not { } row)
                        return new UndoResult(false, []);
                    if (row.Before is null)
                        return new(true, ["这次导入清掉了演示数据，不能撤销"]);
                    if (await LastAsync(db, cancellationToken) != id)
                        return new(true, ["后来又导入过。先撤销后一次"]);
                    var trace = JsonSerializer.Deserialize(row.Before, ImportJson.Default.ImportTrace)!;
                    if (await BlockersAsync(db, trace, cancellationToken) is { Count: > 0 } blockers)
                        return new(true, blockers.Count <= MostBlockers ? blockers : [.. blockers.Take(MostBlockers), $"还有 {blockers.Count - MostBlockers} 处"]);
                    await TakeBackAsync(db, trace, scope, cancellationToken);
                    (row.State, row.UndoneAt, row.UndoneBy) = (DirectoryImportState.Undone, clock.GetUtcNow(), scope.StaffId);
                    audit?.Invoke(db);
                    await db.TouchDirectoryAsync(cancellationToken);
                    await db.SaveChangesAsync(cancellationToken);
                    return new(true, [], trace.Created.Count, trace.Changed.Count);
                }, cancellationToken);
            }
            catch (DbUpdateException)
            {
                return new(true, ["新建的小区或社区已经用上了（有账号、登记或通知）"]);       // a foreign key holds on to it
            }
        if (result is { Found: true, Blockers.Count: 0 })
            await directory.ReloadAsync(cancellationToken);
        return result;
    }

    private async Task<List<string>> BlockersAsync(OutreachDb db, ImportTrace trace, CancellationToken cancellationToken)
    {
        var ids = trace.Created.Select(c => c.Id).Concat(trace.Changed.Select(c => c.Id)).ToList();
        var now = await db.Communities.AsNoTracking().Where(c => ids.Contains(c.Id)).Select(c => new { c.Id, c.Name, c.Version }).ToDictionaryAsync(c => c.Id, cancellationToken);
        var blockers = trace.Created.Select(c => (c.Id, c.Version)).Concat(trace.Changed.Select(c => (c.Id, c.Version)))
            .Where(c => now.GetValueOrDefault(c.Id)?.Version != c.Version)
            .Select(c => now.TryGetValue(c.Id, out var changed) ? $"“{changed.Name}”导入以后又改过" : "有小区导入以后被删掉").ToList();
        if (trace.Created.Count > 0)
        {
            var rows = new DemoRows([.. trace.Created.Select(c => c.Id)], trace.CreatedAreas);
            foreach (var room in content)
                if (await room.DescribeAsync(db, rows, cancellationToken) is { } used)
                    blockers.Add($"新建的小区里有{used}");
        }
        var offices = trace.Offices.Select(o => o.AreaId).ToList();
        foreach (var area in await db.Areas.AsNoTracking().Where(a => offices.Contains(a.Id)).ToListAsync(cancellationToken))
            if (OfficeValues.Of(area) != trace.Offices.Find(o => o.AreaId == area.Id)!.After)
                blockers.Add($"“{area.Name}”的电话地址导入以后又改过");
        return blockers;
    }

    private async Task TakeBackAsync(OutreachDb db, ImportTrace trace, StaffScope scope, CancellationToken cancellationToken)
    {
        await db.CommunityAliases.Where(a => trace.Aliases.Contains(a.Id)).ExecuteDeleteAsync(cancellationToken);
        var created = trace.Created.Select(c => c.Id).ToList();
        db.Communities.RemoveRange(await db.Communities.Where(c => created.Contains(c.Id)).ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        var changed = trace.Changed.Select(c => c.Id).ToList();
        var former = trace.Changed.ToDictionary(c => c.Id);
        foreach (var community in await db.Communities.Where(c => changed.Contains(c.Id)).ToListAsync(cancellationToken))
        {
            var before = former[community.Id];
            (community.AreaId, community.Name, community.Households, community.FloorArea) = (before.AreaId, before.Name, before.Households, before.FloorArea);
            (community.DeliveredOn, community.PropertyCompany) = (before.DeliveredOn, before.PropertyCompany);
            StepDesk.Move(db, community, before.Stage, before.StageSince, before.TermEndsOn, scope.StaffId, stepId: null, clock.GetUtcNow());
            community.Version = Guid.NewGuid();
        }
        foreach (var office in trace.Offices)
            if (await db.Areas.SingleOrDefaultAsync(a => a.Id == office.AreaId, cancellationToken) is { } area)
                (area.OfficePhone, area.OfficeAddress, area.OfficeHours, area.VerifiedOn) = (office.Before.Phone, office.Before.Address, office.Before.Hours, office.Before.VerifiedOn);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var id in Enumerable.Reverse(trace.CreatedAreas))          // from below: a parent goes after its children
            if (!await db.Communities.AnyAsync(c => c.AreaId == id, cancellationToken) && !await db.Areas.AnyAsync(a => a.ParentId == id, cancellationToken)
                && await db.Areas.SingleOrDefaultAsync(a => a.Id == id, cancellationToken) is { } area)
            {
                db.Areas.Remove(area);
                await db.SaveChangesAsync(cancellationToken);
            }
    }

    private static async Task<long?> LastAsync(OutreachDb db, CancellationToken cancellationToken) =>
        await db.DirectoryImports.Where(i => i.State == DirectoryImportState.Imported).OrderByDescending(i => i.ImportedAt).ThenByDescending(i => i.Id).Select(i => (long?)i.Id).FirstOrDefaultAsync(cancellationToken);

    private static IQueryable<DirectoryImport> Mine(OutreachDb db, long id, StaffScope scope) =>
        db.DirectoryImports.Where(i => i.Id == id && i.StaffId == scope.StaffId && i.State == DirectoryImportState.Uploaded);

    /// <summary>As the person said; else by the headings, and the areas above from the person's own.</summary>
    private ColumnMap ColumnsOf(DirectoryImport row, TableFile table, StaffScope scope)
    {
        if (row.Columns is { } json)
            return JsonSerializer.Deserialize(json, ImportJson.Default.ColumnMap)!.Clean(table.Headings.Count);
        var guess = ColumnMap.Guess(table.Headings);
        var above = scope.AreaId is { } area ? directory.Current.Up(area)
            : directory.Current.Areas.Where(a => a is { ParentId: null, IsDemo: false }).ToList() is [var only] ? [only] : [];
        return (guess with { Fixed = above.ToDictionary(a => CommunityCsv.ColumnOf(a.Level), a => a.Name, StringComparer.Ordinal) }).Clean(table.Headings.Count);
    }
}
