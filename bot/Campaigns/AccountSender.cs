using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>Claims and sends batches of one channel account. One call at a time for each account: <see cref="ChannelSenderGrain"/> sees to it, and the rows do where it cannot.</summary>
internal sealed partial class AccountSender(
    IDbContextFactory<OutreachDb> databases, CampaignChannels channels, QuotaKeeper quotas, NoticeSender sender, DeliveryEnds ends, InstanceMark mark, SendingHours hours,
    IOptionsMonitor<CampaignOptions> options, TimeProvider clock, ILogger<AccountSender> logger)
{
    private const int FallBackAtOnce = 500;
    private const int CallsAtOnce = 5;
    private const int MostInBulk = 10_000;
    private int _batch;

    /// <param name="account">Such as <c>wechat/gh_abc</c>.</param>
    /// <returns>How many rows it moved; 0: nothing to do now (empty, paused, quiet hours, no quota).</returns>
    public async Task<int> SendAsync(string account, long campaignId)
    {
        var (channelId, accountName) = account.Split('/', 2) is [var c, var a] ? (c, a) : (account, "default");
        await using var db = await databases.CreateDbContextAsync();
        var channel = channels.Find(channelId);
        var moved = await RecoverAsync(db, campaignId, channelId, accountName, channel);
        if (channel is null)
            return moved + await SkipChannelOffAsync(db, campaignId, channelId, accountName);
        if (hours.IsQuiet(clock.GetUtcNow()))
            return moved;
        var results = await sender.SendAsync(campaignId, accountName, channel, async () =>
        {
            var claim = await ClaimNextAsync(campaignId, account, accountName, channel);
            moved += claim?.Rows ?? 0;
            return claim?.Name;
        });
        await quotas.PauseIfToldAsync(db, account, results);
        if (results.Count > 0)
            Sent(results.Count, campaignId);
        return moved;
    }

    /// <summary>The next batch; null: nothing more for now. Its rows' name is its own.</summary>
    private async Task<(string Name, int Rows)?> ClaimNextAsync(long campaignId, string account, string accountName, IChannel channel)
    {
        await using var db = await databases.CreateDbContextAsync();
        // A batch whose answer was lost goes first, alone and whole: only then does its key mean the same people. What a process that died had written of an answer, and what
        // it had not, may be due at different times: those who are due wait for the others.
        var now = clock.GetUtcNow();
        var due = db.Deliveries.Due(campaignId, channel.Id, accountName, now);
        var later = db.Deliveries.Where(d => d.CampaignId == campaignId && d.State == DeliveryState.Queued && d.Channel == channel.Id && d.Account == accountName && d.Batch != null && d.DueAt > now);
        var batch = channel is IBulkChannel
            ? await due.Where(d => d.Batch != null && !later.Any(other => other.Batch == d.Batch)).OrderBy(d => d.Batch).Select(d => d.Batch).FirstOrDefaultAsync()
            : null;
        var wanted = batch is null ? await due.Where(d => d.Batch == null).Take(MostAtOnce(channel)).CountAsync() : await due.CountAsync(d => d.Batch == batch);
        var granted = await quotas.TakeAsync(db, account, channel.Id, wanted);
        if (granted == 0 || (batch is not null && granted < wanted))
            return null;
        var claim = $"{Epoch.Current}/{Interlocked.Increment(ref _batch)}";
        return await ClaimAsync(db, campaignId, channel.Id, accountName, batch, granted, claim) is > 0 and var rows ? (claim, rows) : null;
    }

    /// <summary>
    /// Some calls' worth where a call carries many: while one is on its way the next is read and the last is written. Else a page: what of it was not named when a process
    /// dies is sent by the next one.
    /// </summary>
    private int MostAtOnce(IChannel channel) => channel is not IBulkChannel bulk ? options.CurrentValue.PageSize
        : Math.Max(options.CurrentValue.PageSize, Math.Max(bulk.MaxRecipients, Math.Min(MostInBulk, CallsAtOnce * bulk.MaxRecipients)));

    /// <summary>One statement; its row count is the answer. Pause and cancel are rows, read in the same statement. From here on an older copy of this database is known as one.</summary>
    private Task<int> ClaimAsync(OutreachDb db, long campaignId, string channel, string account, string? batch, int atMost, string claim)
    {
        var due = db.Deliveries.Due(campaignId, channel, account, clock.GetUtcNow()).Where(d => d.Batch == batch).OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(atMost).Select(d => d.Id);
        return mark.AdvanceAsync(db, () => db.Deliveries
            .Where(d => d.State == DeliveryState.Queued && db.Set<Campaign>().Any(c => c.Id == campaignId && c.State == CampaignState.Sending)
                && due.Contains(d.Id))
            .ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, DeliveryState.Sending)
                .SetProperty(d => d.ClaimedBy, claim)
                .SetProperty(d => d.Tries, d => d.Tries + 1)), CancellationToken.None);
    }

    /// <summary>
    /// Rows that stand in Sending now were left there, by a process that died or a call that failed: calls for an account never overlap. They are queued again where the
    /// channel tells a repeat apart or has not seen them, else unknown. Should two nodes take themselves for the owner of an account, the one whose rows are taken here
    /// can neither name them as a batch nor end them any more.
    /// </summary>
    private async Task<int> RecoverAsync(OutreachDb db, long campaignId, string channelId, string account, IChannel? channel)
    {
        var left = db.Deliveries.Where(d => d.CampaignId == campaignId && d.State == DeliveryState.Sending && d.Channel == channelId && d.Account == account);
        if (!await left.AnyAsync())
            return 0;
        var to = DeliveryJudge.AfterCrash(CampaignChannels.ResendOf(channel));
        var now = clock.GetUtcNow();
        var (found, told) = await db.WriteAsync(async () =>
        {
            // Before rows are handed over they bear a name: those without one have not left the house. What leaves by the commit of its state has none.
            // That we died is not a try of the vendor's: else deaths alone would use them up.
            var kept = await left.Where(d => d.Batch == null).ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, DeliveryState.Queued)
                .SetProperty(d => d.Tries, d => d.Tries - 1)
                .SetProperty(d => d.ClaimedBy, (string?)null));
            var isBatch = channel is IBulkChannel;
            var lost = to == DeliveryState.Unknown ? await left.Select(d => d.Id).ToListAsync() : [];
            var ended = await left.ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, to)
                .SetProperty(d => d.MayHaveArrived, true)
                .SetProperty(d => d.Tries, d => to == DeliveryState.Queued ? d.Tries - 1 : d.Tries)
                .SetProperty(d => d.Batch, d => isBatch ? d.Batch : null)
                .SetProperty(d => d.ClaimedBy, (string?)null)
                .SetProperty(d => d.EndedAt, to == DeliveryState.Unknown ? now : null));
            return (kept + ended, await ends.LogLostAsync(db, campaignId, lost));
        }, CancellationToken.None);
        ends.Tell(told);
        return found;
    }

    /// <summary>The channel was switched off: who has another one gets it there.</summary>
    private async Task<int> SkipChannelOffAsync(OutreachDb db, long campaignId, string channel, string account)
    {
        var now = clock.GetUtcNow();
        var queued = db.Deliveries.Where(d => d.CampaignId == campaignId && d.State == DeliveryState.Queued && d.Channel == channel && d.Account == account);
        return await db.WriteAsync(async () =>
        {
            if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == campaignId && c.State == CampaignState.Sending) is not { } campaign)
                return 0;
            var some = await queued.OrderBy(d => d.DueAt).Take(FallBackAtOnce).Select(d => new { d.Id, d.PersonId, d.ContactId, d.MayHaveArrived }).ToListAsync();
            var next = await ends.NextAsync(db, campaign, some.ConvertAll(row => (row.PersonId, row.ContactId, channel)));
            foreach (var row in some)
                if (!row.MayHaveArrived && next.TryGetValue(row.PersonId, out var contact))
                    await db.Deliveries.Where(d => d.Id == row.Id && d.State == DeliveryState.Queued).ExecuteUpdateAsync(set => set
                        .SetProperty(d => d.ContactId, contact.Id).SetProperty(d => d.Channel, contact.Channel).SetProperty(d => d.Account, contact.Account)
                        .SetProperty(d => d.Batch, (string?)null).SetProperty(d => d.Tries, 0).SetProperty(d => d.DueAt, now));
            var without = some.Where(row => row.MayHaveArrived || !next.ContainsKey(row.PersonId)).Select(row => row.Id).ToList();
            await db.Deliveries.Where(d => without.Contains(d.Id) && d.State == DeliveryState.Queued).ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, d => d.MayHaveArrived ? DeliveryState.Unknown : DeliveryState.Skipped)
                .SetProperty(d => d.SkipReason, SkipReason.ChannelOff)
                .SetProperty(d => d.EndedAt, now));
            return some.Count;
        }, CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sent a batch of {Count} deliveries of campaign {Campaign}")]
    private partial void Sent(int count, long campaign);
}

internal static class DeliveryQueries
{
    public static IQueryable<Delivery> Due(this IQueryable<Delivery> deliveries, long campaignId, string channel, string account, DateTimeOffset now) =>
        deliveries.Where(d => d.CampaignId == campaignId && d.State == DeliveryState.Queued && d.Channel == channel && d.Account == account && d.DueAt <= now);
}
