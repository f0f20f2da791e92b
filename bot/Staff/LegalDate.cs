using Outreach.Communities;
using Outreach.Knowledge.Calculators;

namespace Outreach.Staff;

/// <summary>The next legal date of a community, as far as its stage and dates tell. Pure.</summary>
/// <param name="What">Such as 成立筹备组.</param>
/// <param name="Why">Where the date comes from.</param>
internal sealed record LegalDate(long CommunityId, string Community, DateOnly Day, string What, string Why)
{
    public int DaysLeft(DateOnly today) => Day.DayNumber - today.DayNumber;

    public static LegalDate? Next(long communityId, string name, CommunityStage stage, DateOnly? since, DateOnly? termEndsOn, Func<DateOnly, string> say) => stage switch
    {
        CommunityStage.Applied when since is { } applied => new(communityId, name, LegalDates.Within(applied, 60).Day, "成立筹备组", $"{say(applied)}收到申请，最长60日；河南的规定可能更短，请先核对"),
        CommunityStage.Elected when since is { } elected => new(communityId, name, LegalDates.Within(elected, 30).Day, "备案", $"{say(elected)}选出，限30日"),
        CommunityStage.Elected or CommunityStage.Filed or CommunityStage.TermOver when termEndsOn is { } ends => new(communityId, name, ends, "任期届满", "之前办好换届；提前多久办，请先核对"),
        CommunityStage.Applied or CommunityStage.Elected or CommunityStage.Filed or CommunityStage.TermOver or CommunityStage.None or CommunityStage.GatheringInterest
            or CommunityStage.PreparatoryGroup or CommunityStage.FirstMeeting or CommunityStage.ManagementCommittee => null,
    };
}
