using Outreach.Contacts;

namespace Outreach.Campaigns;

/// <summary>A text to start from. What stands in braces and is no variable must be filled in by hand: <see cref="Notice.Check"/> lets nothing out with a hole.</summary>
/// <param name="Step">The step of the procedure that it announces; null: none.</param>
/// <param name="Remember">What the staff must see to besides, with the ground for it; null: nothing.</param>
public sealed record NoticeSample(string Key, string Name, LegalNotice? Step, NoticeTopics Topic, string Title, string Body, string? Remember);

/// <summary>
/// Notices for each step, in the words of this house. What the law asks for is posted in writing; the message only tells of it, and says so.
/// </summary>
public static class NoticeLibrary
{
    // The paper counts, a reply is no vote, and how to leave.
    private const string Tail = "以{张贴地点}张贴的公告为准。在这里回复不算投票。回“退订”不再收。";

    public static IReadOnlyList<NoticeSample> All { get; } =
    [
        new("group", "筹备组公告", LegalNotice.PreparatoryGroup, NoticeTopics.Procedure, "{小区}筹备组名单公告",
            "{街道}组织成立了{小区}首次业主大会筹备组，共{单数}人，组长由{街道}代表担任。名单{张贴日期}贴在{张贴地点}。有异议，{截止日期}前找{街道}，电话{电话}。有问题直接回复。" + Tail,
            "人数是单数，业主代表不少于一半，名单要书面公告（全国性指导文件《业主大会和业主委员会指导规则》第十条、第十一条）。河南的规定请向街道办事处核实。"),
        new("candidates", "征集候选人", LegalNotice.Candidates, NoticeTopics.Procedure, "{小区}征集业委会候选人",
            "{小区}筹备组征集业委会委员候选人，拟设{5至11的单数}人，须是本小区业主。条件和办法见公告。{截止日期}前到{报名处}报名，先了解回“参选”。名单由筹备组确定并公告。" + Tail,
            "委员5至11人，单数，须是本小区业主（全国性指导文件《业主大会和业主委员会指导规则》第三十一条）。"),
        new("meeting", "首次业主大会通知", LegalNotice.FirstMeeting, NoticeTopics.Procedure, "{小区}首次业主大会通知",
            "{小区}筹备组定于{会期和星期}{几点}在{会场}开首次业主大会，方式：{开会还是书面征求意见}。要定：议事规则、管理规约、选业委会。三分之二（2/3）以上业主参加，面积、人数都算；参加的人里面积、人数都超过一半同意才通过。来不了可以书面委托。回“参加”“不来”。" + Tail,
            "召开15日以前通知全体业主，宜再早1日；同时告知居委会（《物业管理条例》第十四条）。书面征求意见写明收票起止和地点。"),
        new("result", "投票结果公告", LegalNotice.Result, NoticeTopics.Procedure, "{小区}业主大会投票结果",
            "{小区}首次业主大会：全体{总人数}人、{总面积}平方米，参加{参加人数}人、{参加面积}平方米。{事项}：同意{同意人数}人、{同意面积}平方米，{通过还是未通过}。当选名单见公告，有疑问找{联系处}。认为侵害权益或程序违法，从知道或应当知道那天起一年内可以请法院撤销。" + Tail,
            "参加的比例按全体业主算，同意的比例按参加的业主算，面积、人数都要够（《民法典》第二百七十八条）。"),
        new("term", "换届提醒", LegalNotice.TermEnds, NoticeTopics.Procedure, "{小区}业委会快到期了",
            "{小区}本届业委会{届满日期}到期。全国性指导文件规定每届不超过5年，可以连选连任。换届提前多久办，请向街道办事处核实。想参选、帮忙回“换届”。" + Tail,
            "每届不超过5年（全国性指导文件《业主大会和业主委员会指导规则》第三十二条）。换届提前多久办，河南的规定请向街道办事处核实。"),
        new("training", "培训报名", null, NoticeTopics.Training, "业委会知识培训报名",
            "{主办单位}{日期和星期}{几点}在{会场}办业委会知识培训，讲{内容}，不收费，限{人数}人。回“1”参加，“2”要资料，“3”不来。回“退订”不再收。", null),
        new("progress", "登记进展", null, NoticeTopics.MyCommunity, "{小区}登记进展",
            "{小区}已有{登记户数}户登记，占全部{全部户数}户的{登记比例}，现在是“{阶段}”。登记不算投票。想帮忙回“参加”，有问题直接回复。回“退订”不再收。",
            "括号里的数字发送时自动填，没有数据的小区不能选。"),
    ];

    public static NoticeSample? Find(string? key) => All.FirstOrDefault(sample => sample.Key == key);
}
