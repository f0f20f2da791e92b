using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>Sends for one channel account and keeps its quota. Key such as <c>wechat/gh_abc</c>.</summary>
[Alias("Outreach.IChannelSenderGrain")]
public interface IChannelSenderGrain : IGrainWithStringKey
{
    /// <summary>Claims and sends one batch of a campaign. Returns how many rows it moved; 0: nothing to do now (empty, paused, quiet hours, no quota).</summary>
    [Alias("SendAsync")]
    Task<int> SendAsync(long campaignId);
}

internal sealed partial class ChannelSenderGrain(
    IDbContextFactory<OutreachDb> databases, ChannelSet channels, QuotaKeeper quotas, NoticeSender sender, MessageFeed feed, SendingHours hours,
    IOptionsMonitor<CampaignOptions> options, TimeProvider clock, ILogger<ChannelSenderGrain> logger) : Grain, IChannelSenderGrain
{
    private int _batch;

    public async Task<int> SendAsync(long campaignId)
    {
        var account = this.GetPrimaryKeyString();
        var (channelId, accountName) = account.Split('/', 2) is [var c, var a] ? (c, a) : (account, "default");
        await using var db = await databases.CreateDbContextAsync();
        var channel = channels.Find(channelId);
        var found = await RecoverAsync(db, campaignId, channelId, accountName, ResendOf(channel));
        if (channel is null)
            return await SkipChannelOffAsync(db, campaignId, channelId, accountName);
        if (hours.IsQuiet(clock.GetUtcNow()))
            return found;
        // A batch whose answer was lost goes first, alone and whole: only then does its key mean the same people.
        var due = db.Deliveries.Due(campaignId, channelId, accountName, clock.GetUtcNow());
        var batch = channel is IBulkChannel ? await due.Where(d => d.Batch != null).OrderBy(d => d.Id).Select(d => d.Batch).FirstOrDefaultAsync() : null;
        var wanted = await due.CountAsync(d => d.Batch == batch);
        var granted = await quotas.TakeAsync(db, account, channelId, batch is null ? Math.Min(wanted, MostAtOnce(channel)) : wanted);
        if (granted == 0 || (batch is not null && granted < wanted))
            return found;

        var claim = $"{Epoch.Current}/{_batch++}";
        var claimed = await ClaimAsync(db, campaignId, channelId, accountName, batch, granted, claim);
        if (claimed == 0)
            return found;
        var results = await sender.SendAsync(db, campaignId, claim, channel);
        await quotas.PauseIfToldAsync(db, account, results);
        Sent(results.Count, campaignId);
        return claimed;
    }

    private static Resend ResendOf(IChannel? channel) => channel switch
    {
        IBulkChannel bulk => bulk.RemembersBatches ? Resend.WithKey : Resend.Blind,
        { Capabilities.Idempotent: true } => Resend.WithKey,
        _ => Resend.Blind,
    };

    private int MostAtOnce(IChannel channel) => channel is IBulkChannel bulk ? Math.Max(options.CurrentValue.PageSize, bulk.MaxRecipients) : options.CurrentValue.PageSize;

    /// <summary>One statement; its row count is the answer. Pause and cancel are rows, read in the same statement.</summary>
    private Task<int> ClaimAsync(OutreachDb db, long campaignId, string channel, string account, string? batch, int atMost, string claim)
    {
        var due = db.Deliveries.Due(campaignId, channel, account, clock.GetUtcNow()).Where(d => d.Batch == batch).OrderBy(d => d.Id).Take(atMost).Select(d => d.Id);
        return db.WriteAsync(() => db.Deliveries
            .Where(d => d.State == DeliveryState.Queued && db.Set<Campaign>().Any(c => c.Id == campaignId && c.State == CampaignState.Sending)
                && due.Contains(d.Id))
            .ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, DeliveryState.Sending)
                .SetProperty(d => d.ClaimedBy, claim)
                .SetProperty(d => d.Tries, d => d.Tries + 1)), CancellationToken.None);
    }

    /// <summary>Rows that a dead process left in Sending: queued again where the channel tells a repeat apart, else unknown.</summary>
    private async Task<int> RecoverAsync(OutreachDb db, long campaignId, string channel, string account, Resend resend)
    {
        var mine = Epoch.Current + "/";
        var to = DeliveryJudge.AfterCrash(resend);
        var now = clock.GetUtcNow();
        IReadOnlyList<long> told = [];
        var found = await db.WriteAsync(async () =>
        {
            var dead = db.Deliveries
                .Where(d => d.CampaignId == campaignId && d.Channel == channel && d.Account == account && d.State == DeliveryState.Sending && !d.ClaimedBy!.StartsWith(mine));
            // Before a batch is handed over, its rows bear its name: those without one have not left the house.
            var kept = channels.Find(channel) is IBulkChannel
                ? await dead.Where(d => d.Batch == null).ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Queued)) : 0;
            var unknown = to == DeliveryState.Unknown ? await dead.Select(d => d.Id).ToListAsync() : [];
            var ended = await dead.ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, to)
                .SetProperty(d => d.EndedAt, to == DeliveryState.Unknown ? now : null));
            told = await sender.LogUnknownAsync(db, campaignId, unknown);
            await db.SaveChangesAsync();
            return kept + ended;
        }, CancellationToken.None);
        db.ChangeTracker.Clear();
        told.ToList().ForEach(feed.Publish);
        return found;
    }

    private Task<int> SkipChannelOffAsync(OutreachDb db, long campaignId, string channel, string account)
    {
        var now = clock.GetUtcNow();
        return db.WriteAsync(() => db.Deliveries
            .Where(d => d.CampaignId == campaignId && d.Channel == channel && d.Account == account && d.State == DeliveryState.Queued)
            .ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, DeliveryState.Skipped)
                .SetProperty(d => d.SkipReason, SkipReason.ChannelOff)
                .SetProperty(d => d.EndedAt, now)), CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sent a batch of {Count} deliveries of campaign {Campaign}")]
    private partial void Sent(int count, long campaign);
}

internal static class DeliveryQueries
{
    public static IQueryable<Delivery> Due(this IQueryable<Delivery> deliveries, long campaignId, string channel, string account, DateTimeOffset now) =>
        deliveries.Where(d => d.CampaignId == campaignId && d.Channel == channel && d.Account == account && d.State == DeliveryState.Queued && d.DueAt <= now);
}
