using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>One step after the other of a campaign, as its rows say. One call at a time for each campaign: <see cref="CampaignGrain"/> sees to it.</summary>
internal sealed class CampaignRun(
    IDbContextFactory<OutreachDb> databases, Audience audiences, AudienceSnapshot snapshots, Sequences sequences, CampaignChannels channels, QuotaKeeper quotas,
    IOptionsMonitor<CampaignOptions> options, SendingHours hours, CityClock city, TimeProvider clock)
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(15);
    private const string AreaGone = "这条通知的地方已从名册里删掉，不知道该发给谁。请停止，选好地方再发一条。";

    /// <param name="send">Claims and sends one batch for an account; see <see cref="AccountSender.SendAsync"/>.</param>
    public async Task CarryOnAsync(long id, Func<string, long, Task<int>> send)
    {
        var started = clock.GetTimestamp();
        var state = await StartAsync(id);
        if (state == CampaignState.Cancelled)
            await EndCancelledAsync(id, send);
        if (state != CampaignState.Sending || hours.IsQuiet(clock.GetUtcNow()))
            return;
        while (!await SnapshotPageAsync(id))
            if (clock.GetElapsedTime(started) >= Turn)
                return;

        // Accounts side by side: a slow channel holds up nobody but its own. A row that falls back to another channel is found in the next round.
        while (clock.GetElapsedTime(started) < Turn && await AccountsAsync(id) is { Count: > 0 } accounts)
        {
            var moved = await Task.WhenAll(accounts.Select(async account =>
            {
                var all = 0;
                while (clock.GetElapsedTime(started) < Turn && await send(account, id) is > 0 and var some)
                    all += some;
                return all;
            }));
            if (moved.Sum() == 0)
                break;
        }
        await EndAsync(id);
    }

    /// <summary>Begins what is due, but never late by itself, never in quiet hours, and never what cannot be right any more.</summary>
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
                await BeginAsync(db, campaign, now);
            return campaign.State;
        }, CancellationToken.None);
    }

    private async Task BeginAsync(OutreachDb db, Campaign campaign, DateTimeOffset now)
    {
        var choice = AudienceChoice.Of(campaign);
        if (await audiences.ResolveAsync(db, choice, CancellationToken.None) is not { } audience)
        {
            await db.PauseAsync(campaign, AreaGone, now);
            return;
        }
        if (await Audience.GoneAsync(db, choice, CancellationToken.None) is { Count: > 0 } gone)
        {
            var filter = choice.Filter;
            campaign.Audience = (filter with { Communities = [.. filter.Communities!.Except(gone)] }).ToJson();      // a person's word is then enough
            await db.PauseAsync(campaign, $"选的小区里有 {gone.Count} 个已从名册删掉。其余的照发，就点“接着发”；不合适，就停止发送。", now);
            return;
        }
        // What comes round again was approved for the people of then.
        if (campaign is { SeriesId: not null, ApproverId: null }
            && channels.NeedsApproval(await db.PreviewAsync(audience, new(options.CurrentValue.PerOwnerPerWeek, now), await quotas.LeftAsync(db, CancellationToken.None), CancellationToken.None)))
        {
            (campaign.State, campaign.Version) = (CampaignState.AwaitingApproval, Guid.NewGuid());
            await db.SaveChangesAsync();
            return;
        }
        (campaign.State, campaign.Version) = (CampaignState.Sending, Guid.NewGuid());
        await Recurring.AddNextAsync(db, campaign, city);
        await db.SaveChangesAsync();
    }

    /// <summary>What came back to the queue after the word to stop, or was left in Sending by a process that died, ends too.</summary>
    private async Task EndCancelledAsync(long id, Func<string, long, Task<int>> send)
    {
        await using var db = await databases.CreateDbContextAsync();
        await db.SkipCancelledAsync(id, clock.GetUtcNow(), CancellationToken.None);
        foreach (var account in await AccountsAsync(id))
            await send(account, id);       // finds the rows of the dead; claims nothing of a stopped campaign
        await db.SkipCancelledAsync(id, clock.GetUtcNow(), CancellationToken.None);
    }

    /// <summary>True when the snapshot is complete, for now or for good.</summary>
    private async Task<bool> SnapshotPageAsync(long id)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.WriteAsync(async () =>
        {
            var campaign = await db.Campaigns.SingleAsync(c => c.Id == id);
            if (campaign.SnapshotAt is not null || campaign.State != CampaignState.Sending)
                return true;
            var isComplete = campaign.DripDay is null ? await snapshots.TakePageAsync(db, campaign) : await sequences.TakeDueAsync(db, campaign);
            if (isComplete is null)
                await db.PauseAsync(campaign, AreaGone, clock.GetUtcNow());
            return isComplete ?? true;
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
