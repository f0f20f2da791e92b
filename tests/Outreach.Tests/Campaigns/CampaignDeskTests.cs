using Microsoft.EntityFrameworkCore;
using Outreach.Campaigns;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Tests.Leads;
using static Xunit.TestContext;

namespace Outreach.Tests.Campaigns;

/// <summary>What staff do with notices, up to the send.</summary>
public sealed class CampaignDeskTests
{
    private static readonly StaffScope Composer = LeadScene.Keeper;
    private static readonly StaffScope Second = LeadScene.Keeper with { StaffId = "s-second", DisplayName = "第二人" };

    /// <summary>The city's clocks show this hour of 24 November 2026.</summary>
    private static DateTimeOffset At(int hour, int minute = 0) => new(2026, 11, 24, hour, minute, 0, TimeSpan.FromHours(8));

    private static CampaignDraft Draft(long areaId, int total, DateTimeOffset? startAt = null) => new()
    {
        Title = "{小区}通知",
        Body = "周六开会。",
        Audience = new(areaId, null, NoticeTopics.MyCommunity),
        StartAt = startAt,
        FormToken = Guid.NewGuid(),
        ConfirmedTotal = total,
    };

    private static async Task<(LeadScene Scene, CampaignDesk Desk, long AreaId)> SceneAsync(int owners, params (string Key, string Value)[] settings)
    {
        var scene = await LeadScene.CreateAsync(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        for (var n = 0; n < owners; n++)
            await scene.SignUpAsync(room: $"{n + 1}号楼1单元101");
        return (scene, scene.Rooms.Get<CampaignDesk>(), scene.Community().AreaId);
    }

    [Theory]
    [InlineData(21, "11月26日（周四）")]
    [InlineData(20, "11月26日（周四）")]
    [InlineData(7, "11月25日（周三）")]
    [InlineData(0, "11月25日（周三）")]
    public async Task A_start_in_quiet_hours_is_refused_with_the_next_time_that_is_allowed(int hour, string next)
    {
        var (scene, desk, area) = await SceneAsync(1);
        await using var _ = scene;

        var made = await desk.CreateAsync(Composer, Draft(area, 1, At(hour).AddDays(1)), Current.CancellationToken);

        Assert.Equal(CreateOutcome.Invalid, made.Outcome);
        var (field, problem) = Assert.Single(made.Problems!);
        Assert.Equal(nameof(CampaignDraft.StartAt), field);
        Assert.Equal($"晚8点到早8点不发通知，最早 {next}上午8:00 发。", problem);
    }

    [Fact]
    public async Task At_once_is_refused_at_night_and_taken_in_the_last_minute_before()
    {
        var (scene, desk, area) = await SceneAsync(1);
        await using var _ = scene;

        scene.Rooms.Clock.SetUtcNow(At(19, 59));
        var before = await desk.CreateAsync(Composer, Draft(area, 1), Current.CancellationToken);
        scene.Rooms.Clock.SetUtcNow(At(20));
        var at = await desk.CreateAsync(Composer, Draft(area, 1), Current.CancellationToken);
        var readBefore = await desk.CreateAsync(Composer, Draft(area, 1, At(19, 58)), Current.CancellationToken);

        Assert.Equal((CreateOutcome.Created, CreateOutcome.Invalid, CreateOutcome.Invalid), (before.Outcome, at.Outcome, readBefore.Outcome));
    }

    [Fact]
    public async Task The_hours_come_from_the_settings_and_may_be_all_hours()
    {
        var (scene, desk, area) = await SceneAsync(1, ("Campaigns:QuietUntilHour", "7"), ("Campaigns:QuietFromHour", "22"));
        await using var _ = scene;
        var (all, allDesk, allArea) = await SceneAsync(1, ("Campaigns:QuietUntilHour", "0"), ("Campaigns:QuietFromHour", "24"));
        await using var __ = all;

        var late = await desk.CreateAsync(Composer, Draft(area, 1, At(23)), Current.CancellationToken);
        var evening = await desk.CreateAsync(Composer, Draft(area, 1, At(21)), Current.CancellationToken);
        var midnight = await allDesk.CreateAsync(Composer, Draft(allArea, 1, At(23, 59)), Current.CancellationToken);

        Assert.Equal("晚10点到早7点不发通知，最早 11月25日（周三）上午7:00 发。", Assert.Single(late.Problems!).Problem);
        Assert.Equal((CreateOutcome.Created, CreateOutcome.Created), (evening.Outcome, midnight.Outcome));
        Assert.Null(all.Rooms.Get<SendingHours>().Rule);
    }

    [Fact]
    public async Task One_form_sent_twice_at_the_same_moment_makes_one_campaign()
    {
        var (scene, desk, area) = await SceneAsync(2);
        await using var _ = scene;
        var draft = Draft(area, 2);

        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.CreateAsync(Composer, draft, Current.CancellationToken)));

        Assert.Equal([CreateOutcome.Created, CreateOutcome.AlreadyCreated, CreateOutcome.AlreadyCreated, CreateOutcome.AlreadyCreated], made.Select(m => m.Outcome).Order());
        Assert.Single(made.Select(m => m.Campaign!.Id).Distinct());
        await using var db = scene.Rooms.Open();
        Assert.Equal(1, await db.Campaigns.CountAsync(Current.CancellationToken));
    }

    [Fact]
    public async Task Above_the_limit_another_person_approves_once_and_never_the_composer()
    {
        var (scene, desk, area) = await SceneAsync(2, ("Campaigns:ApprovalAbove", "1"));
        await using var _ = scene;
        var made = await desk.CreateAsync(Composer, Draft(area, 2), Current.CancellationToken);
        var id = made.Campaign!.Id;

        var own = await desk.ApproveAsync(Composer, id, Current.CancellationToken);
        var others = await Task.WhenAll(
            desk.ApproveAsync(Second, id, Current.CancellationToken),
            desk.ApproveAsync(Second with { StaffId = "s-third", DisplayName = "第三人" }, id, Current.CancellationToken));

        Assert.Equal((CampaignState.AwaitingApproval, StepOutcome.OwnCampaign), (made.Campaign.State, own));
        Assert.Equal([StepOutcome.Done, StepOutcome.WrongState], others.Order());
        var view = await desk.FindAsync(Composer, id, Current.CancellationToken);
        Assert.Equal(CampaignState.Scheduled, view!.Campaign.State);
    }

    [Fact]
    public async Task What_is_approved_or_resumed_at_night_waits_for_the_morning_and_a_later_plan_keeps_its_time()
    {
        var (scene, desk, area) = await SceneAsync(2, ("Campaigns:ApprovalAbove", "1"));
        await using var _ = scene;
        var now = await desk.CreateAsync(Composer, Draft(area, 2), Current.CancellationToken);
        var planned = await desk.CreateAsync(Composer, Draft(area, 2, At(15).AddDays(3)), Current.CancellationToken);
        scene.Rooms.Clock.SetUtcNow(At(22));

        await desk.ApproveAsync(Second, now.Campaign!.Id, Current.CancellationToken);
        await desk.ApproveAsync(Second, planned.Campaign!.Id, Current.CancellationToken);
        await desk.PauseAsync(Composer, planned.Campaign.Id, Current.CancellationToken);
        await desk.ResumeAsync(Composer, planned.Campaign.Id, Current.CancellationToken);

        async Task<Campaign> Read(long id) => (await desk.FindAsync(Composer, id, Current.CancellationToken))!.Campaign;
        Assert.Equal((CampaignState.Scheduled, At(8).AddDays(1)), ((await Read(now.Campaign.Id)).State, (await Read(now.Campaign.Id)).StartAt));
        Assert.Equal((CampaignState.Scheduled, At(15).AddDays(3)), ((await Read(planned.Campaign.Id)).State, (await Read(planned.Campaign.Id)).StartAt));
    }
}
