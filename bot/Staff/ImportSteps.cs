using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The steps of an import of communities: upload, columns, import, undo. Each ends in a redirect.</summary>
internal static class ImportSteps
{
    /// <summary>A little above what a file may have, so that the answer is ours and not the server's.</summary>
    public const int MostBytes = (int)TableFile.MaxBytes + 1024 * 1024;
    public const string Page = "/staff/communities/import";
    public const string ColumnField = "column-";
    public const string FixedField = "fixed-";

    /// <summary>Our fields in the order of the form; the index stands in the form's names.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. CommunityCsv.Areas, "小区", .. CommunityCsv.Optional.Where(field => !CommunityCsv.Areas.Contains(field))];

    public static async Task<RedirectHttpResult> Upload(IFormFile? file, DirectoryImports imports, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            toasts.Problem("选一个文件再上传。");
            return TypedResults.LocalRedirect(Page);
        }
        await using var stream = file.OpenReadStream();
        var (id, problem) = await imports.UploadAsync(file.FileName, stream, scope, cancellationToken);
        if (problem is null)
            return TypedResults.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"{Page}/{id}"));
        toasts.Problem(problem);
        return TypedResults.LocalRedirect(Page);
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Columns(long id, HttpRequest request, DirectoryImports imports, StaffScope scope, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var same = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < Fields.Count; at++)
        {
            if (int.TryParse(form[ColumnField + at.ToString(CultureInfo.InvariantCulture)], NumberStyles.None, CultureInfo.InvariantCulture, out var column))
                columns[Fields[at]] = column;
            if (form[FixedField + at.ToString(CultureInfo.InvariantCulture)].ToString() is { Length: > 0 and <= CommunityNames.MaxLength } text)
                same[Fields[at]] = text;
        }
        return await imports.MapAsync(id, new(columns, same), scope, cancellationToken)
            ? TypedResults.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"{Page}/{id}"))
            : TypedResults.NotFound();
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Confirm(
        long id, [FromForm] int? expected, [FromForm] string? removeDemo, DirectoryImports imports, AuditLog audit, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var report = await imports.ConfirmAsync(id, expected ?? -1, removeDemo == "yes" ? DemoChoice.Remove : DemoChoice.Ask, scope,
            (db, done) => audit.Add(db, AuditKind.ImportedCommunities, scope.StaffId, id, $"{done.Summary}；新增 {done.Created}，更新 {done.Updated}"), cancellationToken);
        if (report is null)
        {
            toasts.Problem("这份文件已经导入过，或者过了一天。要再导入，重新上传。");
            return TypedResults.LocalRedirect(Page);
        }
        switch (report.Outcome)
        {
            case ImportOutcome.Done:
                toasts.Done($"导入好了：{report.Summary}。新增 {report.Created}，更新 {report.Updated}，没有变化 {report.Unchanged}");
                return TypedResults.LocalRedirect(Page);
            case ImportOutcome.DemoInTheWay:
                toasts.Problem("还有演示数据。先勾上“清掉演示数据”，再导入。");
                break;
            case ImportOutcome.DoneBefore:
                toasts.Problem("和刚才看到的数不一样了，什么都没有导入。看看新的数再确认。");
                break;
            case ImportOutcome.FileRefused or ImportOutcome.NothingAccepted:
                toasts.Problem("没有能收下的行，什么都没有导入。");
                break;
        }
        return TypedResults.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"{Page}/{id}"));
    }

    public static async Task<Results<RedirectHttpResult, NotFound>> Undo(long id, DirectoryImports imports, AuditLog audit, StaffScope scope, Toasts toasts, CancellationToken cancellationToken)
    {
        var result = await imports.UndoAsync(id, scope, db => audit.Add(db, AuditKind.ImportedCommunities, scope.StaffId, id, "撤销导入"), cancellationToken);
        if (!result.Found)
            return TypedResults.NotFound();
        if (result.Blockers.Count > 0)
            toasts.Problem($"没有撤销：{string.Join("；", result.Blockers)}。");
        else
            toasts.Done($"导入撤销了：去掉 {result.Removed} 个新的，{result.Restored} 个回到原来的样子");
        return TypedResults.LocalRedirect(Page);
    }
}
