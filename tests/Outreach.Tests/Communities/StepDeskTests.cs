using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;
using static Xunit.TestContext;

namespace Outreach.Tests.Communities;

/// <summary>Recording the legal steps of a community, taking them back, and the reminders that follow from them. The clock stands at 24 November 2026.</summary>
public sealed class StepDeskTests
{
    private const string Key = "hepanhuayuan";      // of the demo: nothing begun yet
    private static readonly StaffScope Keeper = new("staff-1", "保管", StaffRoles.Bureau, null, "/", 0);

    private static DirectoryCommunity Community(TestRooms rooms) => rooms.Get<CommunityDirectory>().FindByKey(Key)!;

    private static async Task<TestRooms> StartAsync()
    {
        var rooms = await TestRooms.CreateAsync();
        await rooms.Get<DemoData>().LoadAsync(Current.CancellationToken);
        return rooms;
    }

    private static async Task RecordAsync(TestRooms rooms, int step, DateOnly day, StepMark mark = StepMark.Done, StaffScope? scope = null)
    {
        var result = await rooms.Get<StepDesk>().RecordAsync(Community(rooms).Id, step, mark, day, scope ?? Keeper, null, Current.CancellationToken);
        Assert.Equal((DeskOutcome.Saved, null), (result.Outcome, result.Problem));
    }

    private static Task<StepResult> UndoAsync(TestRooms rooms, int step, StepMark mark = StepMark.Done) =>
        rooms.Get<StepDesk>().UndoAsync(Community(rooms).Id, step, mark, Keeper, null, Current.CancellationToken);

    private static async Task<List<Alert>> AlertsAsync(TestRooms rooms)
    {
        await rooms.Get<StepReminders>().RunDueAsync(Current.CancellationToken);
        await using var db = rooms.Open();
        var subject = $"community/{Community(rooms).Id}/";
        return await db.Alerts.Where(a => a.Kind == AlertKind.LegalDate && a.Subject.StartsWith(subject)).OrderBy(a => a.Id).ToListAsync(Current.CancellationToken);
    }

    [Fact]
    public async Task The_stage_follows_the_recorded_steps_and_goes_back_when_they_are_taken_back()
    {
        await using var rooms = await StartAsync();

        await RecordAsync(rooms, 2, new(2026, 10, 22));
        Assert.Equal((CommunityStage.Applied, new DateOnly(2026, 10, 22)), (Community(rooms).Stage, Community(rooms).StageSince));
        await RecordAsync(rooms, 4, new(2026, 11, 16));
        Assert.Equal(5, Community(rooms).Plan.Now!.Number);
        await UndoAsync(rooms, 4);

        Assert.Equal((CommunityStage.Applied, new DateOnly(2026, 10, 22)), (Community(rooms).Stage, Community(rooms).StageSince));
        Assert.Equal(new DateOnly(2026, 12, 21), Community(rooms).Plan.Steps[3].Latest);
        var history = await rooms.Get<StepDesk>().HistoryAsync(Community(rooms).Id, Keeper, day => $"{day:M-d}", Current.CancellationToken);
        Assert.Contains(history, line => line.Text == "撤销第4步的11-16");
        Assert.Contains(history, line => line.Text == "阶段 还没有开始 → 已书面申请");
    }

    [Fact]
    public async Task A_corrected_day_keeps_the_former_one_in_the_history_and_still_goes_back_to_the_start()
    {
        await using var rooms = await StartAsync();

        await RecordAsync(rooms, 2, new(2026, 10, 22));
        await RecordAsync(rooms, 2, new(2026, 10, 20));
        Assert.Equal(new DateOnly(2026, 10, 20), Community(rooms).StageSince);
        await UndoAsync(rooms, 2);

        Assert.Equal((CommunityStage.None, (DateOnly?)null), (Community(rooms).Stage, Community(rooms).StageSince));
        await using var db = rooms.Open();
        Assert.Equal(2, await db.CommunitySteps.CountAsync(s => s.UndoneAt != null, Current.CancellationToken));
    }

    [Fact]
    public async Task A_re_election_begins_a_round_of_its_own_and_can_be_taken_back_until_that_has_begun()
    {
        await using var rooms = await StartAsync();
        await RecordAsync(rooms, 9, new(2021, 10, 5));
        await RecordAsync(rooms, 12, new(2021, 10, 20));

        await RecordAsync(rooms, 14, new(2026, 11, 2));
        Assert.Equal((CommunityStage.Elected, 2, new DateOnly(2026, 12, 2)), (Community(rooms).Stage, Community(rooms).Plan.Facts.Round, Community(rooms).Plan.Steps[11].Latest));
        await RecordAsync(rooms, 12, new(2026, 11, 20));
        Assert.Contains("新一届已经记了", (await UndoAsync(rooms, 14)).Problem, StringComparison.Ordinal);
        await UndoAsync(rooms, 12);
        await UndoAsync(rooms, 14);

        Assert.Equal((CommunityStage.Filed, 1, new DateOnly(2021, 10, 20)), (Community(rooms).Stage, Community(rooms).Plan.Facts.Round, Community(rooms).Plan.Facts.Done[12]));
    }

    [Fact]
    public async Task The_other_way_keeps_the_recorded_days_and_comes_back_to_their_stage()
    {
        await using var rooms = await StartAsync();
        await RecordAsync(rooms, 2, new(2026, 10, 22));
        var desk = rooms.Get<StepDesk>();

        await desk.ChooseAsync(Community(rooms).Id, CommitteeWay.Management, Keeper, null, Current.CancellationToken);
        Assert.Equal(CommunityStage.ManagementCommittee, Community(rooms).Stage);
        Assert.Empty(Community(rooms).Plan.Deadlines);
        await desk.ChooseAsync(Community(rooms).Id, CommitteeWay.Homeowners, Keeper, null, Current.CancellationToken);

        Assert.Equal((CommunityStage.Applied, new DateOnly(2026, 10, 22)), (Community(rooms).Stage, Community(rooms).StageSince));
    }

    [Fact]
    public async Task A_community_of_another_area_is_not_there()
    {
        await using var rooms = await StartAsync();
        var elsewhere = rooms.Get<CommunityDirectory>().Current.Areas.First(a => a.Name.StartsWith("和平街道", StringComparison.Ordinal));
        var stranger = new StaffScope("staff-2", "别处", StaffRoles.Street, elsewhere.Id, elsewhere.Path, 2);

        var result = await rooms.Get<StepDesk>().RecordAsync(Community(rooms).Id, 2, StepMark.Done, new(2026, 10, 22), stranger, null, Current.CancellationToken);

        Assert.Equal(DeskOutcome.NoSuchRow, result.Outcome);
        Assert.Empty(await rooms.Get<StepDesk>().HistoryAsync(Community(rooms).Id, stranger, day => $"{day:M-d}", Current.CancellationToken));
    }

    [Fact]
    public async Task Each_reminder_comes_once_and_ends_when_the_step_is_done()
    {
        await using var rooms = await StartAsync();
        await RecordAsync(rooms, 2, new(2026, 10, 10));                    // the group is due on 9 December

        Assert.Empty(await AlertsAsync(rooms));                            // fifteen days before
        rooms.Clock.Advance(TimeSpan.FromDays(1));
        var first = Assert.Single(await AlertsAsync(rooms));
        Assert.Contains("最迟12月9日 周三，还有 14 天", first.Text, StringComparison.Ordinal);
        Assert.Single(await AlertsAsync(rooms));                           // not again
        rooms.Clock.Advance(TimeSpan.FromDays(7));
        var second = await AlertsAsync(rooms);
        Assert.Equal([false, true], second.Select(a => a.ResolvedAt is null));
        Assert.Contains("还有 7 天", second[1].Text, StringComparison.Ordinal);
        rooms.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Contains("已过 1 天", (await AlertsAsync(rooms))[^1].Text, StringComparison.Ordinal);
        await RecordAsync(rooms, 4, new(2026, 12, 10));

        Assert.All(await AlertsAsync(rooms), alert => Assert.NotNull(alert.ResolvedAt));
    }

    [Fact]
    public async Task A_deadline_long_past_reminds_once_and_not_three_times()
    {
        await using var rooms = await StartAsync();

        await RecordAsync(rooms, 2, new(2026, 1, 5));

        Assert.Contains("已过", Assert.Single(await AlertsAsync(rooms)).Text, StringComparison.Ordinal);
    }
}
