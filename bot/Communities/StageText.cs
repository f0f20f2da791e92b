namespace Outreach.Communities;

/// <summary>How stages are called before owners and staff.</summary>
public static class StageText
{
    public static string Of(CommunityStage stage) => stage switch
    {
        CommunityStage.None => "还没有开始",
        CommunityStage.GatheringInterest => "征集意愿",
        CommunityStage.Applied => "已书面申请",
        CommunityStage.PreparatoryGroup => "筹备组",
        CommunityStage.FirstMeeting => "首次业主大会",
        CommunityStage.Elected => "已选出业委会",
        CommunityStage.Filed => "已备案",
        CommunityStage.TermOver => "任期届满",
        CommunityStage.ManagementCommittee => "物业管理委员会",
    };
}
