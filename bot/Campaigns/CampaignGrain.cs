using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Leads;
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
    IDbContextFactory<OutreachDb> databases, IGrainFactory grains, IOptionsMonitor<CampaignOptions> options, TimeProvider clock) : Grain, ICampaignGrain
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(15);

    public async Task CarryOnAsync()
    {
        var id = this.GetPrimaryKeyLong();
        var end = clock.GetUtcNow() + Turn;
        if (!await StartAsync(id))
            return;
        while (!await SnapshotPageAsync(id))
            if (clock.GetUtcNow() >= end)
                return;

        foreach (var account in await AccountsAsync(id))
            while (clock.GetUtcNow() < end && await grains.GetGrain<IChannelSenderGrain>(account).SendAsync(id) > 0)
            {
            }
        await EndAsync(id);
    }

    /// <returns>Whether the campaign is being sent now.</returns>
    private async Task<bool> StartAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        var now = clock.GetUtcNow();
        var late = now - options.CurrentValue.LateStart;
        await db.WriteAsync(async () =>
        {
            await db.Campaigns.Where(c => c.Id == id && c.State == CampaignState.Scheduled && c.StartAt <= now && c.StartAt < late)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CampaignState.Paused).SetProperty(c => c.PauseReason, "错过了开始时间。现在发还合适吗？合适就点继续。"));
            await db.Campaigns.Where(c => c.Id == id && c.State == CampaignState.Scheduled && c.StartAt <= now)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CampaignState.Sending));
        }, CancellationToken.None);
        return await db.Campaigns.AnyAsync(c => c.Id == id && c.State == CampaignState.Sending);
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
            var communities = db.Communities.Where(c => c.Area.Path.StartsWith(path));
            if (choice.CommunityIds is { } ids)
                communities = communities.Where(c => ids.Contains(c.Id));
            var page = await db.Meant(choice, path).Reachable(campaign.Topic)
                .Where(c => c.Id > campaign.SnapshotCursor).OrderBy(c => c.Id).Take(size)
                .Select(c => new
                {
                    c.Id,
                    c.Channel,
                    c.Account,
                    Community = db.Set<Lead>()
                        .Where(l => l.ContactId == c.Id && communities.Any(m => m.Id == l.CommunityId)
                            && l.State != LeadState.Withdrawn && l.State != LeadState.Invalid)
                        .Min(l => l.CommunityId),
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
