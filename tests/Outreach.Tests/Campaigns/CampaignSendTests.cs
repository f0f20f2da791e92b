using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Campaigns;

/// <summary>Campaigns that the running program sends into real chats.</summary>
public sealed class CampaignSendTests : IAsyncLifetime
{
    private static readonly StaffScope Staff = LeadScene.Keeper;

    // Tuesday, 24 November 2026, 19:50 in the city: ten minutes before the quiet hours.
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 11, 50, 0, TimeSpan.Zero));
    private OutreachApp? _app;
    private Community _community = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_left_at_the_quiet_hours_waits_until_they_end_and_the_page_knows_when()
    {
        await StartAsync(owners: 3, ("Campaigns:Quotas:webchat:Limit", "2"), ("Campaigns:Quotas:webchat:Window", "00:05:00"));
        var id = await AddAsync(_clock.GetUtcNow());
        await CarryOnAsync(id);
        var evening = await ReadAsync(id);
        _clock.Advance(TimeSpan.FromMinutes(20));
        await CarryOnAsync(id);
        var night = await ReadAsync(id);
        _clock.SetUtcNow(new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await CarryOnAsync(id);
        var morning = await ReadAsync(id);

        Assert.Equal((2, 1, null), (evening.Numbers.Sent, evening.Numbers.Queued, evening.HeldUntil));
        Assert.Equal((2, 1, CampaignState.Sending), (night.Numbers.Sent, night.Numbers.Queued, night.Campaign.State));
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.FromHours(8)), night.HeldUntil);
        Assert.Equal((3, CampaignState.Done, null), (morning.Numbers.Sent, morning.Campaign.State, morning.HeldUntil));
    }

    [Fact]
    public async Task A_start_that_falls_into_quiet_hours_begins_when_they_end()
    {
        await StartAsync(owners: 1);
        _clock.SetUtcNow(new(2026, 11, 24, 23, 50, 0, TimeSpan.Zero));
        var id = await AddAsync(_clock.GetUtcNow());
        await CarryOnAsync(id);
        var before = await ReadAsync(id);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await CarryOnAsync(id);
        var after = await ReadAsync(id);

        Assert.Equal((CampaignState.Scheduled, 0), (before.Campaign.State, before.Numbers.Total));
        Assert.NotNull(before.HeldUntil);
        Assert.Equal((CampaignState.Done, 1), (after.Campaign.State, after.Numbers.Sent));
    }

    [Fact]
    public async Task A_start_missed_by_more_than_an_hour_waits_for_a_person_with_an_alert()
    {
        await StartAsync(owners: 1);
        var late = await AddAsync(_clock.GetUtcNow() - TimeSpan.FromMinutes(61));
        var almost = await AddAsync(_clock.GetUtcNow() - TimeSpan.FromMinutes(59));
        await CarryOnAsync(late);
        await CarryOnAsync(almost);
        var waiting = await ReadAsync(late);
        var alert = await AlertAsync(late);
        var resumed = await Desk.ResumeAsync(Staff, late, Current.CancellationToken);
        await CarryOnAsync(late);

        Assert.Equal(CampaignState.Done, (await ReadAsync(almost)).Campaign.State);
        Assert.Equal((CampaignState.Paused, 0), (waiting.Campaign.State, waiting.Numbers.Total));
        Assert.Contains("错过了开始时间 11月24日（周二）下午6:49", waiting.Campaign.PauseReason, StringComparison.Ordinal);
        Assert.Null(alert!.ResolvedAt);
        Assert.Contains("错过了开始时间", alert.Text, StringComparison.Ordinal);
        Assert.Equal((StepOutcome.Done, CampaignState.Done, 1), (resumed, (await ReadAsync(late)).Campaign.State, (await ReadAsync(late)).Numbers.Sent));
        Assert.NotNull((await AlertAsync(late))!.ResolvedAt);
    }

    [Fact]
    public async Task Who_withdraws_or_leaves_after_the_snapshot_is_skipped_with_the_reason()
    {
        await StartAsync(owners: 3, ("Campaigns:Quotas:webchat:Limit", "1"), ("Campaigns:Quotas:webchat:Window", "00:02:00"));
        var id = await AddAsync(_clock.GetUtcNow());
        await CarryOnAsync(id);
        await using (var db = Open())
        {
            var waiting = await db.Deliveries.Where(d => d.CampaignId == id && d.State == DeliveryState.Queued).OrderBy(d => d.Id).Select(d => d.ContactId).ToListAsync(Current.CancellationToken);
            await db.WriteAsync(async () =>
            {
                var lead = await db.Leads.SingleAsync(l => l.ContactId == waiting[0], Current.CancellationToken);
                await Get<LeadIntake>().WithdrawAsync(db, lead, Get<ConsentTexts>().Collect, "撤回", "webchat", Current.CancellationToken);
                (await db.Contacts.SingleAsync(c => c.Id == waiting[1], Current.CancellationToken)).OptedOutAt = _clock.GetUtcNow();
                await db.SaveChangesAsync(Current.CancellationToken);
            }, Current.CancellationToken);
        }
        for (var n = 0; n < 2; n++)
        {
            _clock.Advance(TimeSpan.FromMinutes(3));
            await CarryOnAsync(id);
        }

        var view = await ReadAsync(id);
        Assert.Equal((CampaignState.Done, 3, 1, 2), (view.Campaign.State, view.Numbers.Total, view.Numbers.Sent, view.Numbers.Skipped));
        Assert.Equal(1, view.Skipped[SkipReason.SignUpEnded]);
        Assert.Equal(1, view.Skipped[SkipReason.OptedOut]);
        Assert.Equal(1, await MessagesAsync());
    }

    [Fact]
    public async Task The_third_notice_of_a_week_is_skipped_but_not_one_that_the_law_asks_for()
    {
        await StartAsync(owners: 1);
        async Task<CampaignView> SendAsync(NoticeTopics topic, LegalNotice? step = null)
        {
            var id = await AddAsync(_clock.GetUtcNow(), topic, step);
            await CarryOnAsync(id);
            return await ReadAsync(id);
        }

        await SendAsync(NoticeTopics.Procedure, LegalNotice.FirstMeeting);
        var (first, second, third) = (await SendAsync(NoticeTopics.MyCommunity), await SendAsync(NoticeTopics.Training), await SendAsync(NoticeTopics.General));
        var procedure = await SendAsync(NoticeTopics.Procedure, LegalNotice.Result);
        var preview = await Desk.PreviewAsync(Staff, new(_community.AreaId, null, NoticeTopics.General), Current.CancellationToken);
        await using (var db = Open())
        {
            var before = _clock.GetUtcNow().AddDays(-7).AddMinutes(-1);
            await db.WriteAsync(() => db.Deliveries.Where(d => d.CampaignId == first.Campaign.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.EndedAt, before), Current.CancellationToken), Current.CancellationToken);
        }
        var nextWeek = await SendAsync(NoticeTopics.General);

        Assert.Equal((1, 1, 0), (first.Numbers.Sent, second.Numbers.Sent, third.Numbers.Sent));
        Assert.Equal((CampaignState.Done, 1), (third.Campaign.State, third.Skipped[SkipReason.WeeklyLimit]));
        Assert.Equal((1, 1), (procedure.Numbers.Sent, nextWeek.Numbers.Sent));
        Assert.Equal((0, 1, 1), (preview!.Total, preview.Excluded[SkipReason.WeeklyLimit], preview.AtMost));
    }

    [Fact]
    public async Task Pause_and_stop_take_hold_within_the_batch_and_the_numbers_add_up_to_the_snapshot()
    {
        const int Owners = 1000;
        await StartAsync(Owners, ("Campaigns:PageSize", "1000"));
        var id = await AddAsync(_clock.GetUtcNow());
        var sending = CarryOnAsync(id);
        await UntilMessagesAsync(1);
        var paused = await Desk.PauseAsync(Staff, id, Current.CancellationToken);
        await sending;
        var atPause = await ReadAsync(id);
        await CarryOnAsync(id);
        var later = await ReadAsync(id);
        await Desk.ResumeAsync(Staff, id, Current.CancellationToken);
        sending = CarryOnAsync(id);
        await UntilMessagesAsync(later.Numbers.Sent + 1);
        var stopped = await Desk.CancelAsync(Staff, id, Current.CancellationToken);
        await sending;
        await CarryOnAsync(id);
        var end = await ReadAsync(id);

        Assert.Equal((StepOutcome.Done, StepOutcome.Done), (paused, stopped));
        Assert.Equal((CampaignState.Paused, Owners, 0), (atPause.Campaign.State, atPause.Numbers.Total, atPause.Numbers.Sending));
        Assert.InRange(atPause.Numbers.Sent, 1, Owners / 2);
        Assert.Equal(atPause.Numbers, later.Numbers);
        Assert.Equal((CampaignState.Cancelled, Owners, 0, 0), (end.Campaign.State, end.Numbers.Total, end.Numbers.Queued, end.Numbers.Sending));
        Assert.Equal(Owners, end.Numbers.Sent + end.Skipped[SkipReason.Cancelled]);
        Assert.InRange(end.Numbers.Sent, later.Numbers.Sent + 1, Owners - 1);
        Assert.Equal(end.Numbers.Sent, await MessagesAsync());
    }

    [Fact]
    public async Task Rows_of_a_stopped_campaign_that_a_dead_process_left_behind_end_too()
    {
        await StartAsync(owners: 1);
        var id = await AddAsync(_clock.GetUtcNow().AddDays(1));
        await using (var db = Open())
        {
            var contact = await db.Contacts.SingleAsync(Current.CancellationToken);
            db.Add(new Delivery
            {
                CampaignId = id,
                PersonId = contact.Id,
                ContactId = contact.Id,
                CommunityId = _community.Id,
                Channel = contact.Channel,
                Account = contact.Account,
                State = DeliveryState.Sending,
                ClaimedBy = "a-dead-process/0",
                DueAt = _clock.GetUtcNow(),
            });
            await db.SaveChangesAsync(Current.CancellationToken);
        }
        await Desk.CancelAsync(Staff, id, Current.CancellationToken);
        await _app!.Services.GetServices<IDueWork>().Single(work => work.Name == "campaigns").RunDueAsync(Current.CancellationToken);

        var view = await ReadAsync(id);
        Assert.Equal((0, 1), (view.Numbers.Sending, view.Skipped[SkipReason.Cancelled]));
        Assert.Equal(0, await MessagesAsync());
    }

    private CampaignDesk Desk => Get<CampaignDesk>();

    private async Task StartAsync(int owners, params (string Key, string Value)[] settings)
    {
        _app = await OutreachApp.StartAsync(new Dictionary<string, string?>(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))) { ["Demo:Load"] = "false" }, _clock);
        await using var db = Open();
        _community = await CampaignSeeds.AddOwnersAsync(db, owners, _clock.GetUtcNow(), Current.CancellationToken);
        await Get<CommunityDirectory>().ReloadAsync(Current.CancellationToken);
    }

    private T Get<T>() where T : notnull => _app!.Services.GetRequiredService<T>();

    private OutreachDb Open() => Get<IDbContextFactory<OutreachDb>>().CreateDbContext();

    private async Task<long> AddAsync(DateTimeOffset startAt, NoticeTopics topic = NoticeTopics.MyCommunity, LegalNotice? step = null)
    {
        await using var db = Open();
        var campaign = CampaignSeeds.Planned(_community, startAt, topic, step);
        db.Add(campaign);
        await db.SaveChangesAsync(Current.CancellationToken);
        return campaign.Id;
    }

    /// <summary>What the scheduler does every two seconds, now and to its end.</summary>
    private Task CarryOnAsync(long id) => Get<IGrainFactory>().GetGrain<ICampaignGrain>(id).CarryOnAsync();

    private async Task<CampaignView> ReadAsync(long id) => (await Desk.FindAsync(Staff, id, Current.CancellationToken))!;

    private async Task<Alert?> AlertAsync(long id)
    {
        await using var db = Open();
        return await db.Alerts.AsNoTracking().SingleOrDefaultAsync(a => a.Kind == AlertKind.CampaignPaused && a.Subject == $"campaign/{id}", Current.CancellationToken);
    }

    private async Task<int> MessagesAsync()
    {
        await using var db = Open();
        return await db.Messages.CountAsync(Current.CancellationToken);
    }

    private async Task UntilMessagesAsync(int atLeast)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (await MessagesAsync() < atLeast)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
    }
}
