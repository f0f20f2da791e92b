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
public sealed class BulkNoticeTests(BulkNoticeTests.Corp corp) : IClassFixture<BulkNoticeTests.Corp>
{
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly WeComServer _corp = corp.WeCom;
    private readonly FakeTimeProvider _clock = corp.Clock;
    private Community _community = null!;
    private int _callsBefore;

    [Fact]
    public async Task One_call_carries_a_notice_to_all_and_each_row_ends_as_its_person_was_reached()
    {
        await StartAsync(Members(20), [$"gone-{_mark}", $"unlicensed-{_mark}"]);
        _corp.AddMember($"unlicensed-{_mark}", isLicensed: false);
        var id = await AddAsync();

        await CarryOnAsync(id);

        Assert.Equal(1, SendCalls);
        Assert.All(Members(20), member => Assert.StartsWith("测试小区通知", Assert.Single(_corp.Ledger(member)).Text, StringComparison.Ordinal));
        await using var db = Open();
        var rows = await db.Deliveries.Where(d => d.CampaignId == id).ToListAsync(Current.CancellationToken);
        Assert.Equal((20, 2), (rows.Count(d => d.State == DeliveryState.Sent), rows.Count(d => d is { State: DeliveryState.Skipped, SkipReason: SkipReason.RecipientGone })));
        Assert.Single(rows.Where(d => d.State == DeliveryState.Sent).Select(d => (d.Batch, d.MessageId)).Distinct());
        Assert.Equal(2, await db.Contacts.CountAsync(c => c.CommunityId == _community.Id && c.UnreachableSince != null, Current.CancellationToken));
        Assert.Equal(CampaignState.Done, (await db.Campaigns.SingleAsync(c => c.Id == id, Current.CancellationToken)).State);
    }

    [Theory]
    [InlineData(VendorFault.LosesAnswer)]
    [InlineData(VendorFault.BrokenJson)]
    [InlineData(VendorFault.Broken)]
    public async Task A_call_in_trouble_is_made_again_and_nobody_reads_the_notice_twice(VendorFault fault)
    {
        await StartAsync(Members(3));
        _corp.Faults.Next(fault);
        var id = await AddAsync();

        await CarryOnAsync(id);

        Assert.Equal(2, SendCalls);
        Assert.All(Members(3), member => Assert.Single(_corp.Ledger(member)));
        await using var db = Open();
        Assert.True(await Rows(db, id).AllAsync(d => d.State == DeliveryState.Sent, Current.CancellationToken));
    }

    [Fact]
    public async Task A_vendor_that_is_down_keeps_the_rows_until_it_is_back()
    {
        await StartAsync(Members(2));
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        await using (var db = Open())
            Assert.True(await Rows(db, id).AllAsync(d => d.State == DeliveryState.Queued && d.Batch == null, Current.CancellationToken));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);

        Assert.All(Members(2), member => Assert.Single(_corp.Ledger(member)));
    }

    [Fact]
    public async Task After_a_crash_only_what_had_not_left_the_house_is_sent()
    {
        await StartAsync(Members(3));
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        await using (var db = Open())
        {
            var first = await Rows(db, id).OrderBy(d => d.Id).FirstAsync(Current.CancellationToken);
            await db.WriteAsync(() => Rows(db, id).ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, DeliveryState.Sending).SetProperty(d => d.ClaimedBy, "a-dead-process/0")
                .SetProperty(d => d.Batch, d => d.Id == first.Id ? "handed-over" : null), Current.CancellationToken), Current.CancellationToken);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);

        Assert.Equal([0, 1, 1], Members(3).Select(member => _corp.Ledger(member).Count));
        await using var after = Open();
        Assert.Equal([DeliveryState.Unknown, DeliveryState.Sent, DeliveryState.Sent], await Rows(after, id).OrderBy(d => d.Id).Select(d => d.State).ToListAsync(Current.CancellationToken));
        // The one that may have read it too: staff see the notice there, and a reply finds it.
        Assert.Equal(3, await after.Messages.Where(m => m.SentAt != null && m.OutgoingKey!.StartsWith("delivery/")
            && after.Set<Conversation>().Any(c => c.Id == m.ConversationId && after.Set<Contact>().Any(k => k.Id == c.ContactId && k.CommunityId == _community.Id)))
            .Select(m => m.ConversationId).Distinct().CountAsync(Current.CancellationToken));
    }

    // Handed over by a part of its rows, the vendor would know the name, and take the rest for told.
    [Fact]
    public async Task A_batch_of_which_a_dead_process_wrote_half_is_handed_over_whole()
    {
        await StartAsync(Members(3));
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        var (calls, now) = (_corp.SendCalls, _clock.GetUtcNow());
        await using (var db = Open())
        {
            var last = await Rows(db, id).MaxAsync(d => d.Id, Current.CancellationToken);
            await db.WriteAsync(() => Rows(db, id).ExecuteUpdateAsync(set => set
                .SetProperty(d => d.Batch, "handed-over").SetProperty(d => d.MayHaveArrived, true)
                .SetProperty(d => d.DueAt, d => d.Id == last ? now.AddMinutes(5) : now), Current.CancellationToken), Current.CancellationToken);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);
        Assert.Equal(calls, _corp.SendCalls);
        _clock.Advance(TimeSpan.FromMinutes(4));
        await CarryOnAsync(id);

        Assert.Equal(calls + 1, _corp.SendCalls);
        Assert.All(Members(3), member => Assert.Single(_corp.Ledger(member)));
    }

    [Fact]
    public async Task Who_opted_out_is_not_in_the_call()
    {
        await StartAsync(Members(2));
        _corp.Faults.Lasting = VendorFault.Broken;
        var id = await AddAsync();
        await CarryOnAsync(id);
        _corp.Faults.Lasting = VendorFault.None;
        await using (var db = Open())
            await db.WriteAsync(() => db.Contacts.Where(c => c.UserId == $"m0-{_mark}").ExecuteUpdateAsync(set => set.SetProperty(c => c.OptedOutAt, _clock.GetUtcNow()), Current.CancellationToken), Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await CarryOnAsync(id);

        Assert.Equal([0, 1], Members(2).Select(member => _corp.Ledger(member).Count));
    }

    [Fact]
    public async Task What_the_vendor_takes_back_later_does_not_count_as_sent()
    {
        await StartAsync(Members(2));
        var id = await AddAsync();
        await CarryOnAsync(id);
        await using var db = Open();
        var message = await Rows(db, id).Select(d => d.MessageId).FirstAsync(Current.CancellationToken);
        var reports = corp.App.Services.GetRequiredService<DeliveryReports>();

        var gone = await reports.FailedAsync("wecom", "default", message!, $"m0-{_mark}", new(SendClass.RecipientGone, VendorCode: "later"), Current.CancellationToken);
        var again = await reports.FailedAsync("wecom", "default", message!, $"m0-{_mark}", new(SendClass.RecipientGone, VendorCode: "later"), Current.CancellationToken);
        var rest = await reports.FailedAsync("wecom", "default", message!, null, new(SendClass.ContentRejected), Current.CancellationToken);

        Assert.Equal((1, 0, 1), (gone, again, rest));
        Assert.Equal([(DeliveryState.Skipped, SkipReason.RecipientGone), (DeliveryState.Failed, SkipReason.None)],
            (await Rows(db, id).AsNoTracking().OrderBy(d => d.Id).ToListAsync(Current.CancellationToken)).Select(d => (d.State, d.SkipReason)));
    }

    /// <summary>Members of the corp who are owners of this test's community; an hour's quarter after the last test, so that nothing of it is still held.</summary>
    /// <param name="strangers">Owners of it too, whom the corp does not know.</param>
    private async Task StartAsync(string[] members, params string[] strangers)
    {
        _clock.Advance(TimeSpan.FromMinutes(15));
        _callsBefore = _corp.SendCalls;
        foreach (var member in members)
            _corp.AddMember(member);
        await using var db = Open();
        _community = await CampaignSeeds.AddOwnersAsync(db, [.. members.Concat(strangers).Select(member => ("wecom", member))], _clock.GetUtcNow(), Current.CancellationToken, _mark);
        await corp.App.Services.GetRequiredService<CommunityDirectory>().ReloadAsync(Current.CancellationToken);
    }

    private string[] Members(int count) => [.. Enumerable.Range(0, count).Select(n => $"m{n}-{_mark}")];

    private int SendCalls => _corp.SendCalls - _callsBefore;

    private static IQueryable<Delivery> Rows(OutreachDb db, long campaign) => db.Set<Delivery>().Where(d => d.CampaignId == campaign);

    private OutreachDb Open() => corp.App.Services.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext();

    private async Task<long> AddAsync()
    {
        await using var db = Open();
        var campaign = CampaignSeeds.Planned(_community, _clock.GetUtcNow());
        db.Add(campaign);
        await db.SaveChangesAsync(Current.CancellationToken);
        return campaign.Id;
    }

    private Task CarryOnAsync(long id) => corp.App.Services.GetRequiredService<IGrainFactory>().GetGrain<ICampaignGrain>(id).CarryOnAsync();

    /// <summary>One corp and one program for all: every test has members and a community of its own, and moves the clock forward.</summary>
    public sealed class Corp : IAsyncLifetime
    {
        public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));
        public WeComServer WeCom { get; private set; } = null!;
        public OutreachApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            WeCom = await WeComServer.StartAsync(Clock);
            var settings = WeComCorp.SettingsOf(WeCom).ToDictionary(setting => $"Channels:WeCom:{setting.Key}", setting => setting.Value);
            App = await OutreachApp.StartAsync(new Dictionary<string, string?>(settings) { ["Demo:Load"] = "false" }, Clock);
        }

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            await WeCom.DisposeAsync();
        }
    }
}
