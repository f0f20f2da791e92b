using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Hands out the Excel file of a list of leads.</summary>
internal static class ExportSteps
{
    public static readonly IReadOnlyList<string> Reasons = ["走访名单", "电话联系", "上报汇总", "筹备组名册"];

    private const string Excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>The file, or back to the form with what is wrong.</summary>
    public static async Task<Results<FileStreamHttpResult, RedirectHttpResult>> Leads(
        [AsParameters] ExportForm form, LeadExport export, SecondFactor factor, StaffScope scope, CityClock clock, CancellationToken cancellationToken)
    {
        if (form.Reason is not { } reason || !Reasons.Contains(reason))
            return Back(form, "reason");
        if (await factor.CheckAsync(scope, form.Code, cancellationToken) is not FactorAnswer.Right and var answer)
            return Back(form, answer.ToString());
        var query = LeadFilter.Read(form.Tab, form.Q, form.Community, form.State, form.Wish, form.Sort);
        var phones = form.Phones is nameof(ExportPhones.Whole) ? ExportPhones.Whole : ExportPhones.Masked;
        var file = await export.WriteAsync(new(query, phones, reason), scope, cancellationToken);
        return TypedResults.File(file, Excel, $"线索-{clock.Today:yyyy-MM-dd}.xlsx");
    }

    private static RedirectHttpResult Back(ExportForm form, string problem) => TypedResults.LocalRedirect(Query.Address("/staff/leads/export",
        ("tab", form.Tab), ("q", form.Q), ("community", form.Community), ("state", form.State), ("wish", form.Wish), ("sort", form.Sort), ("problem", problem)));

    /// <summary>The form's fields; any may be missing.</summary>
    public sealed class ExportForm
    {
        [FromForm] public string? Tab { get; init; }
        [FromForm] public string? Q { get; init; }
        [FromForm] public string? Community { get; init; }
        [FromForm] public string? State { get; init; }
        [FromForm] public string? Wish { get; init; }
        [FromForm] public string? Sort { get; init; }
        [FromForm] public string? Phones { get; init; }
        [FromForm] public string? Reason { get; init; }
        [FromForm] public string? Code { get; init; }
    }
}
