using CsCheck;
using Outreach.Knowledge.Calculators;

namespace Outreach.Tests.Knowledge;

/// <summary>The worked cases of the counting rules, and laws that hold for all numbers.</summary>
public sealed class CalculatorTests
{
    private static readonly Share Community = Of(900, 90_000);

    private static readonly Gen<VoteCount> AnyVote =
        from all in Gen.Select(Gen.Int[1, 3000], Gen.Long[1, 30_000_000])
        from present in Gen.Select(Gen.Int[0, all.Item1], Gen.Long[0, all.Item2])
        from agreed in Gen.Select(Gen.Int[0, present.Item1], Gen.Long[0, present.Item2])
        from kind in Gen.Enum<VoteKind>()
        let count = new VoteCount(kind, new(all.Item1, new(all.Item2)), new(present.Item1, new(present.Item2)), new(agreed.Item1, new(agreed.Item2)))
        where VoteCalculator.FindImpossible(count) is null
        select count;

    [Theory]
    [InlineData(VoteKind.Ordinary, 600, 60_000, 301, 30_000.01, VoteOutcome.Passed)]       // exactly two thirds, more than half
    [InlineData(VoteKind.Ordinary, 600, 60_000, 300, 35_000, VoteOutcome.Rejected)]        // exactly half of the heads
    [InlineData(VoteKind.Ordinary, 599, 70_000, 599, 70_000, VoteOutcome.NoQuorum)]        // one head short
    [InlineData(VoteKind.Ordinary, 700, 59_999.99, 700, 59_999.99, VoteOutcome.NoQuorum)]  // 0.01 m² short
    [InlineData(VoteKind.Major, 600, 60_000, 450, 45_000, VoteOutcome.Passed)]             // exactly three quarters
    [InlineData(VoteKind.Major, 600, 60_000, 449, 50_000, VoteOutcome.Rejected)]
    public void A_community_of_900_owners_and_90000_square_metres(VoteKind kind, int present, double presentArea, int agreed, double agreedArea, VoteOutcome outcome) =>
        Assert.Equal(outcome, VoteCalculator.Count(new(kind, Community, Of(present, (decimal)presentArea), Of(agreed, (decimal)agreedArea))).Outcome);

    [Fact]
    public void Of_1000_owners_666_are_one_too_few()
    {
        var all = Of(1000, 100_000);

        var short1 = VoteCalculator.Count(new(VoteKind.Ordinary, all, Of(666, 70_000), Of(666, 70_000)));
        var enough = VoteCalculator.Count(new(VoteKind.Ordinary, all, Of(667, 66_666.67m), Of(334, 33_333.34m)));

        Assert.Equal((VoteOutcome.NoQuorum, Of(1, 0)), (short1.Outcome, short1.MissingPresent));
        Assert.Equal(VoteOutcome.Passed, enough.Outcome);
        Assert.Equal(667, VoteCalculator.FewestPresent(1000));
    }

    [Fact]
    public void Abstentions_take_part_and_do_not_agree_and_the_other_reading_is_shown()
    {
        var box = new BallotBox(Of(290, 29_000), Of(100, 10_000), Of(210, 21_000));

        var readings = box.Read(VoteKind.Ordinary, Community);

        Assert.Equal((VoteOutcome.Rejected, 11), (readings[0].Result.Outcome, readings[0].Result.MissingFor.Owners));
        Assert.Equal([false, true], readings.Select(reading => reading.IsContested));
        Assert.Equal(VoteOutcome.NoQuorum, readings[1].Result.Outcome);
    }

    [Fact]
    public void One_buyer_of_twelve_homes_is_one_head_and_so_is_the_developer()
    {
        var units = Enumerable.Repeat(new OwnedUnit("甲", Area.SquareMetres(100)), 12)
            .Concat(Enumerable.Repeat(new OwnedUnit("建设单位", Area.SquareMetres(100), UnitState.Unsold), 40))
            .Concat(Enumerable.Range(0, 10).Select(i => new OwnedUnit($"未交付{i}", Area.SquareMetres(100), UnitState.SoldNotDelivered)))
            .Concat(Enumerable.Range(0, 438).Select(i => new OwnedUnit($"业主{i}", Area.SquareMetres(100))));

        var all = OwnerRoll.Count(units);

        Assert.Equal(Of(440, 50_000), all);
        Assert.Equal(294, VoteCalculator.FewestPresent(all.Owners));
    }

    [Fact]
    public void Without_the_developer_the_area_may_not_be_enough()
    {
        var result = VoteCalculator.Count(new(VoteKind.Ordinary, Of(440, 60_000), Of(439, 35_000), Of(439, 35_000)));

        Assert.Equal((VoteOutcome.NoQuorum, Of(0, 5_000)), (result.Outcome, result.MissingPresent));
    }

    [Fact]
    public void A_couple_that_disagrees_is_one_head_with_an_invalid_vote()
    {
        Assert.Equal(Of(1, 100), OwnerRoll.Count([new("夫妻", Area.SquareMetres(100))]));
        Assert.Equal(Ballot.Invalid, BallotBox.OfCoOwners([Ballot.For, Ballot.Against]));
        Assert.Equal(Ballot.For, BallotBox.OfCoOwners([Ballot.For, Ballot.For]));
    }

    [Fact]
    public void A_titled_parking_place_adds_area_but_no_head()
    {
        OwnedUnit[] units = [new("甲", Area.SquareMetres(100), ParkingArea: Area.SquareMetres(12.5m))];

        Assert.Equal(Of(1, 100), OwnerRoll.Count(units));
        Assert.Equal(Of(1, 112.5m), OwnerRoll.Count(units, ParkingCounts.Yes));
    }

    [Fact]
    public void Delivered_ballots_that_never_came_back_are_a_second_result()
    {
        var box = new BallotBox(Of(550, 58_000), default, default, DeliveredNotReturned: Of(120, 12_000));

        var readings = box.Read(VoteKind.Ordinary, Community);

        Assert.Equal(VoteOutcome.NoQuorum, readings[0].Result.Outcome);
        Assert.Equal((CountingRule.DeliveredTakePart, Of(670, 70_000)), (readings[1].Rule, readings[1].Present));
        Assert.Equal((Share)default, readings[1].Result.MissingPresent);
    }

    [Fact]
    public void A_lift_for_one_stairway_of_24_homes()
    {
        var result = VoteCalculator.Count(new(VoteKind.Major, Of(24, 2_400), Of(16, 1_600), Of(11, 1_100)));

        Assert.Equal((VoteOutcome.Rejected, Of(1, 100)), (result.Outcome, result.MissingFor));
    }

    [Fact]
    public void A_fifth_may_ask_for_an_interim_meeting()
    {
        Assert.Equal(Of(88, 12_000), PetitionShare.Fewest(Of(440, 60_000)));
        Assert.Equal(89, PetitionShare.Fewest(Of(441, 60_000)).Owners);
        Assert.True(PetitionShare.IsEnough(Of(440, 60_000), Of(88, 12_000)));
        Assert.Equal(Of(1, 0), PetitionShare.Missing(Of(440, 60_000), Of(87, 13_000)));
    }

    [Theory]
    [InlineData(7, 4, 4)]
    [InlineData(11, 6, 6)]
    public void A_committee_meets_with_more_than_half_and_decides_with_half(int members, int present, int agreed)
    {
        Assert.Equal(present, CommitteeMeeting.FewestPresent(members));
        Assert.Equal(agreed, CommitteeMeeting.FewestFor(members));
    }

    [Fact]
    public void A_committee_of_seven_with_four_left_fills_its_seats_and_with_three_is_elected_anew()
    {
        Assert.False(CommitteeMeeting.MustElectAnew(7, left: 4));
        Assert.True(CommitteeMeeting.MustElectAnew(7, left: 3));
        Assert.True(CommitteeMeeting.IsValidSize(7));
        Assert.False(CommitteeMeeting.IsValidSize(6));
    }

    [Fact]
    public void The_day_of_the_event_does_not_count()
    {
        Assert.Equal(new DateOnly(2026, 4, 9), LegalDates.Within(new(2026, 3, 10), 30).Day);
        Assert.Equal(new DateOnly(2026, 7, 5), LegalDates.Within(new(2026, 5, 6), 60).Day);
        Assert.Equal(new DateOnly(2026, 7, 6), LegalDates.SafeAfter(new(2026, 7, 5)));
        Assert.Equal(new DateOnly(2026, 5, 29), LegalDates.LatestBefore(new(2026, 6, 13), 15));
        Assert.Equal(new DateOnly(2025, 2, 28), LegalDates.WithinYears(new(2024, 2, 29), 1).Day);
    }

    [Fact]
    public void A_last_day_on_a_holiday_may_move_but_the_earlier_one_is_shown()
    {
        var holidays = new HashSet<DateOnly> { new(2026, 10, 1), new(2026, 10, 2) };

        Assert.Equal(new Deadline(new(2026, 10, 1), new(2026, 10, 3)), LegalDates.Within(new(2026, 9, 1), 30, holidays));
        Assert.Null(LegalDates.Within(new(2026, 8, 1), 30, holidays).Extended);
    }

    [Fact]
    public void A_plan_has_the_fourteen_steps_with_the_dates_of_the_law()
    {
        var plan = TimelinePlanner.Plan(new(Today: new(2026, 3, 1), AppliedOn: new(2026, 3, 1), MeetingOn: new(2026, 6, 13), TermYears: 3));

        Assert.Equal(Enumerable.Range(1, 14), plan.Select(step => step.Number));
        Assert.Equal(new DateOnly(2026, 4, 30), plan[3].Day);
        Assert.Equal(new DateOnly(2026, 5, 29), plan[7].Day);
        Assert.Equal(new DateOnly(2026, 6, 20), plan[10].Day);
        Assert.Equal(new DateOnly(2026, 7, 13), plan[11].Day);
        Assert.Equal(new DateOnly(2029, 6, 13), plan[13].Day);
        Assert.All(plan, step => Assert.Equal(step.Day is null, step.Timing == TimelineTiming.Open));
    }

    [Fact]
    public void Without_a_date_the_meeting_is_the_first_day_that_leaves_time_for_the_notice() =>
        Assert.Equal(new DateOnly(2026, 3, 17), TimelinePlanner.Plan(new(new(2026, 3, 1)))[8].Day);

    [Theory]
    [InlineData(0, 1, 0, 0, 0, 0, "全体业主人数")]
    [InlineData(9, 0, 0, 0, 0, 0, "面积要大于0")]
    [InlineData(9, 9, 10, 5, 0, 0, "参加的有10人")]
    [InlineData(9, 9, 5, 10, 0, 0, "参加的面积10平方米")]
    [InlineData(9, 9, 5, 5, 6, 5, "同意的有6人")]
    [InlineData(9, 9, 5, 5, 5, 6, "同意的面积6平方米")]
    [InlineData(9, 9, 5, 0, 0, 0, "有人参加就有面积")]
    [InlineData(9, 9, 5, 5, 1, 0, "有人同意就有面积")]
    [InlineData(9, 9, -1, 5, 0, 0, "负数")]
    public void An_impossible_number_is_asked_back(int owners, int area, int present, int presentArea, int agreed, int agreedArea, string question)
    {
        var count = new VoteCount(VoteKind.Ordinary, Of(owners, area), Of(present, presentArea), Of(agreed, agreedArea));

        Assert.Contains(question, VoteCalculator.FindImpossible(count), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => VoteCalculator.Count(count));
    }

    [Theory]
    [InlineData("85.6", 85_60)]
    [InlineData("85.60㎡", 85_60)]
    [InlineData("90 000平方米", 90_000_00)]
    [InlineData("6.5万平", 65_000_00)]
    public void An_area_is_read_as_people_write_it(string text, long hundredths) => Assert.Equal(new Area(hundredths), Area.Parse(text));

    [Theory]
    [InlineData("85.678")]
    [InlineData("-5")]
    [InlineData("很大")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public void What_is_no_area_is_refused(string text) => Assert.Null(Area.Parse(text));

    [Fact]
    public void The_result_is_that_of_exact_fractions() =>
        AnyVote.Sample(count =>
        {
            var (all, present, agreed) = (count.All, count.Present, count.For);
            var quorum = (3L * present.Owners >= 2L * all.Owners) && (3 * present.Area.Hundredths >= 2 * all.Area.Hundredths);
            var majority = count.Kind == VoteKind.Ordinary
                ? (2L * agreed.Owners > present.Owners) && (2 * agreed.Area.Hundredths > present.Area.Hundredths)
                : (4L * agreed.Owners >= 3L * present.Owners) && (4 * agreed.Area.Hundredths >= 3 * present.Area.Hundredths);
            var expected = !quorum ? VoteOutcome.NoQuorum : majority ? VoteOutcome.Passed : VoteOutcome.Rejected;
            return VoteCalculator.Count(count).Outcome == expected;
        });

    [Fact]
    public void What_is_missing_is_just_enough_to_pass() =>
        AnyVote.Sample(count =>
        {
            var lacks = VoteCalculator.Count(count);
            if (lacks.Outcome != VoteOutcome.Rejected)
                return true;
            var mended = count with { For = count.For + lacks.MissingFor };
            return VoteCalculator.FindImpossible(mended) is not null || VoteCalculator.Count(mended).Outcome == VoteOutcome.Passed;
        });

    [Fact]
    public void More_agreement_never_turns_a_pass_into_a_failure() =>
        AnyVote.Sample(count =>
        {
            var more = count with { For = count.Present };
            return VoteCalculator.Count(count).Outcome != VoteOutcome.Passed || VoteCalculator.Count(more).Outcome == VoteOutcome.Passed;
        });

    private static Share Of(int owners, decimal area) => new(owners, Area.SquareMetres(area));
}
