using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Contacts;
using Outreach.Staff;
using static Xunit.TestContext;

namespace Outreach.Tests.Campaigns;

/// <summary>What the page of a notice that is being sent says of its speed and its end. It is Tuesday, 24 November 2026, 10:00 in the city.</summary>
public sealed class CampaignPaceTests : IAsyncLifetime
{
    private const int Waiting = 20;
    private TestRooms _rooms = null!;

    public async ValueTask InitializeAsync() => _rooms = await TestRooms.CreateAsync(new Dictionary<string, string?>
    {
        ["Campaigns:Quotas:sms:Limit"] = "10",
        ["Campaigns:Quotas:sms:Window"] = "01:00:00",
    });

    public ValueTask DisposeAsync() => _rooms.DisposeAsync();

    [Fact]
    public async Task Ten_copies_in_two_minutes_are_five_a_minute_and_twenty_more_take_four()
    {
        var pace = await ReadAsync("webchat", CampaignState.Sending);

        Assert.Equal((5, _rooms.Clock.GetUtcNow().AddMinutes(4)), (pace.PerMinute, pace.EndsAt));
        Assert.Equal(new ChannelPace("webchat", Waiting, null, null), Assert.Single(pace.Channels));
        Assert.Equal("每分钟约 5 条，约 10:04 发完。", NoticeText.Of(pace, _rooms.Get<LocalText>()));
    }

    [Fact]
    public async Task What_the_quota_leaves_for_later_windows_is_counted_in()
    {
        var now = _rooms.Clock.GetUtcNow();
        await _rooms.TurnAsync(db =>
        {
            db.Add(new ChannelQuota { Account = "sms/default", WindowStart = now.AddMinutes(-30), Used = 5 });
            return Task.CompletedTask;
        });

        var pace = await ReadAsync("sms", CampaignState.Sending);

        // Five of this hour's ten are left, ten go at 10:30, and the last five at 11:30.
        Assert.Equal(now.AddMinutes(91), pace.EndsAt);
        Assert.Equal("余量还有 5 条", NoticeText.Of(Assert.Single(pace.Channels), _rooms.Get<LocalText>()));
    }

    [Fact]
    public async Task The_quiet_hours_lie_between_and_a_paused_notice_has_no_end()
    {
        _rooms.Clock.Advance(TimeSpan.FromHours(9) + TimeSpan.FromMinutes(58));

        var (pace, paused) = (await ReadAsync("webchat", CampaignState.Sending), await ReadAsync("webchat", CampaignState.Paused));

        Assert.Equal("每分钟约 5 条，约 11月25日 周三 8:02 发完。", NoticeText.Of(pace, _rooms.Get<LocalText>()));
        Assert.Null(paused.EndsAt);
    }

    /// <summary>Of a campaign of which ten copies went out in the last two minutes.</summary>
    private async Task<Pace> ReadAsync(string channel, CampaignState state)
    {
        const int Sent = 10;
        var now = _rooms.Clock.GetUtcNow();
        await using var db = _rooms.Open();
        var community = await CampaignSeeds.AddOwnersAsync(db, [.. Enumerable.Range(0, Sent + Waiting).Select(n => (channel, $"{state}-{n}"))], now, Current.CancellationToken, $"{state}");
        var campaign = CampaignSeeds.Planned(community, now);
        campaign.State = state;
        db.Add(campaign);
        await db.SaveChangesAsync(Current.CancellationToken);
        var contacts = await db.Contacts.Where(c => c.CommunityId == community.Id).OrderBy(c => c.Id).ToListAsync(Current.CancellationToken);
        foreach (var (n, contact) in contacts.Index())
            db.Add(new Delivery
            {
                CampaignId = campaign.Id,
                PersonId = contact.Id,
                ContactId = contact.Id,
                CommunityId = community.Id,
                Channel = channel,
                Account = "default",
                DueAt = now,
                State = n < Sent ? DeliveryState.Sent : DeliveryState.Queued,
                EndedAt = n < Sent ? now.AddSeconds(-12 * (Sent - n)) : null,
            });
        await db.SaveChangesAsync(Current.CancellationToken);
        return await _rooms.Get<CampaignPace>().ReadAsync(campaign, Current.CancellationToken);
    }
}
