using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Calculators;

namespace Outreach.Communities;

/// <summary>One of the fourteen legal steps as staff work on it.</summary>
/// <param name="Enters">The stage that begins when it is done; null: none.</param>
/// <param name="Next">What staff do, in Chinese.</param>
/// <param name="DayHint">Which day is to be recorded.</param>
public sealed record LegalStep(
    int Number, string Title, string Who, IReadOnlyList<Citation> Grounds, string Note, CommunityStage? Enters, string Next, string DayHint, IReadOnlyList<DocumentKind> Documents);

/// <summary>The fourteen steps from gathering interest to the next election. Titles, who acts and grounds are those that owners are told (<see cref="TimelinePlanner"/>).</summary>
public static class StepBook
{
    public const int Applying = 2;
    public const int GroupFormed = 4;
    public const int Announced = 8;
    public const int Meeting = 9;
    public const int FirstSession = 11;
    public const int Filing = 12;
    public const int NextElection = 14;

    public static IReadOnlyList<LegalStep> All { get; } = [.. TimelinePlanner.Plan(new(new DateOnly(2026, 1, 1))).Select(Of)];

    public static LegalStep Get(int number) => All[number - 1];

    /// <summary>The last step that is behind a community of this stage, whether its day was recorded or not.</summary>
    public static int LastPassed(CommunityStage stage) => stage switch
    {
        CommunityStage.None or CommunityStage.GatheringInterest or CommunityStage.ManagementCommittee => 0,
        CommunityStage.Applied => Applying,
        CommunityStage.PreparatoryGroup => GroupFormed,
        CommunityStage.FirstMeeting => Announced,
        CommunityStage.Elected => 10,
        CommunityStage.Filed => Filing,
        CommunityStage.TermOver => 13,
    };

    private static LegalStep Of(TimelineStep step)
    {
        var (enters, next, hint, documents) = ((CommunityStage?, string, string, DocumentKind[]))(step.Number switch
        {
            1 => (CommunityStage.GatheringInterest, "登记意愿，讲清条件，核对交付面积。", "开始征集的那天", [DocumentKind.Poster]),
            Applying => (CommunityStage.Applied, "收下申请，出具收件凭证，核对是否符合条件。", "收到书面申请的那天", [DocumentKind.Application]),
            3 => (null, "催建设单位报七类资料；缺业主名册的，商请住建、不动产登记部门查核。", "资料报齐的那天", []),
            GroupFormed => (CommunityStage.PreparatoryGroup, "请业主、建设单位、街道（乡镇）、居委会各出代表：总人数单数，业主不少于一半，街道（乡镇）代表当组长。", "筹备组成立的那天", [DocumentKind.GroupNotice]),
            5 => (null, "名单书面贴出来；有异议的，由街道（乡镇）协调。", "贴出名单的那天", [DocumentKind.GroupNotice]),
            6 => (null, "公示业主身份、人数、面积；证件号和电话要遮住。", "贴出来的那天", []),
            7 => (null, "草案从法律上过一遍，表决比例按《民法典》第二百七十八条。", "草案定稿的那天", [DocumentKind.CandidateForm]),
            Announced => (CommunityStage.FirstMeeting, "贴公告，通知每一位业主，同时告知居委会；比15日再早1日更稳。", "贴出公告并通知完的那天", [DocumentKind.Ballot]),
            Meeting => (CommunityStage.Elected, "监督发票、收票、计票：面积和人数都要三分之二以上参加，参加的人里都超过一半同意。没有选出来，不记这一步。", "计票选出来的那天，后面的期限从这天算", [DocumentKind.Ballot, DocumentKind.VoteCount]),
            10 => (null, "结果贴出来；原始票和统计表存好。", "贴出结果的那天", [DocumentKind.VoteCount]),
            FirstSession => (null, "到会指导，由委员推选主任、副主任。", "开会的那天", []),
            Filing => (CommunityStage.Filed, "收四样材料：成立和选举的情况、管理规约、议事规则、业主大会的其他重大决定；出备案证明。", "备案办好的那天", []),
            13 => (null, "告知公安窗口：凭备案证明刻业主大会章和业委会章。", "领到章的那天", []),
            NextElection => (CommunityStage.Elected, "备案的内容有变，30日内书面报告；到期前提醒换届。提前多久办、谁来组织，先核对河南的规定。", "换届选出来的那天，新一届从这天算", []),
            _ => throw new InvalidOperationException($"There is no step {step.Number}."),
        });
        return new(step.Number, step.Title, step.Who, step.Grounds, step.Note, enters, next, hint, documents);
    }
}
