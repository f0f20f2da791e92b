using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Operations;
using Outreach.Storage;
using Outreach.Tests.Campaigns;
using static Xunit.TestContext;

namespace Outreach.Tests.Operations;

/// <summary>A database that was put back without the command: by a copied file, a snapshot of the machine.</summary>
public sealed class RestoredDatabaseTests
{
    private static readonly VendorInMemory[] Chat = [new("webchat", knowsKeys: false)];

    [Theory]
    [InlineData("older copy")]
    [InlineData("another database")]
    public async Task Starts_with_every_notice_held_and_says_so(string what)
    {
        await using var rooms = await TestRooms.CreateAsync();
        var (start, id) = (rooms.Get<Backup>(), await AddAsync(rooms));
        var first = await start.HoldIfBehindAsync(Current.CancellationToken);
        await VendorInMemory.CarryOnAsync(rooms, id, [], Chat);
        var again = await start.HoldIfBehindAsync(Current.CancellationToken);
        var next = await AddAsync(rooms);
        await rooms.TurnAsync(async db =>
        {
            var installation = await db.Set<Installation>().SingleAsync(Current.CancellationToken);
            if (what == "older copy")
                installation.Sequence -= 2;       // as it was before the last batch
            else
                installation.InstanceId = Guid.NewGuid().ToString("N");
        });

        var behind = await start.HoldIfBehindAsync(Current.CancellationToken);
        var after = await start.HoldIfBehindAsync(Current.CancellationToken);

        Assert.Equal((false, false, true, false), (first, again, behind, after));
        await using var db = rooms.Open();
        var held = await db.Campaigns.SingleAsync(c => c.Id == next, Current.CancellationToken);
        Assert.Equal((CampaignState.Paused, "数据从备份恢复。备份之后可能已经发过，核对后再继续。"), (held.State, held.PauseReason));
        Assert.Equal(1, await db.Alerts.CountAsync(a => a.Kind == AlertKind.Restored, Current.CancellationToken));
    }

    private static async Task<long> AddAsync(TestRooms rooms)
    {
        await using var db = rooms.Open();
        var now = rooms.Clock.GetUtcNow();
        var community = await CampaignSeeds.AddOwnersAsync(db, [("webchat", Guid.NewGuid().ToString("N"))], now, Current.CancellationToken, Guid.NewGuid().ToString("N"));
        var campaign = CampaignSeeds.Planned(community, now);
        db.Add(campaign);
        await db.SaveChangesAsync(Current.CancellationToken);
        return campaign.Id;
    }
}
