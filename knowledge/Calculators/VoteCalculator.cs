namespace Outreach.Knowledge.Calculators;

/// <summary>Whether a vote of all owners passes (民法典 278②, 1259). Whole numbers multiplied crosswise: nothing is rounded.</summary>
public static class VoteCalculator
{
    /// <summary>Fewest heads that must take part: two thirds, rounded up.</summary>
    public static int FewestPresent(int owners) => (int)(((2L * owners) + 2) / 3);

    /// <summary>Least area that must take part.</summary>
    public static Area FewestPresent(Area all) => new(((2 * all.Hundredths) + 2) / 3);

    /// <summary>Fewest heads that must agree when so many take part: exactly half is not more than half.</summary>
    public static int FewestFor(VoteKind kind, int present) => kind switch
    {
        VoteKind.Ordinary => (present / 2) + 1,
        VoteKind.Major => (int)(((3L * present) + 3) / 4),
    };

    /// <summary>Least area that must agree when so much takes part.</summary>
    public static Area FewestFor(VoteKind kind, Area present) => kind switch
    {
        VoteKind.Ordinary => new((present.Hundredths / 2) + 1),
        VoteKind.Major => new(((3 * present.Hundredths) + 3) / 4),
    };

    /// <summary>A question back, in Chinese, that names the number which cannot be; null when the numbers are possible.</summary>
    public static string? FindImpossible(VoteCount count)
    {
        var (all, present, agreed) = (count.All, count.Present, count.For);
        if (all.Owners <= 0)
            return $"全体业主人数是{all.Owners}，不可能。小区一共多少位业主？";
        if (all.Area <= Area.Zero)
            return "全体专有部分面积要大于0。小区一共多少平方米？";
        if (present.Owners < 0 || agreed.Owners < 0 || present.Area < Area.Zero || agreed.Area < Area.Zero)
            return "人数和面积不能是负数，请再看看是哪一个。";
        if (present.Owners > all.Owners)
            return $"参加的有{present.Owners}人，比全体{all.Owners}人还多，是哪个数写错了？";
        if (present.Area > all.Area)
            return $"参加的面积{present.Area}，比全体{all.Area}还多，是哪个数写错了？";
        if (agreed.Owners > present.Owners)
            return $"同意的有{agreed.Owners}人，比参加的{present.Owners}人还多，是哪个数写错了？";
        if (agreed.Area > present.Area)
            return $"同意的面积{agreed.Area}，比参加的{present.Area}还多，是哪个数写错了？";
        if (present.Owners == 0 != (present.Area == Area.Zero))
            return $"参加的{present}对不上：有人参加就有面积。是哪个数写错了？";
        return agreed.Owners == 0 != (agreed.Area == Area.Zero) ? $"同意的{agreed}对不上：有人同意就有面积。是哪个数写错了？" : null;
    }

    /// <exception cref="ArgumentException">The numbers are impossible: see <see cref="FindImpossible"/>.</exception>
    public static VoteResult Count(VoteCount count)
    {
        if (FindImpossible(count) is { } question)
            throw new ArgumentException(question, nameof(count));

        var missingPresent = Missing(new(FewestPresent(count.All.Owners), FewestPresent(count.All.Area)), count.Present);
        var missingFor = Missing(new(FewestFor(count.Kind, count.Present.Owners), FewestFor(count.Kind, count.Present.Area)), count.For);
        var outcome = missingPresent != default ? VoteOutcome.NoQuorum : missingFor != default ? VoteOutcome.Rejected : VoteOutcome.Passed;
        return new(outcome, missingPresent, missingFor);
    }

    private static Share Missing(Share needed, Share there) =>
        new(Math.Max(0, needed.Owners - there.Owners), new(Math.Max(0, needed.Area.Hundredths - there.Area.Hundredths)));
}
