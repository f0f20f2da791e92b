using System.Globalization;
using Outreach.Knowledge.Articles;

namespace Outreach.Communities;

/// <summary>The papers of the way to a committee, from the data. What is not known is a blank line, and nothing is made up. Pure.</summary>
public static class Papers
{
    private const string Line = "＿＿＿＿＿＿＿＿";
    private const string Short = "＿＿＿＿";
    private const string DayLine = "＿＿＿＿年＿＿月＿＿日";
    private const string Guideline = "指导规则（2009）";
    private const string CivilCode = "民法典";
    private const string Regulation = "物业管理条例";
    private const int SignatureRows = 22;
    private const int GroupRows = 9;
    private const int CandidateRows = 11;

    /// <param name="cite">A citation as people write it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The poster: it is a page of its own.</exception>
    public static Paper Make(DocumentKind kind, PaperFacts facts, Func<Citation, string> cite) => kind switch
    {
        DocumentKind.Application => Application(facts, cite),
        DocumentKind.GroupNotice => GroupNotice(facts, cite),
        DocumentKind.CandidateForm => CandidateForm(facts, cite),
        DocumentKind.Ballot => Ballot(facts, cite),
        DocumentKind.VoteCount => VoteCount(facts, cite),
        DocumentKind.Poster => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The poster is a page of its own."),
    };

    private static Paper Application(PaperFacts facts, Func<Citation, string> cite) => new($"关于成立{facts.Community}业主大会的申请",
    [
        new PaperText($"{facts.Office ?? Line + "街道办事处（乡镇人民政府）"}："),
        new PaperText($"{facts.Community}位于{facts.Place ?? Line}，共{Number(facts.Households)}户，专有部分总面积{Area(facts.FloorArea)}平方米，{Day(facts.DeliveredOn)}交付使用。"),
        new PaperText("我们是本小区的业主，申请成立首次业主大会会议筹备组，召开首次业主大会会议，选举业主委员会。请收到申请后组织、指导，并告知办理情况。"),
        new PaperText($"依据：业主可以设立业主大会、选举业主委员会（{cite(new(CivilCode, "277", 1))}）；收到书面申请后最长60日内组织、指导成立筹备组（{cite(new(Guideline, "9"))}）。河南的规定可能更短，以街道（乡镇）答复为准。"),
        new PaperText($"附：联名业主签名表，共{Short}页，{Short}人。"),
        new PaperText($"联系人：{Line}　电话：{Line}"),
        new PaperText($"申请日期：{DayLine}", PaperStyle.Right),
        new PaperText($"收件人：{Line}　收件日期：{DayLine}", PaperStyle.Right),
        new PaperText($"{facts.Community}联名业主签名表（第{Short}页，共{Short}页）", PaperStyle.NewPage),
        new PaperText("同意申请成立业主大会的业主，请本人签名。共有的，写清由谁代表。", PaperStyle.Small),
        new PaperTable(["序号", "房号", "业主姓名", "面积（平方米）", "本人签名", "日期"], [6, 22, 16, 16, 22, 18], [], SignatureRows),
        new PaperText("要多少人联名，河南的规定请向街道（乡镇）核对。签名表有个人信息，只交街道（乡镇）和筹备组核对，不张贴、不转发。", PaperStyle.Small),
    ]);

    private static Paper GroupNotice(PaperFacts facts, Func<Citation, string> cite) => new($"{facts.Community}首次业主大会会议筹备组成立公告",
    [
        new PaperText($"{facts.Community}全体业主："),
        new PaperText($"{facts.Office ?? Line}于{Day(facts.GroupFormedOn)}组织成立了本小区首次业主大会会议筹备组，共{Short}人（单数），其中业主代表{Short}人，不少于一半；组长由街道（乡镇）代表担任。名单如下："),
        new PaperTable(["序号", "姓名", "代表哪一方", "房号或单位", "职务"], [8, 20, 28, 28, 16], [], GroupRows),
        new PaperText("代表哪一方：业主、建设单位、街道（乡镇）、居委会。", PaperStyle.Small),
        new PaperText($"对名单有异议的，请在{DayLine}前，向{facts.Office ?? Line}书面提出，电话{facts.OfficePhone ?? Line}。异议由街道（乡镇）协调解决。公告多少天没有全国统一的规定，以街道（乡镇）答复为准。"),
        new PaperText($"依据：{cite(new(Guideline, "10"))}、{cite(new(Guideline, "11", 2))}。"),
        new PaperText($"{facts.Office ?? Line}（盖章）", PaperStyle.Right),
        new PaperText(DayLine, PaperStyle.Right),
        new PaperText($"张贴地点：{Line}　张贴日期：{DayLine}　张贴人：{Line}", PaperStyle.Small),
    ]);

    private static Paper CandidateForm(PaperFacts facts, Func<Citation, string> cite) => new($"{facts.Community}业主委员会委员候选人登记表",
    [
        new PaperTable(["项目", "填写"], [30, 70],
        [
            ["姓名", ""], ["房号", ""], ["专有部分面积（平方米）", ""], ["怎么成为候选人", "□ 自荐　□ 业主推荐　□ 社区推荐　（以筹备组定的办法为准）"],
            ["联系电话（只供筹备组联系，不公示）", ""], ["能参加小区事务的时间", ""], ["自我介绍", ""], ["当选以后的打算", ""],
        ], 0),
        new PaperText("本人承诺（逐项打勾）", PaperStyle.Heading),
        new PaperText("□ 是本小区的业主，有完全民事行为能力　□ 遵守法律　□ 遵守议事规则和管理规约，尽到业主的义务"),
        new PaperText("□ 热心公益，办事公正，廉洁自律　□ 有一定的组织能力　□ 有必要的时间"),
        new PaperText($"委员5至11人，单数，要是本小区的业主（{cite(new(Guideline, "31"))}）；每届不超过5年，可以连选连任（{cite(new(Guideline, "32", 1))}）。候选人产生的办法和名单由筹备组定（{cite(new(Guideline, "12", 1))}）。", PaperStyle.Small),
        new PaperText($"本人签名：{Line}　日期：{DayLine}", PaperStyle.Right),
        new PaperText($"筹备组核对：{Line}　核对人：{Line}　日期：{DayLine}", PaperStyle.Right),
    ]);

    private static Paper Ballot(PaperFacts facts, Func<Citation, string> cite) => new($"{facts.Community}首次业主大会表决票",
    [
        new PaperText($"票号：{Short}　会议日期：{Day(facts.MeetingOn)}　收票截止：{DayLine}"),
        new PaperText($"业主姓名：{Line}　房号：{Line}　专有部分面积：{Short}平方米"),
        new PaperTable(["表决事项", "专有部分面积（平方米）", "同意", "反对", "弃权"], [46, 24, 10, 10, 10],
            [["一、通过业主大会议事规则", "", "", "", ""], ["二、通过管理规约", "", "", "", ""], ["三、选举业主委员会委员（逐人写姓名）", "", "", "", ""]], CandidateRows),
        new PaperText($"每一行只在同意、反对、弃权里打一个勾。拟选委员{Short}人。多选、漏选、涂改怎么算，以公告的表决规则为准。"),
        new PaperText($"怎样算通过：全体业主里，面积和人数都要三分之二以上参加；参加的业主里，面积和人数都超过一半同意（{cite(new(CivilCode, "278", 2))}）。同一个人有几套的算一个人，面积相加。", PaperStyle.Small),
        new PaperText($"投票要业主本人签名（{cite(new(Guideline, "22", 2))}）。委托别人的，附书面委托，写明代理人姓名、事项、权限、期限（{cite(new(CivilCode, "165"))}）。在手机上回复消息不算投票。", PaperStyle.Small),
        new PaperText($"业主签名：{Line}　受托人签名（没有委托不填）：{Line}　日期：{DayLine}"),
        new PaperText($"送票人：{Line}　收票人：{Line}", PaperStyle.Right),
    ]);

    private static Paper VoteCount(PaperFacts facts, Func<Citation, string> cite) => new($"{facts.Community}首次业主大会计票统计表",
    [
        new PaperText($"会议日期：{Day(facts.MeetingOn)}　形式：□ 集体讨论　□ 书面征求意见　计票日期：{DayLine}"),
        new PaperTable(["", "人数（人）", "专有部分面积（平方米）"], [40, 30, 30],
        [
            ["全体业主", "", facts.FloorArea is { } floor ? Metres(floor) : ""],
            ["参加要达到的数（全体的三分之二以上）", "", facts.FloorArea is { } all ? Metres((2 * all + 2) / 3) : ""],
            ["发出的票", "", ""], ["收回的有效票（参加表决）", "", ""], ["无效票", "", ""],
        ], 0),
        new PaperText("人数：一个专有部分算一人，同一个人有几套的合并算一人；建设单位没卖的和卖了没交付的合并算一人。户数不等于人数，按核实公示的名册填。", PaperStyle.Small),
        new PaperTable(["事项或候选人", "同意人数", "同意面积", "反对人数", "反对面积", "弃权人数", "弃权面积", "是否通过"], [28, 10, 12, 10, 12, 10, 12, 10],
            [["业主大会议事规则", "", "", "", "", "", "", ""], ["管理规约", "", "", "", "", "", "", ""]], CandidateRows),
        new PaperText($"参加：面积和人数都要全体的三分之二以上，正好三分之二算够。同意：参加的业主里面积和人数都要超过一半，正好一半不够（{cite(new(CivilCode, "278", 2))}）。", PaperStyle.Small),
        new PaperText("弃权票算参加、不算同意，无效票算不算参加，做法不一，以街道（乡镇）答复或表决规则为准。", PaperStyle.Small),
        new PaperText($"结果告知居委会；选举产生之日起30日内备案（{cite(new(Regulation, "16", 1))}）。", PaperStyle.Small),
        new PaperText($"计票人：{Line}　监票人：{Line}　筹备组组长：{Line}"),
        new PaperText(DayLine, PaperStyle.Right),
    ]);

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Short;

    private static string Area(long? area) => area is { } known ? Metres(known) : Short;

    private static string Metres(long area) => (area / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Day(DateOnly? day) => day is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Year}年{known.Month}月{known.Day}日") : DayLine;
}
