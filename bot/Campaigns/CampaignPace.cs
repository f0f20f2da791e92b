using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>How fast a notice goes out and when it will be through, as far as the last minutes tell.</summary>
/// <param name="PerMinute">Copies that came to an end, a minute; 0: none in these minutes.</param>
/// <param name="EndsAt">Quiet hours and quotas counted in; null: not to be said (nothing moves, or it is more than a month away).</param>
public sealed record Pace(int PerMinute, DateTimeOffset? EndsAt, IReadOnlyList<ChannelPace> Channels);

/// <param name="Waiting">Copies not yet ended.</param>
/// <param name="QuotaLeft">What its accounts may still send in their windows; null: no limit of ours.</param>
/// <param name="RestsUntil">When it goes on; null: it goes on now.</param>
public sealed record ChannelPace(string Channel, int Waiting, int? QuotaLeft, DateTimeOffset? RestsUntil);

/// <summary>Reads the pace of a campaign that is being sent. The caller has found it through its scope.</summary>
internal sealed class CampaignPace(IDbContextFactory<OutreachDb> databases, QuotaKeeper quotas, IOptionsMonitor<CampaignOptions> options, SendingHours hours, TimeProvider clock)
{
    /// <summary>The minutes that the rate is taken from.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(5);
    // A notice that has just begun: no rate from a second.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Foreseen = TimeSpan.FromDays(31);

    public async Task<Pace> ReadAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (now, id) = (clock.GetUtcNow(), campaign.Id);
        var accounts = await db.Deliveries.Where(d => d.CampaignId == id && (d.State == DeliveryState.Queued || d.State == DeliveryState.Sending))
            .GroupBy(d => new { d.Channel, d.Account }).Select(group => new { group.Key.Channel, group.Key.Account, Waiting = group.Count() }).ToListAsync(cancellationToken);
        var since = now - Lately;
        var ended = db.Deliveries.Where(d => d.CampaignId == id && d.EndedAt > since);
        var count = await ended.CountAsync(cancellationToken);
        // Since the first of them: a start, a resume or a new window within these minutes is not counted as slow.
        var time = count == 0 ? Lately : now - (await ended.MinAsync(d => d.EndedAt, cancellationToken))!.Value;
        var perMinute = time < Least ? 0 : count / time.TotalMinutes;
        var left = await quotas.ReadAsync(db, cancellationToken);
        var waiting = accounts.ConvertAll(account => new Waiting(account.Channel, account.Waiting,
            left.GetValueOrDefault($"{account.Channel}/{account.Account}"), options.CurrentValue.Quotas.GetValueOrDefault(account.Channel)));
        return new((int)Math.Round(perMinute), campaign.State == CampaignState.Sending && !hours.IsQuiet(now) ? EndOf(waiting, perMinute, now) : null,
            [.. waiting.GroupBy(account => account.Channel).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new ChannelPace(
                group.Key, group.Sum(account => account.Count),
                group.All(account => account.QuotaNow is null) ? null : group.Sum(account => account.QuotaNow ?? 0),
                group.All(account => account.NextAt(now) > now) ? hours.NextAllowed(group.Min(account => account.NextAt(now))) : null))]);
    }

    /// <summary>The end of the last account; between the windows of its quota an account stands, in the quiet hours all do.</summary>
    private DateTimeOffset? EndOf(IReadOnlyList<Waiting> accounts, double perMinute, DateTimeOffset now)
    {
        if (accounts.Count == 0)
            return now;
        var moving = accounts.Where(account => account.NextAt(now) <= now).Sum(account => account.Now);
        if (perMinute <= 0)
            return null;
        var last = moving > 0 ? Awake(now, TimeSpan.FromMinutes(moving / perMinute)) : now;
        foreach (var account in accounts.Where(account => account.Later > 0))
            if (account.LastWindow(now) is var (opens, rest) && opens < now + Foreseen)
            {
                var end = Awake(opens, TimeSpan.FromMinutes(rest / perMinute));
                last = end > last ? end : last;
            }
            else
                return null;
        return last;
    }

    /// <summary>When so much time of sending has passed from then on.</summary>
    private DateTimeOffset? Awake(DateTimeOffset from, TimeSpan work)
    {
        var time = hours.NextAllowed(from);
        for (var end = from + Foreseen; time < end;)
        {
            var rest = hours.OpenFor(time);
            if (work <= rest)
                return time + work;
            work -= rest;
            time = hours.NextAllowed(time + rest);
        }
        return null;
    }

    /// <summary>The rows of one account that are not yet ended.</summary>
    /// <param name="Left">What it may still send; null: it has sent nothing yet.</param>
    private sealed record Waiting(string Channel, int Count, QuotaLeft? Left, QuotaOptions? Limit)
    {
        public int? QuotaNow => Limit is null ? null : Left?.Left ?? Limit.Limit;

        /// <summary>Those that go out in the running window.</summary>
        public int Now => Left?.RestsUntil is not null ? 0 : Math.Min(Count, QuotaNow ?? Count);

        public int Later => Count - Now;

        public DateTimeOffset NextAt(DateTimeOffset now) => Left?.RestsUntil is { } rests && rests > now ? rests : QuotaNow == 0 ? Left?.WindowEnds ?? now : now;

        /// <summary>When its last window opens, and the rows that are left for it.</summary>
        public (DateTimeOffset Opens, int Rows) LastWindow(DateTimeOffset now)
        {
            var next = Left is { RestsUntil: null, WindowEnds: { } ends } ? ends : NextAt(now);
            if (Limit is null)
                return (next, Later);
            if (Limit.Limit == 0)
                return (DateTimeOffset.MaxValue, Later);
            var windows = (Later - 1) / Limit.Limit;
            return (next + windows * Limit.Window, Later - windows * Limit.Limit);
        }
    }
}
