using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Operations;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can do its work (database open and migrated, scheduler ticking).</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok"));
        routes.MapGet("/readyz", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(IDbContextFactory<OutreachDb> databases, SchedulerPulse pulse, TimeProvider clock, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (!await db.Set<Installation>().AnyAsync(cancellationToken))
                problems.Add("database: not prepared");
        }
        catch (Exception e) when (e is System.Data.Common.DbException or InvalidOperationException)
        {
            problems.Add("database: cannot be read");
        }
        if (clock.GetUtcNow() - pulse.LastTick > TimeSpan.FromMinutes(2))
            problems.Add("scheduler: no tick for two minutes");
        return problems.Count == 0 ? TypedResults.Text("ready") : TypedResults.Text(string.Join('\n', problems), statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
