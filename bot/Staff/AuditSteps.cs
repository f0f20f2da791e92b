using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Hands out the record of who saw and did what as a file.</summary>
internal static class AuditSteps
{
    public static readonly IReadOnlyList<string> Reasons = ["内部检查", "上级检查", "核对一件事", "归档备查"];

    /// <summary>The file, or back to the page with what is wrong.</summary>
    public static async Task<Results<FileStreamHttpResult, RedirectHttpResult>> Export(
        [AsParameters] ExportForm form, AuditReader reader, SecondFactor factor, StaffScope scope, CityClock clock, CancellationToken cancellationToken)
    {
        if (form.Reason is not { } reason || !Reasons.Contains(reason))
            return Back(form, "reason");
        if (await factor.CheckAsync(scope, form.Code, cancellationToken) is not FactorAnswer.Right and var answer)
            return Back(form, answer.ToString());
        var format = form.Format is nameof(AuditFormat.Csv) ? AuditFormat.Csv : AuditFormat.Excel;
        var file = await reader.ExportAsync(AuditQuery.Read(form.Who, form.Kind, form.From, form.To, form.Q), format, reason, scope, cancellationToken);
        return format == AuditFormat.Csv
            ? TypedResults.File(file, "text/csv; charset=utf-8", $"审计-{clock.Today:yyyy-MM-dd}.csv")
            : TypedResults.File(file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", $"审计-{clock.Today:yyyy-MM-dd}.xlsx");
    }

    private static RedirectHttpResult Back(ExportForm form, string problem) => TypedResults.LocalRedirect(Query.Address("/staff/audit",
        ("who", form.Who), ("kind", form.Kind), ("from", form.From), ("to", form.To), ("q", form.Q), ("problem", problem)));

    /// <summary>The form's fields; any may be missing.</summary>
    public sealed class ExportForm
    {
        [FromForm] public string? Who { get; init; }
        [FromForm] public string? Kind { get; init; }
        [FromForm] public string? From { get; init; }
        [FromForm] public string? To { get; init; }
        [FromForm] public string? Q { get; init; }
        [FromForm] public string? Format { get; init; }
        [FromForm] public string? Reason { get; init; }
        [FromForm] public string? Code { get; init; }
    }
}
