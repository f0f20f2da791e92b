using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>How far the numbers carry.</summary>
internal enum Standing
{
    /// <summary>Nothing can be said yet.</summary>
    Open,
    /// <summary>Too few took part.</summary>
    NoQuorum,
    /// <summary>Enough took part; who agreed is not known.</summary>
    QuorumOnly,
    /// <summary>Enough agreed of those who took part; how many owners there are is not known.</summary>
    AgreedOnly,
    /// <summary>Too few agreed.</summary>
    Rejected,
    /// <summary>One of the two measures is enough, the other is not known.</summary>
    OneMeasure,
    Passed,
}

/// <summary>The vote under one reading of the rules and for one kind of matter. Null: that number is not known.</summary>
/// <param name="VotedHeads">Heads taking part under this reading; areas are in hundredths of a square metre.</param>
internal sealed record VoteJudgement(Standing Standing, CountingRule Rule, long? VotedHeads, long? VotedArea, long? MissingHeads, long? MissingArea, long? MissingForHeads, long? MissingForArea);

/// <summary>Judges a vote by what is known of it, measure by measure; whole numbers only. Pure.</summary>
internal static class VoteSheet
{
    private const long SmallestPerOwner = 5_00;     // hundredths of a square metre; less is a slip of the pen

    public static VoteJudgement Judge(Calculation vote, VoteKind kind, CountingRule rule)
    {
        var heads = Judge(vote.Heads, Measure.Owners, kind, rule);
        var area = vote.WithoutArea ? default : Judge(vote.Areas, Measure.Area, kind, rule);
        var standing = (heads, area) switch
        {
            _ when heads.Missing > 0 || area.Missing > 0 => Standing.NoQuorum,
            _ when heads.MissingFor > 0 || area.MissingFor > 0 => Standing.Rejected,
            ({ Missing: 0, MissingFor: 0 }, { Missing: 0, MissingFor: 0 }) => Standing.Passed,
            _ when (heads is { Missing: 0, MissingFor: 0 } && area.MissingFor is null) || (area is { Missing: 0, MissingFor: 0 } && heads.MissingFor is null) => Standing.OneMeasure,
            _ when heads.Missing is null && area.Missing is null && (heads.MissingFor ?? area.MissingFor) is not null => Standing.AgreedOnly,
            _ when (heads.Missing ?? area.Missing) is not null && heads.MissingFor is null && area.MissingFor is null => Standing.QuorumOnly,
            _ when (heads.MissingFor ?? area.MissingFor) is not null => Standing.OneMeasure,
            _ => Standing.Open,
        };
        return new(standing, rule, heads.Voted, area.Voted, heads.Missing, area.Missing, heads.MissingFor, area.MissingFor);
    }

    /// <summary>The usual reading first, then those that the numbers give occasion for and that the law leaves open.</summary>
    public static IEnumerable<CountingRule> Readings(Calculation vote)
    {
        yield return CountingRule.Usual;
        if (vote.Heads.Abstaining > 0 || vote.Areas.Abstaining > 0)
            yield return CountingRule.AbstainingStayAway;
        if (vote.Heads.Invalid > 0 || vote.Areas.Invalid > 0)
            yield return CountingRule.InvalidTakePart;
        if (vote.Heads.NotReturned > 0 || vote.Areas.NotReturned > 0)
            yield return CountingRule.DeliveredTakePart;
    }

    public static long FewestPresent(Measure measure, long all) =>
        measure == Measure.Owners ? VoteCalculator.FewestPresent((int)all) : VoteCalculator.FewestPresent(new Area(all)).Hundredths;

    public static long FewestFor(Measure measure, VoteKind kind, long present) =>
        measure == Measure.Owners ? VoteCalculator.FewestFor(kind, (int)present) : VoteCalculator.FewestFor(kind, new Area(present)).Hundredths;

    /// <summary>The number that cannot be and why, as a question; null when all are possible.</summary>
    public static ImpossibleNumber? FindImpossible(Calculation vote)
    {
        foreach (var measure in (Measure[])[Measure.Owners, Measure.Area])
            if (FindImpossible(vote, measure) is { } impossible)
                return impossible;
        var (heads, areas) = (vote.Heads, vote.Areas);
        if (heads.All is { } owners && areas.All is { } all && all < owners * SmallestPerOwner)
            return new(FigureRole.All, Measure.Area, $"{owners}{vote.Unit}只有{new Area(all)}，平均不到5平方米，面积是不是少写了？一共多少平方米？");
        if (heads.Voted is { } present && areas.Voted is { } area && present == 0 != (area == 0))
            return new(FigureRole.Present, Measure.Area, $"参加的{present}{vote.Unit}、{new Area(area)}对不上：有人参加就有面积。哪个数写错了？");
        return heads.For is { } yes && areas.For is { } yesArea && yes == 0 != (yesArea == 0)
            ? new(FigureRole.For, Measure.Area, $"同意的{yes}{vote.Unit}、{new Area(yesArea)}对不上：有人同意就有面积。哪个数写错了？")
            : null;
    }

    private static ImpossibleNumber? FindImpossible(Calculation vote, Measure measure)
    {
        var tally = vote.Of(measure);
        string Say(long value) => measure == Measure.Owners ? $"{value}{vote.Unit}" : new Area(value).ToString();
        if (tally.All is <= 0)
            return new(FigureRole.All, measure, measure == Measure.Owners ? $"全体业主是0{vote.Unit}，不可能。小区一共多少{vote.Unit}？" : "全体的面积是0，不可能。小区一共多少平方米？");
        foreach (var (role, name) in (ReadOnlySpan<(FigureRole, string)>)[(FigureRole.Present, "参加"), (FigureRole.For, "同意"), (FigureRole.Against, "反对"), (FigureRole.Abstaining, "弃权"),
            (FigureRole.Invalid, "无效票"), (FigureRole.NotReturned, "没交回"), (FigureRole.Absent, "没参加")])
            if (tally.Of(role) is { } value && tally.All is { } all && value > all)
                return new(role, measure, $"{name}的有{Say(value)}，比全体{Say(all)}还多。哪个数写错了？");
        var voted = tally.Voted;
        foreach (var (role, name) in (ReadOnlySpan<(FigureRole, string)>)[(FigureRole.For, "同意"), (FigureRole.Against, "反对"), (FigureRole.Abstaining, "弃权")])
            if (tally.Of(role) is { } value && voted is { } present && value > present)
                return new(role, measure, $"{name}的有{Say(value)}，比参加的{Say(present)}还多。哪个数写错了？");
        if (tally.Invalid is { } invalid && tally.Present is { } handedIn && invalid > handedIn)
            return new(FigureRole.Invalid, measure, $"无效票有{Say(invalid)}，比收回的{Say(handedIn)}还多。哪个数写错了？");
        if (tally.Present is not null && voted is { } counted && (tally.For ?? 0) + (tally.Against ?? 0) + (tally.Abstaining ?? 0) is var sum && sum > counted)
            return new(FigureRole.Present, measure, $"同意、反对、弃权加起来有{Say(sum)}，比参加的{Say(counted)}还多。哪个数写错了？");
        if (tally.All is { } everybody && voted is { } took && took > everybody)
            return new(FigureRole.All, measure, $"同意、反对、弃权加起来有{Say(took)}，比全体{Say(everybody)}还多。哪个数写错了？");
        if (tally.All is { } whole && voted is { } some && tally.NotReturned is { } silent && some + silent > whole)
            return new(FigureRole.NotReturned, measure, $"参加的和没交回的加起来有{Say(some + silent)}，比全体{Say(whole)}还多。哪个数写错了？");
        return null;
    }

    private static (long? Voted, long? Missing, long? MissingFor) Judge(Tally tally, Measure measure, VoteKind kind, CountingRule rule)
    {
        var voted = rule switch
        {
            CountingRule.Usual => tally.Voted,
            CountingRule.AbstainingStayAway => tally.Voted - (tally.Abstaining ?? 0),
            CountingRule.InvalidTakePart => tally.Voted + (tally.Invalid ?? 0),
            CountingRule.DeliveredTakePart => tally.Voted + (tally.NotReturned ?? 0),
        };
        return (voted,
            voted is { } present && tally.All is { } all ? Math.Max(0, FewestPresent(measure, all) - present) : null,
            voted is { } there && tally.For is { } agreed ? Math.Max(0, FewestFor(measure, kind, there) - agreed) : null);
    }
}

/// <param name="Question">Names the number that cannot be and asks for the right one.</param>
internal sealed record ImpossibleNumber(FigureRole Role, Measure Measure, string Question);
