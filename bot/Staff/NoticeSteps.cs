using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Hands out the Excel file of a notice's log.</summary>
internal static class NoticeSteps
{
    public static readonly IReadOnlyList<string> Reasons = ["核对送达", "上报汇总", "归档备查"];

    private const string Excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>The file, or back to the page with what is wrong.</summary>
    public static async Task<Results<FileStreamHttpResult, RedirectHttpResult, NotFound>> ExportLog(
        long id, [FromForm] string? reason, [FromForm] string? code, CampaignReport report, SecondFactor factor, StaffScope scope, CityClock clock, CancellationToken cancellationToken)
    {
        if (reason is null || !Reasons.Contains(reason))
            return Back(id, "reason");
        if (await factor.CheckAsync(scope, code, cancellationToken) is not FactorAnswer.Right and var answer)
            return Back(id, answer.ToString());
        return await report.ExportAsync(scope, id, reason, cancellationToken) is { } file
            ? TypedResults.File(file, Excel, $"通知{id}-发送记录-{clock.Today:yyyy-MM-dd}.xlsx")
            : TypedResults.NotFound();
    }

    private static RedirectHttpResult Back(long id, string problem) => TypedResults.LocalRedirect(Query.Address($"/staff/notices/{id}/log", ("problem", problem)));
}
