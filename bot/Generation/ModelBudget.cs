using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Generation;

/// <summary>The hard daily budget: what a call may cost at most is taken from the day's row before it is made, and corrected afterwards.</summary>
internal sealed class ModelBudget(IDbContextFactory<OutreachDb> databases, CityClock city, IOptions<GenerationOptions> options)
{
    /// <summary>Takes a call's worst case. Null: it does not fit into what is left of the day, and must not be made.</summary>
    public async Task<Reservation?> ReserveAsync(long tokens, decimal cost, CancellationToken cancellationToken)
    {
        var (day, micros) = (city.Today, Micros(cost));
        var (mostTokens, mostMicros) = ((long)options.Value.DailyTokenBudget, options.Value.DailyCostBudget is { } money ? Micros(money) : long.MaxValue / 2);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            if (!await db.ModelUsages.AnyAsync(u => u.Day == day, cancellationToken))
            {
                db.Add(new ModelUsage { Day = day });
                await db.SaveChangesAsync(cancellationToken);
            }
            var rows = await db.ModelUsages.Where(u => u.Day == day && u.Tokens + tokens <= mostTokens && u.CostMicros + micros <= mostMicros)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.Tokens, u => u.Tokens + tokens).SetProperty(u => u.CostMicros, u => u.CostMicros + micros)
                    .SetProperty(u => u.Calls, u => u.Calls + 1), cancellationToken);
            if (rows == 1)
                return new Reservation(day, tokens, micros);
            await db.ModelUsages.Where(u => u.Day == day).ExecuteUpdateAsync(set => set.SetProperty(u => u.Refused, u => u.Refused + 1), cancellationToken);
            return (Reservation?)null;
        }, cancellationToken);
    }

    /// <summary>Puts what a call really took in the place of its reservation. Runs to its end whatever the caller does.</summary>
    public async Task SettleAsync(Reservation reserved, long tokens, decimal cost)
    {
        var (moreTokens, moreMicros) = (tokens - reserved.Tokens, Micros(cost) - reserved.CostMicros);
        if (moreTokens == 0 && moreMicros == 0)
            return;
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        await db.WriteAsync(() => db.ModelUsages.Where(u => u.Day == reserved.Day)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.Tokens, u => u.Tokens + moreTokens).SetProperty(u => u.CostMicros, u => u.CostMicros + moreMicros), CancellationToken.None),
            CancellationToken.None);
    }

    /// <summary>Today so far; null: nothing yet.</summary>
    public async Task<ModelUsage?> TodayAsync(CancellationToken cancellationToken)
    {
        var day = city.Today;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ModelUsages.AsNoTracking().SingleOrDefaultAsync(u => u.Day == day, cancellationToken);
    }

    private static long Micros(decimal money) => (long)Math.Ceiling(money * 1_000_000);
}

/// <param name="Day">To whose row it belongs, also when midnight passes during the call.</param>
internal readonly record struct Reservation(DateOnly Day, long Tokens, long CostMicros);
