using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Whether numbers stand in an export as in lists (139****0000) or whole; whole ones are a disclosure of each.</summary>
public enum ExportPhones { Masked, Whole }

/// <param name="Reason">Why, in Chinese, such as 走访名单; goes into the audit, no personal data.</param>
public sealed record ExportRequest(LeadQuery Query, ExportPhones Phones, string Reason);

/// <summary>A list of leads as an Excel file (.xlsx): what <see cref="LeadList"/> shows for the same query, on all pages.</summary>
public sealed class LeadExport(IDbContextFactory<OutreachDb> databases, LeadList leads, IStaffRoster staff, AuditLog audit, CityClock clock)
{
    /// <summary>Disclosures recorded in one transaction: turns of owners wait no longer than that takes.</summary>
    private const int Batch = 2000;

    /// <summary>
    /// The file in memory, never on disk: it holds personal data. The audit entry, and for whole numbers an event on each lead, are committed before it is handed out.
    /// What an owner typed stays text: a cell that begins with <c>=</c> is a string, no formula.
    /// </summary>
    public async Task<MemoryStream> WriteAsync(ExportRequest request, StaffScope scope, CancellationToken cancellationToken)
    {
        var names = (await staff.ListActiveAsync(cancellationToken)).ToDictionary(s => s.StaffId, s => s.DisplayName);
        var rows = new List<(LeadRow Row, string? Phone)>();
        var disclosed = new List<long>();
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            await foreach (var lead in leads.Sorted(db, request.Query, scope).AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                var isWhole = request.Phones == ExportPhones.Whole && lead.Phone is not null && lead.State != LeadState.Withdrawn;
                if (isWhole)
                    disclosed.Add(lead.Id);
                rows.Add((leads.Row(lead, clock.UtcNow), isWhole ? Masks.National(lead.Phone!) : null));
            }
        }
        await RecordAsync(request, rows.Count, disclosed, scope, cancellationToken);

        var file = new MemoryStream();
        await file.SaveAsAsync(rows.Select(row => Cells(row.Row, row.Phone, names)), sheetName: "线索", cancellationToken: cancellationToken);
        file.Position = 0;
        return file;
    }

    private async Task RecordAsync(ExportRequest request, int count, List<long> disclosed, StaffScope scope, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(AuditKind.Exported, scope.StaffId, null,
            string.Create(CultureInfo.InvariantCulture, $"{count} 条线索，{(request.Phones == ExportPhones.Whole ? $"其中 {disclosed.Count} 个完整号码" : "号码打星")}：{request.Reason}"),
            cancellationToken);
        foreach (var batch in disclosed.Chunk(Batch))
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.WriteAsync(async () =>
            {
                await using var insert = new RowStatement<LeadEvent>(db,
                    """INSERT INTO "LeadEvents" ("LeadId", "Kind", "At", "StaffId") VALUES (@LeadId, @Kind, @At, @StaffId)""",
                    nameof(LeadEvent.LeadId), nameof(LeadEvent.Kind), nameof(LeadEvent.At), nameof(LeadEvent.StaffId));
                insert[nameof(LeadEvent.Kind)] = LeadEventKind.PhoneDisclosed;
                insert[nameof(LeadEvent.At)] = clock.UtcNow;
                insert[nameof(LeadEvent.StaffId)] = scope.StaffId;
                foreach (var id in batch)
                {
                    insert[nameof(LeadEvent.LeadId)] = id;
                    await insert.RunAsync();
                }
            }, cancellationToken);
        }
    }

    private Dictionary<string, object?> Cells(LeadRow row, string? phone, Dictionary<string, string> names) => new()
    {
        ["编号"] = row.Key,
        ["小区"] = row.Community,
        ["街道"] = row.Street,
        ["称呼"] = row.Name,
        ["电话"] = phone ?? row.MaskedPhone,
        ["房号"] = row.Room,
        ["意愿"] = WishText.Of(row.Wishes),
        ["身份"] = WishText.Of(row.Role),
        ["状态"] = WishText.Of(row.State),
        ["登记时间"] = Text(row.CreatedAt),
        ["下次联系"] = row.NextContactAt is { } next ? Text(next) : null,
        ["负责人"] = row.AssigneeId is { } id ? names.GetValueOrDefault(id, "已离开") : null,
    };

    private string Text(DateTimeOffset time) => clock.ToLocal(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
