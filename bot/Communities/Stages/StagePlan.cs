using System.Globalization;
using Outreach.Knowledge.Calculators;

namespace Outreach.Communities;

/// <summary>Passed: behind the stage, but no day was recorded. NotApplicable: in a re-election, or beside the management committee.</summary>
public enum StepState { Done, Passed, Now, Ahead, NotApplicable }

/// <param name="Latest">The legal deadline; null: none, or not yet known.</param>
/// <param name="Why">Where the deadline comes from, or what it waits for; "" when there is nothing to say.</param>
public sealed record PlannedStep(LegalStep Step, StepState State, DateOnly? DoneOn, DateOnly? PlannedOn, DateOnly? Latest, string Why)
{
    public int Number => Step.Number;

    /// <summary>Whether someone still has to act.</summary>
    public bool IsOpen => State is StepState.Now or StepState.Ahead;

    public bool IsLate(DateOnly today) => IsOpen && Latest < today;
}

/// <summary>The fourteen steps of a community with their days and deadlines. Pure.</summary>
public sealed record StagePlan(StageFacts Facts, IReadOnlyList<PlannedStep> Steps)
{
    private const int GroupDays = 60;
    private const int NoticeDays = 15;
    private const int FirstSessionDays = 7;
    private const int FilingDays = 30;
    private const int MostTermYears = 5;

    /// <summary>The step that is next; null beside the management committee.</summary>
    public PlannedStep? Now => Steps.FirstOrDefault(s => s.State == StepState.Now);

    /// <summary>Open steps with a deadline, the nearest first.</summary>
    public IEnumerable<PlannedStep> Deadlines => Steps.Where(s => s is { IsOpen: true, Latest: not null }).OrderBy(s => s.Latest).ThenBy(s => s.Number);

    public static StagePlan Make(StageFacts facts)
    {
        var passed = StepBook.LastPassed(facts.Stage);
        var steps = new List<PlannedStep>();
        var nowFound = false;
        foreach (var step in StepBook.All)
        {
            var done = facts.Done.TryGetValue(step.Number, out var day) ? day : (DateOnly?)null;
            var state = done is not null ? StepState.Done
                : facts.Stage == CommunityStage.ManagementCommittee || (facts.Round > 1 && step.Number < StepBook.FirstSession) ? StepState.NotApplicable
                : step.Number <= passed ? StepState.Passed
                : nowFound ? StepState.Ahead : StepState.Now;
            nowFound |= state == StepState.Now;
            var (latest, why) = state is StepState.Now or StepState.Ahead ? Deadline(step.Number, facts) : (null, "");
            steps.Add(new(step, state, done, step.Number == StepBook.Meeting ? facts.MeetingPlanned : null, latest, why));
        }
        return new(facts, steps);
    }

    /// <summary>Why a day cannot be recorded, in Chinese with what to do; null: it can.</summary>
    public static string? FindProblem(StageFacts facts, int number, StepMark mark, DateOnly day, DateOnly today)
    {
        if (number is < 1 or > StepBook.NextElection || (mark == StepMark.Planned && number != StepBook.Meeting))
            return "没有这一步。刷新再试。";
        if (facts.Stage == CommunityStage.ManagementCommittee)
            return "这个小区走的是物业管理委员会。先改回成立业委会，再记日子。";
        if (facts.Round > 1 && number < StepBook.FirstSession)
            return "这一届是换届选出来的，不用记这一步。";
        if (day.Year < 1990)
            return "年份不对。写成 2026-11-25 这样的日子。";
        if (mark == StepMark.Done && day > today)
            return number == StepBook.Meeting ? "还没到这一天。开会的日子先记在“定在哪天”。" : "还没到这一天。办好了再记。";
        if (number == StepBook.NextElection && facts.ElectedOn is { } elected && day <= elected)
            return $"换届要在上次选举（{Say(elected)}）以后。改日子。";
        if (number == StepBook.Meeting && mark == StepMark.Planned && facts.Done.TryGetValue(StepBook.Announced, out var announced) && day < announced.AddDays(NoticeDays))
            return $"公告和通知是{Say(announced)}，会前要满15日，最早{Say(announced.AddDays(NoticeDays))}。改日子。";
        return mark == StepMark.Done ? OutOfOrder(facts, number, day) : null;
    }

    /// <summary>The days on which staff are reminded of a deadline, as days before it: of the end of a term early, for a re-election takes months.</summary>
    public static IReadOnlyList<int> RemindDaysBefore(int number) => number == StepBook.NextElection ? [180, 60, 14, -1] : [14, 7, -1];

    private static (DateOnly? Latest, string Why) Deadline(int number, StageFacts facts) => number switch
    {
        StepBook.GroupFormed => facts.AppliedOn is { } applied
            ? (LegalDates.Within(applied, GroupDays).Day, $"{Say(applied)}收到申请，最长60日；河南的规定可能更短，请先核对")
            : (null, "从收到书面申请那天起最长60日"),
        StepBook.Announced => facts.MeetingPlanned is { } meeting
            ? (LegalDates.LatestBefore(meeting, NoticeDays), $"会议定在{Say(meeting)}，会前15日公告并通知")
            : (null, "会前15日；会期定了就算出来"),
        StepBook.Meeting => facts.Done.TryGetValue(StepBook.Announced, out var announced)
            ? (null, $"公告和通知是{Say(announced)}，最早{Say(announced.AddDays(NoticeDays))}开会")
            : (null, "公告和通知满15日以后"),
        StepBook.FirstSession => facts.ElectedOn is { } elected
            ? (LegalDates.Within(elected, FirstSessionDays).Day, $"{Say(elected)}选出，7日内开首次会议")
            : (null, "选举后7日内"),
        StepBook.Filing => facts.ElectedOn is { } elected
            ? (LegalDates.Within(elected, FilingDays).Day, $"{Say(elected)}选出，30日内备案")
            : (null, "选举后30日内"),
        StepBook.NextElection => (facts.TermEndsOn, facts.ElectedOn) switch
        {
            ({ } ends, _) => (ends, "本届到期，之前办好换届；提前多久办，请先核对"),
            (null, { } elected) => (LegalDates.WithinYears(elected, MostTermYears).Day, $"没填任期，按{Say(elected)}起每届不超过5年算；查议事规则，把到期的日子填上"),
            (null, null) => (null, "每届不超过5年；填上本届到期的日子就会提醒"),
        },
        _ => (null, ""),
    };

    // Steps 3, 5, 6, 7, 10 and 13 run beside others: only these four and the sealing have to follow each other.
    private static readonly int[] Chain = [StepBook.Applying, StepBook.GroupFormed, StepBook.Announced, StepBook.Meeting, StepBook.Filing, 13];

    private static string? OutOfOrder(StageFacts facts, int number, DateOnly day)
    {
        foreach (var other in Chain.Where(other => other != number && facts.Done.ContainsKey(other) && (Chain.Contains(number) || number is 10 or StepBook.FirstSession)))
            if (other < number ? day < facts.Done[other] : day > facts.Done[other])
                return $"第{other}步“{StepBook.Get(other).Title}”记的是{Say(facts.Done[other])}，{(other < number ? "这一步不能比它早" : "这一步不能比它晚")}。哪个写错了？";
        return null;
    }

    private static string Say(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日");
}
