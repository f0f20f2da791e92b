using System.Globalization;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Calculators;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>The dates of the way to a committee, each with its ground. Pure.</summary>
internal static class TimelineWords
{
    private const int NoticeDays = 15;
    private const int TerminationDays = 60;
    private const int GroupDays = 60;
    private const string Guideline = "指导规则（2009）";
    private static readonly Citation Notice = new("物业管理条例", "14", 1);
    private static readonly Citation NoticeGuideline = new(Guideline, "12", 2);
    private static readonly Citation Filing = new("物业管理条例", "16", 1);
    private static readonly Citation FirstSession = new(Guideline, "32", 2);
    private static readonly Citation Reply = new("本市答复");

    public static Reckoned Say(TimelineAsked asked, DateOnly today, SourceCatalog sources) => asked.From switch
    {
        TimelineEvent.Notice => FromNotice(asked.Day, today),
        TimelineEvent.Meeting => FromMeeting(asked.Day, today),
        TimelineEvent.Elected => FromElected(asked, today, sources),
        TimelineEvent.Termination => FromTermination(asked.Day),
        TimelineEvent.Today or TimelineEvent.Applied or TimelineEvent.GroupFormed => Plan(asked, today, sources),
    };

    private static Reckoned FromNotice(DateOnly notice, DateOnly today)
    {
        var meeting = notice.AddDays(NoticeDays);
        string[] lines =
        [
            $"算法：公告、通知当天不算，会前满15日。宜再晚1日，{Date(meeting.AddDays(1))}更稳妥。",
            "公告和通知要在那天全部办完；住宅小区同时告知居委会。首次会议的公告15日，出自全国性指导文件，河南的具体规定请向街道办事处核实。",
            notice < today ? "这一天已经过了；当天没办完的，从实际办完的那天算。" : "下一步：定好会期、地点、要议的事，写进公告。",
        ];
        return new($"{Date(notice)}公告、通知，最早{Date(meeting)}开会投票。", lines, [Notice, NoticeGuideline], "meeting.notice") { Example = Example, Buttons = ["依据是什么", "重新算"] };
    }

    private static Reckoned FromMeeting(DateOnly meeting, DateOnly today)
    {
        var latest = LegalDates.LatestBefore(meeting, NoticeDays);
        var late = latest < today;
        string[] lines =
        [
            late ? $"15日前就是{Date(latest)}，已经过了。从今天办完公告、通知算，最早{Date(today.AddDays(NoticeDays))}开会，宜再晚1日。" : $"算法：会前15日以前通知全体业主，宜再早1日，{Date(latest.AddDays(-1))}办完更稳妥。",
            "通知全体业主的同时告知居委会。首次会议的公告15日，出自全国性指导文件，河南的具体规定请向街道办事处核实。",
        ];
        return new(late ? $"{Date(meeting)}开会，来不及了。" : $"{Date(meeting)}开会，公告和通知最迟{Date(latest)}办完。", lines, [Notice, NoticeGuideline], "meeting.notice") { Example = Example, Buttons = ["依据是什么", "重新算"] };
    }

    private static Reckoned FromElected(TimelineAsked asked, DateOnly today, SourceCatalog sources)
    {
        var elected = asked.Day;
        var filing = LegalDates.Within(elected, 30).Day;
        string[] lines =
        [
            $"业委会首次会议、推选主任：最迟{Date(LegalDates.Within(elected, 7).Day)}（7日内，全国性指导文件）。",
            $"任期满5年的话，{Date(LegalDates.WithinYears(elected, 5).Day)}到期；议事规则写得短的按议事规则。",
            Source(asked),
            filing < today ? "备案的最后一天已经过了，尽快去办，向街道（乡镇）说明情况。" : "",
            "算法：选出当天不算，从第二天数起。末日碰上法定休假日可以顺延，别卡最后一天。",
            "下一步：备好选举情况、管理规约、议事规则，交街道（乡镇），要个收件凭证。",
        ];
        return new($"{Date(elected)}选出，备案最迟{Date(filing)}。", lines, [Filing, FirstSession, new(Guideline, "32", 1)], "filing.deadline")
        {
            Example = "比如2026年3月10日选出，从11日数起，30日内就是最迟4月9日备案。",
            More = Steps(new(elected, ElectedOn: elected), sources, from: 11),
            Buttons = ["依据是什么", "重新算"],
        };
    }

    private static Reckoned FromTermination(DateOnly notice)
    {
        var full = notice.AddDays(TerminationDays);
        var safe = LegalDates.SafeAfter(full);
        string[] lines =
        [
            $"算法：通知当天不算，60日满。交接从稳安排在{Date(safe)}以后；合同对通知期另有约定的，按合同。",
            "通知之前要先由业主依法投票决定解聘，书面通知留好签收。新物业接管前，原物业继续服务。",
        ];
        return new($"{Date(notice)}书面通知解聘，60日满是{Date(full)}。", lines, [new("民法典", "946", 1), new("民法典", "950"), new("民法典", "201", 1)], "hiring.notice")
        {
            Example = "比如2026年5月6日书面通知，60日满是7月5日；那天是周日，交接从下一个工作日起。",
            Buttons = ["依据是什么", "重新算"],
        };
    }

    private static Reckoned Plan(TimelineAsked asked, DateOnly today, SourceCatalog sources)
    {
        var applied = asked.From == TimelineEvent.GroupFormed ? (DateOnly?)null : asked.Day;
        var formed = asked.From == TimelineEvent.GroupFormed ? asked.Day : asked.Day.AddDays(GroupDays);
        var input = new TimelineInput(today > asked.Day ? today : asked.Day, applied, formed);
        var plan = TimelinePlanner.Plan(input);
        DateOnly Day(int number) => plan[number - 1].Day!.Value;
        string Of(int number) => Ground(plan[number - 1], sources);
        var lines = new List<string>
        {
            applied is { } day ? $"{Date(day)}：递交书面申请{Of(2)}" : "",
            applied is null ? $"{Date(formed)}：筹备组成立" : $"最迟{Date(formed)}：成立筹备组，收到申请后60日内{Of(4)}",
            $"最迟{Date(Day(8))}：公告、通知全体业主，会前15日{Of(8)}",
            $"{Date(Day(9))}：首次业主大会{Of(9)}",
            $"最迟{Date(Day(11))}：业委会首次会议，选举后7日内{Of(11)}",
            $"最迟{Date(Day(12))}：备案，选举后30日内{Of(12)}",
            $"{Date(Day(14))}：任期届满，按5年{Of(14)}",
            Source(asked),
            "60日、7日出自全国性指导文件，河南的期限可能更短，请向街道办事处核实。",
        };
        return new(applied is { } from
                ? $"{(from == today ? "按今天" : $"按{Date(from)}")}递交申请排，最早{Date(Day(9))}开首次业主大会；实际一般半年以上，往往一年也难完成（市住建局2025年6月11日答复）。"
                : $"按{Date(formed)}成立筹备组排，最早{Date(Day(9))}开首次业主大会；核实名单、起草文件的时间另留。",
            lines, applied is null ? [Notice, Filing, new("民法典", "278", 2)] : [new(Guideline, "9"), Notice, Filing, Reply], "setup.deadlines")
        {
            More = Steps(input, sources, from: 1),
            Example = Example,
            Buttons = applied is null ? ["详细点", "重新算"] : ["详细点", "筹备组成立了"],
        };
    }

    /// <summary>All steps with who acts, when and on what ground.</summary>
    private static List<string> Steps(TimelineInput input, SourceCatalog sources, int from) =>
        [.. TimelinePlanner.Plan(input).Where(step => step.Number >= from).Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Number}. {step.Title}（{step.Who}）：{When(step)}{Ground(step, sources)}"))];

    private static string When(TimelineStep step) => step.Timing switch
    {
        TimelineTiming.Latest => $"最迟{Date(step.Day!.Value)}",
        TimelineTiming.On => Date(step.Day!.Value),
        TimelineTiming.Open => "没有全国统一的天数",
    };

    private static string Ground(TimelineStep step, SourceCatalog sources) => step.Grounds.Count == 0 ? "" : $"（{sources.Display(step.Grounds[0])}）";

    private static string Source(TimelineAsked asked) => asked.StageOf is { } community ? $"日期来自{community}的小区资料，不对请告诉我。" : "";

    private const string Example = "比如会定在2026年6月13日，往前数15日，最迟5月29日办完公告和通知，最好再早1日。";

    private static string Date(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日（{CityClock.Weekday(day)}）");
}
