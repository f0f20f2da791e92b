using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Activities;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Doubles;
using Outreach.Storage;
using Outreach.Tests.Channels.WeCom;
using static Xunit.TestContext;

namespace Outreach.Tests.Campaigns;

/// <summary>Notices that a channel takes for many people in one call, here to the members of a WeCom corp.</summary>
public sealed class BulkNoticeTests : IAsyncLifetime
{
    private static readonly string[] Two = ["m0", "m1"];
    private static readonly string[] Three = ["m0", "m1", "m2"];

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));
    private WeComServer _corp = null!;
    private OutreachApp? _app;
    private Community _community = null!;

    public async ValueTask InitializeAsync() => _corp = await WeComServer.StartAsync(_clock);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _corp.DisposeAsync();
    }

    [Fact]
    public async Task One_call_carries_a_notice_to_all_and_each_row_ends_as_its_person_was_reached()
    {
        await StartAsync([.. Enumerable.Range(0, 20).Select(n => $"m{n}"), "gone", "unlicensed"]);
        _corp.AddMember("unlicensed", isLicensed: false);
        var id = await AddAsync();

        await CarryOnAsync(id);

        Assert.Equal(1, _corp.SendCalls);
        Assert.All(Enumerable.Range(0, 20), n => Assert.StartsWith("测试小区通知", Assert.Single(_corp.Ledger($"m{n}")).Text, StringComparison.Ordinal));
        await using var db = Open();
        var rows = await db.Deliveries.Where(d => d.CampaignId == id).ToListAsync(Current.CancellationToken);
        Assert.Equal((20, 2), (rows.Count(d => d.State == DeliveryState.Sent), rows.Count(d => d is { State: DeliveryState.Skipped, SkipReason: SkipReason.RecipientGone })));
        Assert.Single(rows.Where(d => d.State == DeliveryState.Sent).Select(d => (d.Batch, d.MessageId)).Distinct());
        Assert.Equal(2, await db.Contacts.CountAsync(c => c.UnreachableSince != null, Current.CancellationToken));
        Assert.Equal(CampaignState.Done, (await db.Campaigns.SingleAsync(Current.CancellationToken)).State);
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    [InlineData(VendorFault.Broken)]
    public async Task A_call_in_trouble_is_made_again_and_nobody_reads_the_notice_twice(VendorFault fault)
    {
        await StartAsync(Three);
        _corp.Faults.Next(fault);
        var id = await AddAsync();

        await CarryOnAsync(id);

        Assert.Equal(2, _corp.SendCalls);
        Assert.All(Three, member => Assert.Single(_corp.Ledger(member)));
        await using var db = Open();
        Assert.True(await db.Deliveries.AllAsync(d => d.State == DeliveryState.Sent, Current.CancellationToken));
    }

    [Fact]
    public async Task A_vendor_that_is_down_keeps_the_rows_until_it_is_back()
    {
        await StartAsync(Two);
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        await using (var db = Open())
            Assert.True(await db.Deliveries.AllAsync(d => d.State == DeliveryState.Queued && d.Batch == null, Current.CancellationToken));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);

        Assert.All(Two, member => Assert.Single(_corp.Ledger(member)));
    }

    [Fact]
    public async Task After_a_crash_only_what_had_not_left_the_house_is_sent()
    {
        await StartAsync(Three);
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        await using (var db = Open())
        {
            var first = await db.Deliveries.OrderBy(d => d.Id).FirstAsync(Current.CancellationToken);
            await db.WriteAsync(() => db.Deliveries.ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, DeliveryState.Sending).SetProperty(d => d.ClaimedBy, "a-dead-process/0")
                .SetProperty(d => d.Batch, d => d.Id == first.Id ? "handed-over" : null), Current.CancellationToken), Current.CancellationToken);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);

        Assert.Equal([0, 1, 1], Three.Select(member => _corp.Ledger(member).Count));
        await using var after = Open();
        Assert.Equal([DeliveryState.Unknown, DeliveryState.Sent, DeliveryState.Sent], await after.Deliveries.OrderBy(d => d.Id).Select(d => d.State).ToListAsync(Current.CancellationToken));
        // The one that may have read it too: staff see the notice there, and a reply finds it.
        Assert.Equal(3, await after.Messages.Where(m => m.SentAt != null && m.OutgoingKey!.StartsWith("delivery/")).Select(m => m.ConversationId).Distinct().CountAsync(Current.CancellationToken));
    }

    // Handed over by a part of its rows, the vendor would know the name, and take the rest for told.
    [Fact]
    public async Task A_batch_of_which_a_dead_process_wrote_half_is_handed_over_whole()
    {
        await StartAsync(Three);
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        var (calls, now) = (_corp.SendCalls, _clock.GetUtcNow());
        await using (var db = Open())
        {
            var last = await db.Deliveries.MaxAsync(d => d.Id, Current.CancellationToken);
            await db.WriteAsync(() => db.Deliveries.ExecuteUpdateAsync(set => set
                .SetProperty(d => d.Batch, "handed-over").SetProperty(d => d.MayHaveArrived, true)
                .SetProperty(d => d.DueAt, d => d.Id == last ? now.AddMinutes(5) : now), Current.CancellationToken), Current.CancellationToken);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);
        Assert.Equal(calls, _corp.SendCalls);
        _clock.Advance(TimeSpan.FromMinutes(4));
        await CarryOnAsync(id);

        Assert.Equal(calls + 1, _corp.SendCalls);
        Assert.All(Three, member => Assert.Single(_corp.Ledger(member)));
    }

    [Fact]
    public async Task Who_opted_out_is_not_in_the_call()
    {
        await StartAsync(Two);
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        await using (var db = Open())
            await db.WriteAsync(() => db.Contacts.Where(c => c.UserId == "m0").ExecuteUpdateAsync(set => set.SetProperty(c => c.OptedOutAt, _clock.GetUtcNow()), Current.CancellationToken), Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);

        Assert.Equal([0, 1], Two.Select(member => _corp.Ledger(member).Count));
    }

    [Fact]
    public async Task What_the_vendor_takes_back_later_does_not_count_as_sent()
    {
        await StartAsync(Two);
        var id = await AddAsync();
        await CarryOnAsync(id);
        await using var db = Open();
        var message = await db.Deliveries.Select(d => d.MessageId).FirstAsync(Current.CancellationToken);
        var reports = _app!.Services.GetRequiredService<DeliveryReports>();

        var gone = await reports.FailedAsync("wecom", "default", message!, "m0", new(SendClass.RecipientGone, VendorCode: "later"), Current.CancellationToken);
        var again = await reports.FailedAsync("wecom", "default", message!, "m0", new(SendClass.RecipientGone, VendorCode: "later"), Current.CancellationToken);
        var rest = await reports.FailedAsync("wecom", "default", message!, null, new(SendClass.ContentRejected), Current.CancellationToken);

        Assert.Equal((1, 0, 1), (gone, again, rest));
        Assert.Equal([(DeliveryState.Skipped, SkipReason.RecipientGone), (DeliveryState.Failed, SkipReason.None)],
            (await db.Deliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync(Current.CancellationToken)).Select(d => (d.State, d.SkipReason)));
    }

    private async Task StartAsync(string[] members)
    {
        foreach (var member in members.Where(member => member.StartsWith('m')))
            _corp.AddMember(member);
        var settings = WeComCorp.SettingsOf(_corp).ToDictionary(setting => $"Channels:WeCom:{setting.Key}", setting => setting.Value);
        _app = await OutreachApp.StartAsync(new Dictionary<string, string?>(settings) { ["Demo:Load"] = "false" }, _clock);
        await using var db = Open();
        _community = await CampaignSeeds.AddOwnersAsync(db, "wecom", members, _clock.GetUtcNow(), Current.CancellationToken);
        await _app.Services.GetRequiredService<CommunityDirectory>().ReloadAsync(Current.CancellationToken);
    }

    private OutreachDb Open() => _app!.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();

    private async Task<long> AddAsync()
    {
        await using var db = Open();
        var campaign = CampaignSeeds.Planned(_community, _clock.GetUtcNow());
        db.Add(campaign);
        await db.SaveChangesAsync(Current.CancellationToken);
        return campaign.Id;
    }

    private Task CarryOnAsync(long id) => _app!.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(id).CarryOnAsync();
}
