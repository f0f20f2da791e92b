using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>What a channel account may still send: rows, so that a restart does not forget. Written before sending: after a crash we have sent less than allowed, never more.</summary>
internal sealed class QuotaKeeper(IOptionsMonitor<CampaignOptions> options, TimeProvider clock)
{
    /// <summary>Takes up to <paramref name="wanted"/> messages; 0 while the account rests.</summary>
    public Task<int> TakeAsync(OutreachDb db, string account, string channel, int wanted) => wanted == 0 ? Task.FromResult(0) : db.WriteAsync(async () =>
    {
        var now = clock.GetUtcNow();
        var row = await db.ChannelQuotas.SingleOrDefaultAsync(q => q.Account == account);
        if (row?.PausedUntil > now)
            return 0;
        if (!options.CurrentValue.Quotas.TryGetValue(channel, out var limit))
            return wanted;
        if (row is null)
            db.ChannelQuotas.Add(row = new ChannelQuota { Account = account, WindowStart = now, Used = 0 });
        var (left, granted) = new Quota(limit.Limit, limit.Window, row.WindowStart, row.Used).Take(wanted, now);
        (row.WindowStart, row.Used, row.Version) = (left.Start, left.Used, Guid.NewGuid());
        await db.SaveChangesAsync();
        return granted;
    }, CancellationToken.None);

    /// <summary>What every account that has sent notices may still send now, by <c>channel/account</c>.</summary>
    public async Task<IReadOnlyDictionary<string, QuotaLeft>> ReadAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return (await db.ChannelQuotas.AsNoTracking().ToListAsync(cancellationToken)).ToDictionary(row => row.Account, row =>
        {
            var rests = row.PausedUntil > now ? row.PausedUntil : null;
            if (!options.CurrentValue.Quotas.TryGetValue(row.Account.Split('/')[0], out var limit))
                return new QuotaLeft(null, rests, null);
            var ends = row.WindowStart + limit.Window;
            return new QuotaLeft(new Quota(limit.Limit, limit.Window, row.WindowStart, row.Used).Take(int.MaxValue, now).Granted, rests, ends > now ? ends : null);
        });
    }

    /// <summary>What each channel with a limit of ours may still send in its running window, by channel id; of several accounts, the sum of those that have sent.</summary>
    public async Task<IReadOnlyDictionary<string, int>> LeftAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var used = await ReadAsync(db, cancellationToken);
        return options.CurrentValue.Quotas.ToDictionary(quota => quota.Key, quota =>
        {
            var accounts = used.Where(pair => pair.Key.Split('/')[0] == quota.Key).ToList();
            return accounts.Count == 0 ? quota.Value.Limit : accounts.Sum(pair => pair.Value.RestsUntil is null ? pair.Value.Left ?? 0 : 0);
        });
    }

    /// <summary>A rate limit, a used-up quota or a wrong secret rests the whole account; the rows wait, and staff are told.</summary>
    public Task PauseIfToldAsync(OutreachDb db, string account, IReadOnlyList<SendResult> results)
    {
        if (results.FirstOrDefault(r => r.Scope == SendScope.Account && r.Class is SendClass.ConfigError or SendClass.AuthExpired or SendClass.QuotaExhausted or SendClass.RateLimited) is not { } told)
            return Task.CompletedTask;
        var now = clock.GetUtcNow();
        var rest = told.RetryAfter ?? (told.Class == SendClass.RateLimited ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1));
        return db.WriteAsync(async () =>
        {
            var row = await db.ChannelQuotas.SingleOrDefaultAsync(q => q.Account == account);
            if (row is null)
                db.ChannelQuotas.Add(row = new ChannelQuota { Account = account, WindowStart = now, Used = 0 });
            row.PausedUntil = now + rest;
            row.PauseReason = told.Class.ToString();
            row.Version = Guid.NewGuid();
            if (told.Class != SendClass.RateLimited && !await db.Alerts.AnyAsync(a => a.Kind == AlertKind.ChannelPaused && a.Subject == account && a.ResolvedAt == null))
                db.Alerts.Add(new Alert
                {
                    Kind = AlertKind.ChannelPaused,
                    Subject = account,
                    RaisedAt = now,
                    Text = told.Class == SendClass.QuotaExhausted ? $"渠道 {account} 今天的余量用完，通知明天接着发。" : $"渠道 {account} 发不出去，请检查它的密钥配置。通知在等。",
                });
            await db.SaveChangesAsync();
        }, CancellationToken.None);
    }
}

/// <param name="Left">Messages of the running window; null: no limit of ours.</param>
/// <param name="RestsUntil">The vendor said stop; null: it does not rest.</param>
/// <param name="WindowEnds">When the running window ends and another share begins; null: none runs.</param>
internal sealed record QuotaLeft(int? Left, DateTimeOffset? RestsUntil, DateTimeOffset? WindowEnds);
