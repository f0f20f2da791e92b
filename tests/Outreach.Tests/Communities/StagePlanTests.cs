using System.Globalization;
using CsCheck;
using Outreach.Communities;

namespace Outreach.Tests.Communities;

/// <summary>The deadlines of the fourteen steps against the timetable of the law.</summary>
public sealed class StagePlanTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    private static StageFacts Facts(CommunityStage stage, DateOnly? since = null, DateOnly? ends = null, DateOnly? planned = null, params (int Number, DateOnly Day)[] done) =>
        new(stage, since, ends, 1, done.ToDictionary(d => d.Number, d => d.Day), planned, null);

    private static DateOnly? Latest(StageFacts facts, int number) => StagePlan.Make(facts).Steps[number - 1].Latest;

    [Theory]
    [InlineData("2026-10-22", 4, "2026-12-21")]      // 指导规则 9: sixty days after the application
    [InlineData("2024-01-01", 4, "2024-03-01")]      // over a leap day
    public void The_group_is_due_sixty_days_after_the_application(string applied, int step, string latest) =>
        Assert.Equal(DateOnly.Parse(latest, CultureInfo.InvariantCulture), Latest(Facts(CommunityStage.Applied, done: (2, DateOnly.Parse(applied, CultureInfo.InvariantCulture))), step));

    [Fact]
    public void The_notice_is_due_fifteen_days_before_the_meeting() =>
        Assert.Equal(new DateOnly(2026, 5, 29), Latest(Facts(CommunityStage.PreparatoryGroup, planned: new(2026, 6, 13)), 8));      // law-facts, example 21

    [Fact]
    public void Filing_is_due_thirty_and_the_first_session_seven_days_after_the_election()
    {
        var facts = Facts(CommunityStage.Elected, done: (9, new(2026, 3, 10)));

        Assert.Equal(new DateOnly(2026, 4, 9), Latest(facts, 12));                                                                 // law-facts, example 19
        Assert.Equal(new DateOnly(2026, 3, 17), Latest(facts, 11));
        Assert.Equal(new DateOnly(2031, 3, 10), Latest(facts, 14));                                                                // no term known: five years at most
    }

    [Fact]
    public void A_known_end_of_the_term_stands_before_the_five_years() =>
        Assert.Equal(new DateOnly(2029, 3, 9), Latest(Facts(CommunityStage.Filed, ends: new(2029, 3, 9), done: (9, new DateOnly(2026, 3, 10))), 14));

    [Fact]
    public void Nothing_is_computed_from_days_that_nobody_recorded()
    {
        Assert.All(StagePlan.Make(Facts(CommunityStage.None)).Steps, step => Assert.Null(step.Latest));
        Assert.Null(Latest(Facts(CommunityStage.PreparatoryGroup, since: new(2026, 8, 20)), 8));
        Assert.Null(Latest(Facts(CommunityStage.FirstMeeting, since: new(2026, 11, 10)), 12));
    }

    [Theory]
    [InlineData(CommunityStage.None, 1)]
    [InlineData(CommunityStage.Applied, 3)]
    [InlineData(CommunityStage.PreparatoryGroup, 5)]
    [InlineData(CommunityStage.FirstMeeting, 9)]
    [InlineData(CommunityStage.Elected, 11)]
    [InlineData(CommunityStage.Filed, 13)]
    [InlineData(CommunityStage.TermOver, 14)]
    public void The_next_step_follows_the_stage(CommunityStage stage, int next) => Assert.Equal(next, StagePlan.Make(Facts(stage)).Now!.Number);

    [Fact]
    public void Beside_the_management_committee_no_step_applies()
    {
        var plan = StagePlan.Make(Facts(CommunityStage.ManagementCommittee));

        Assert.Null(plan.Now);
        Assert.All(plan.Steps, step => Assert.Equal(StepState.NotApplicable, step.State));
        Assert.Contains("先改回成立业委会", StagePlan.FindProblem(plan.Facts, 2, StepMark.Done, Today, Today), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_re_election_filing_counts_from_it_and_the_first_ten_steps_do_not_apply()
    {
        var plan = StagePlan.Make(new(CommunityStage.Elected, new(2026, 11, 2), null, 2, new Dictionary<int, DateOnly>(), null, new DateOnly(2026, 11, 2)));

        Assert.All(plan.Steps.Take(10), step => Assert.Equal(StepState.NotApplicable, step.State));
        Assert.Equal(new DateOnly(2026, 12, 2), plan.Steps[11].Latest);
    }

    [Theory]
    [InlineData(4, "2026-10-01", "第2步")]           // before the application
    [InlineData(2, "2026-11-20", "第4步")]           // after the group
    [InlineData(9, "2026-12-01", "定在哪天")]         // still to come
    [InlineData(4, "1026-12-01", "年份不对")]
    public void An_impossible_day_is_refused_with_what_to_mend(int step, string day, string says)
    {
        var facts = Facts(CommunityStage.PreparatoryGroup, done: [(2, new(2026, 10, 22)), (4, new(2026, 11, 10))]);

        Assert.Contains(says, StagePlan.FindProblem(facts, step, StepMark.Done, DateOnly.Parse(day, CultureInfo.InvariantCulture), Today), StringComparison.Ordinal);
    }

    [Fact]
    public void A_meeting_is_not_planned_within_the_fifteen_days_after_its_notice()
    {
        var facts = Facts(CommunityStage.FirstMeeting, done: (8, new(2026, 5, 29)));

        Assert.Contains("最早2026年6月13日", StagePlan.FindProblem(facts, 9, StepMark.Planned, new(2026, 6, 12), Today), StringComparison.Ordinal);
        Assert.Null(StagePlan.FindProblem(facts, 9, StepMark.Planned, new(2026, 6, 13), Today));
    }

    [Fact]
    public void Every_step_has_its_ground_but_the_notice_of_the_result()
    {
        Assert.Equal(14, StepBook.All.Count);
        Assert.Equal([10], StepBook.All.Where(s => s.Grounds.Count == 0).Select(s => s.Number));
        Assert.Equal("物业管理条例16", StepBook.Get(StepBook.Filing).Grounds[0].Canonical);
        Assert.Equal("民法典278", StepBook.Get(StepBook.Meeting).Grounds[0].Canonical);
    }

    [Fact]
    public void Of_the_reminders_that_are_past_only_the_last_is_wanted_and_all_that_are_to_come() =>
        Gen.Int[-400, 400].Sample(away =>
        {
            var deadline = Today.AddDays(away);
            var wanted = StepReminders.Wanted(12, deadline, Today).ToList();

            return wanted.Count == wanted.Distinct().Count()
                && wanted.Count(d => deadline.AddDays(-d) < Today) <= 1
                && StagePlan.RemindDaysBefore(12).Where(d => deadline.AddDays(-d) >= Today).All(wanted.Contains)
                && (away >= 0 || wanted.Contains(-1));
        });
}
