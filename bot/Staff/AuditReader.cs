using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>What is looked for in the record of who saw and did what; null: everything.</summary>
/// <param name="From">The first day, in the city's time.</param>
/// <param name="To">The last day, which counts.</param>
/// <param name="Words">Part of the detail, or the number of the row concerned.</param>
internal sealed record AuditQuery(string? Who, AuditKind? Kind, DateOnly? From, DateOnly? To, string? Words)
{
    public static AuditQuery Read(string? who, string? kind, string? from, string? to, string? words) => new(
        string.IsNullOrEmpty(who) ? null : who, Enum.TryParse<AuditKind>(kind, out var one) && Enum.IsDefined(one) ? one : null, Day(from), Day(to),
        string.IsNullOrWhiteSpace(words) ? null : words.Trim());

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

/// <param name="Names">Display names of the colleagues whose entries these eyes may see, by id.</param>
internal sealed record AuditPageOf(IReadOnlyList<AuditEntry> Entries, int Total, int Page, IReadOnlyDictionary<string, string> Names)
{
    public string NameOf(AuditEntry entry) => entry.StaffId is { } id ? Names.GetValueOrDefault(id, "别的辖区") : "没有账号的人";
}

internal enum AuditFormat { Excel, Csv }

/// <summary>
/// The record of who saw and did what: searched, and handed out as a file. Entries of colleagues within the own subtree; those of nobody (the program itself, wrong passwords)
/// for who sees the whole tree. Nothing here, and nothing elsewhere, changes an entry: the database refuses it.
/// </summary>
internal sealed class AuditReader(IDbContextFactory<OutreachDb> databases, AuditLog audit, CityClock city)
{
    public const int PageSize = 50;
    /// <summary>Of the newest; a sheet of Excel ends at 1,048,576.</summary>
    public const int MostExported = 200_000;
    private static readonly string[] Headings = ["时间", "谁", "做了什么", "第几号", "详情"];

    public async Task<AuditPageOf> ReadAsync(AuditQuery query, int page, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var entries = Matching(db, query, scope);
        var total = await entries.CountAsync(cancellationToken);
        var shown = Math.Clamp(page, 1, Math.Max(1, (total + PageSize - 1) / PageSize));
        return new(await Newest(entries).Skip((shown - 1) * PageSize).Take(PageSize).ToListAsync(cancellationToken), total, shown, await NamesAsync(db, scope, cancellationToken));
    }

    /// <summary>The same as a file, the newest first. That it was taken is an entry itself, committed before the file is handed out.</summary>
    public async Task<MemoryStream> ExportAsync(AuditQuery query, AuditFormat format, string reason, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var entries = await Newest(Matching(db, query, scope)).Take(MostExported).ToListAsync(cancellationToken);
        var page = new AuditPageOf(entries, entries.Count, 1, await NamesAsync(db, scope, cancellationToken));
        await audit.RecordAsync(AuditKind.Exported, scope.StaffId, null, string.Create(CultureInfo.InvariantCulture, $"{entries.Count} 条审计记录：{reason}"), cancellationToken);
        var rows = entries.Select(entry => (string?[])
        [
            city.ToLocal(entry.At).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            page.NameOf(entry),
            StaffText.Audit(entry.Kind),
            entry.SubjectId?.ToString(CultureInfo.InvariantCulture),
            entry.Detail,
        ]);
        var file = new MemoryStream();
        if (format == AuditFormat.Excel)
            await file.SaveAsAsync(rows.Select(row => Headings.Zip(row).ToDictionary(cell => cell.First, cell => (object?)cell.Second)), sheetName: "审计", cancellationToken: cancellationToken);
        else
            await WriteCsvAsync(file, rows, cancellationToken);
        file.Position = 0;
        return file;
    }

    private IQueryable<AuditEntry> Matching(OutreachDb db, AuditQuery query, StaffScope scope)
    {
        var isWhole = scope.AreaId is null;
        var mine = db.Staff.Within(scope, db).Select(s => s.Id);
        var entries = db.AuditEntries.AsNoTracking().Where(e => e.StaffId == null ? isWhole : mine.Contains(e.StaffId));
        if (query.Who is { } who)
            entries = entries.Where(e => e.StaffId == who);
        if (query.Kind is { } kind)
            entries = entries.Where(e => e.Kind == kind);
        if (query.From is { } from)
        {
            var start = city.FromLocal(from.ToDateTime(TimeOnly.MinValue));
            entries = entries.Where(e => e.At >= start);
        }
        if (query.To is { } to)
        {
            var end = city.FromLocal(to.AddDays(1).ToDateTime(TimeOnly.MinValue));
            entries = entries.Where(e => e.At < end);
        }
        if (query.Words is { } words)
        {
            var number = long.TryParse(words.Trim('第', '号', ' '), CultureInfo.InvariantCulture, out var id) ? id : (long?)null;
            entries = entries.Where(e => (e.Detail != null && e.Detail.Contains(words)) || (number != null && e.SubjectId == number));
        }
        return entries;
    }

    private static IOrderedQueryable<AuditEntry> Newest(IQueryable<AuditEntry> entries) => entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id);

    private static async Task<IReadOnlyDictionary<string, string>> NamesAsync(OutreachDb db, StaffScope scope, CancellationToken cancellationToken) =>
        await db.Staff.AsNoTracking().Within(scope, db).OrderBy(s => s.DisplayName).ToDictionaryAsync(s => s.Id, s => s.DisplayName, cancellationToken);

    /// <summary>UTF-8 with a mark, so that Excel reads the Chinese; what begins like a formula is text.</summary>
    private static async Task WriteCsvAsync(MemoryStream file, IEnumerable<string?[]> rows, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(file, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape }, leaveOpen: true);
        foreach (var row in rows.Prepend(Headings))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var cell in row)
                csv.WriteField(cell);
            await csv.NextRecordAsync();
        }
    }
}
