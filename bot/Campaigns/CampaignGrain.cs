using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>Carries one campaign on: start, snapshot, batches, end. Key: the campaign's id. The rows say how far it is; memory says nothing.</summary>
[Alias("Outreach.ICampaignGrain")]
public interface ICampaignGrain : IGrainWithIntegerKey
{
    /// <summary>Works for some seconds and returns; what is left is found again at the next tick.</summary>
    [Alias("CarryOnAsync")]
    Task CarryOnAsync();
}

internal sealed class CampaignGrain(
    IDbContextFactory<OutreachDb> databases, IGrainFactory grains, IOptionsMonitor<CampaignOptions> options, SendingHours hours, TimeProvider clock) : Grain, ICampaignGrain
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(15);

    public async Task CarryOnAsync()
    {
        var id = this.GetPrimaryKeyLong();
        var started = clock.GetTimestamp();
        var state = await StartAsync(id);
        if (state == CampaignState.Cancelled)
            await EndCancelledAsync(id);
        if (state != CampaignState.Sending || hours.IsQuiet(clock.GetUtcNow()))
            return;
        while (!await SnapshotPageAsync(id))
            if (clock.GetElapsedTime(started) >= Turn)
                return;

        foreach (var account in await AccountsAsync(id))
            while (clock.GetElapsedTime(started) < Turn && await grains.GetGrain<IChannelSenderGrain>(account).SendAsync(id) > 0)
            {
            }
        await EndAsync(id);
    }

    /// <summary>Begins what is due, but never late by itself and never in quiet hours.</summary>
    private async Task<CampaignState> StartAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.WriteAsync(async () =>
        {
            var campaign = await db.Campaigns.SingleAsync(c => c.Id == id);
            var now = clock.GetUtcNow();
            if (campaign.State != CampaignState.Scheduled || campaign.StartAt is not { } start || start > now)
                return campaign.State;
            if (start < now - options.CurrentValue.LateStart)
                await db.PauseAsync(campaign, $"错过了开始时间 {hours.When(start)}。现在发还合适，就点“接着发”；不合适，就停止发送。", now);
            else if (!hours.IsQuiet(now))
            {
                campaign.State = CampaignState.Sending;
                campaign.Version = Guid.NewGuid();
                await db.SaveChangesAsync();
            }
            return campaign.State;
        }, CancellationToken.None);
    }

    /// <summary>What came back to the queue after the word to stop, or was left in Sending by a process that died, ends too.</summary>
    private async Task EndCancelledAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        await db.SkipCancelledAsync(id, clock.GetUtcNow(), CancellationToken.None);
        foreach (var account in await AccountsAsync(id))
            await grains.GetGrain<IChannelSenderGrain>(account).SendAsync(id);       // finds the rows of the dead; claims nothing of a stopped campaign
        await db.SkipCancelledAsync(id, clock.GetUtcNow(), CancellationToken.None);
    }

    /// <summary>Adds one page of the audience and moves the cursor, in one commit. True when the snapshot is complete.</summary>
    private async Task<bool> SnapshotPageAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.WriteAsync(async () =>
        {
            var campaign = await db.Campaigns.SingleAsync(c => c.Id == id);
            if (campaign.SnapshotAt is not null || campaign.State != CampaignState.Sending)
                return true;
            var size = options.CurrentValue.PageSize;
            var now = clock.GetUtcNow();
            var path = await db.Areas.Where(a => a.Id == campaign.AreaId).Select(a => a.Path).SingleAsync();
            var choice = campaign.AudienceChoice();
            var leads = db.MeantLeads(choice, path);
            var page = await db.Meant(choice, path).Reachable(campaign.Topic)
                .Where(c => c.Id > campaign.SnapshotCursor).OrderBy(c => c.Id).Take(size)
                .Select(c => new
                {
                    c.Id,
                    c.Channel,
                    c.Account,
                    Community = leads.Where(l => l.ContactId == c.Id || l.ContactId == c.OwnerId).Min(l => l.CommunityId),
                }).ToListAsync();
            db.Deliveries.AddRange(page.Select(contact => new Delivery
            {
                CampaignId = id,
                ContactId = contact.Id,
                CommunityId = contact.Community!.Value,
                Channel = contact.Channel,
                Account = contact.Account,
                DueAt = now,
            }));
            if (page.Count > 0)
                campaign.SnapshotCursor = page[^1].Id;
            if (page.Count < size)
                campaign.SnapshotAt = now;
            await db.SaveChangesAsync();
            return campaign.SnapshotAt is not null;
        }, CancellationToken.None);
    }

    private async Task<List<string>> AccountsAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        return [.. (await db.Deliveries.Where(d => d.CampaignId == id && (d.State == DeliveryState.Queued || d.State == DeliveryState.Sending))
            .Select(d => new { d.Channel, d.Account }).Distinct().ToListAsync()).Select(a => $"{a.Channel}/{a.Account}")];
    }

    private async Task EndAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        var now = clock.GetUtcNow();
        await db.WriteAsync(() => db.Campaigns
            .Where(c => c.Id == id && c.State == CampaignState.Sending && c.SnapshotAt != null
                && !db.Set<Delivery>().Any(d => d.CampaignId == id && (d.State == DeliveryState.Queued || d.State == DeliveryState.Sending)))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CampaignState.Done).SetProperty(c => c.DoneAt, now)), CancellationToken.None);
    }
}

internal static class CampaignAudience
{
    public static AudienceChoice AudienceChoice(this Campaign campaign) => new(campaign.AreaId,
        campaign.CommunityIds?.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, System.Globalization.CultureInfo.InvariantCulture)).ToList(),
        campaign.Topic);
}
