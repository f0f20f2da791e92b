using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Calculators;

/// <summary>What is known of a community's way to a committee. Every date may be missing.</summary>
/// <param name="Today">Where planning starts.</param>
/// <param name="MeetingOn">Day of the first owners' meeting; null: the earliest one that leaves time for the notice.</param>
/// <param name="TermYears">1 to 5, as the rules of procedure say.</param>
public sealed record TimelineInput(
    DateOnly Today, DateOnly? AppliedOn = null, DateOnly? GroupFormedOn = null, DateOnly? MeetingOn = null, DateOnly? ElectedOn = null, int TermYears = 5);

/// <summary>A legal date of one step.</summary>
public enum TimelineTiming
{
    /// <summary>At the latest on this day.</summary>
    Latest,

    /// <summary>Planned for this day.</summary>
    On,

    /// <summary>No period is known: soon, or ask the street office.</summary>
    Open,
}

/// <summary>One of the fourteen steps from gathering interest to the next election.</summary>
/// <param name="Number">1 to 14.</param>
/// <param name="Title">In Chinese.</param>
/// <param name="Who">Who acts, in Chinese.</param>
/// <param name="Day">Null when the timing is open.</param>
/// <param name="Note">What the date does not say; "" when there is nothing.</param>
public sealed record TimelineStep(int Number, string Title, string Who, TimelineTiming Timing, DateOnly? Day, IReadOnlyList<Citation> Grounds, string Note);

/// <summary>The steps to a committee with their dates and grounds. Periods of the 2009 guideline are national guidance; Henan's own are to be asked for.</summary>
public static class TimelinePlanner
{
    private const int NoticeDays = 15;
    private const int GroupDays = 60;
    private const int FirstSessionDays = 7;
    private const int FilingDays = 30;
    private const string Guideline = "指导规则（2009）";
    private const string Regulation = "物业管理条例";
    private const string CivilCode = "民法典";

    /// <summary>A question back, in Chinese, that names the date which cannot be; null when they are possible.</summary>
    public static string? FindImpossible(TimelineInput input)
    {
        if (input.TermYears is < 1 or > 5)
            return $"任期{input.TermYears}年不行，每届不超过5年。议事规则写的是几年？";
        if (input.GroupFormedOn < input.AppliedOn)
            return "筹备组成立的日子早于申请的日子，是哪个写错了？";
        if (input.MeetingOn < input.GroupFormedOn)
            return "首次业主大会的日子早于筹备组成立的日子，是哪个写错了？";
        return input.ElectedOn < input.MeetingOn ? "选出业委会的日子早于首次业主大会的日子，是哪个写错了？" : null;
    }

    /// <exception cref="ArgumentException">The dates are impossible: see <see cref="FindImpossible"/>.</exception>
    public static IReadOnlyList<TimelineStep> Plan(TimelineInput input)
    {
        if (FindImpossible(input) is { } question)
            throw new ArgumentException(question, nameof(input));

        // The day of the notice does not count, and a day to spare costs nothing.
        var meeting = input.MeetingOn ?? input.ElectedOn ?? Later(input.Today, input.GroupFormedOn).AddDays(NoticeDays + 1);
        var elected = input.ElectedOn ?? meeting;
        return
        [
            Open(1, "摸底、征集意愿", "业主", [new(CivilCode, "277", 1)]),
            Step(2, "书面申请", "业主", TimelineTiming.On, input.AppliedOn, [new(Guideline, "9")], "要多少人联名，河南的规定请向街道办事处核实。"),
            Open(3, "通知建设单位报资料", "街道（乡镇）、住建部门", [new(Guideline, "8")]),
            input.GroupFormedOn is { } formed
                ? Step(4, "成立筹备组", "街道（乡镇）、住建部门", TimelineTiming.On, formed, [new(Guideline, "9")])
                : Step(4, "成立筹备组", "街道（乡镇）、住建部门", TimelineTiming.Latest, input.AppliedOn is { } applied ? LegalDates.Within(applied, GroupDays).Day : null,
                    [new(Guideline, "9")], "收到书面申请后最长60日；河南的规定可能更短，请向街道办事处核实。"),
            Open(5, "公告筹备组名单，处理异议", "筹备组、街道（乡镇）", [new(Guideline, "11", 2)], "公告几天没有全国规定，请向街道办事处核实。"),
            Open(6, "核实并公示业主身份、人数、面积", "筹备组", [new(Guideline, "12")]),
            Open(7, "起草管理规约、议事规则、表决规则、选举办法、候选人名单", "筹备组", [new(Guideline, "12")]),
            Step(8, "公告会议事项并通知全体业主，同时告知居委会", "筹备组", TimelineTiming.Latest, LegalDates.LatestBefore(meeting, NoticeDays),
                [new(Regulation, "14", 1), new(Guideline, "12", 2)], "会前15日；宜再早1日。"),
            Step(9, "首次业主大会", "筹备组", TimelineTiming.On, meeting, [new(CivilCode, "278", 2)]),
            Open(10, "公告投票结果", "筹备组", [], "公告几天请向街道办事处核实。"),
            Step(11, "业委会首次会议，推选主任", "业委会", TimelineTiming.Latest, LegalDates.Within(elected, FirstSessionDays).Day, [new(Guideline, "32", 2)], "选举后7日内。"),
            Step(12, "备案", "业委会", TimelineTiming.Latest, LegalDates.Within(elected, FilingDays).Day, [new(Regulation, "16", 1), new(Guideline, "33")], "选举后30日内。"),
            Open(13, "刻章", "业委会", [new(Guideline, "34", 1)], "备案后办。"),
            Step(14, "任期届满，之前办好换届", "业委会", TimelineTiming.Latest, LegalDates.WithinYears(elected, input.TermYears).Day, [new(Guideline, "32", 1)],
                "每届不超过5年；换届提前多久办，请向街道办事处核实。"),
        ];
    }

    private static TimelineStep Step(int number, string title, string who, TimelineTiming timing, DateOnly? day, IReadOnlyList<Citation> grounds, string note = "") =>
        new(number, title, who, day is null ? TimelineTiming.Open : timing, day, grounds, note);

    private static TimelineStep Open(int number, string title, string who, IReadOnlyList<Citation> grounds, string note = "") =>
        new(number, title, who, TimelineTiming.Open, null, grounds, note);

    private static DateOnly Later(DateOnly one, DateOnly? other) => other is { } day && day > one ? day : one;
}
