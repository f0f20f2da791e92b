using Outreach.Communities;
using Outreach.Knowledge.Calculators;

namespace Outreach.Channels.WebChat.Pages;

/// <summary>Where a step stands, as owners see it.</summary>
public enum OwnerStepState { Done, Now, Ahead }

/// <param name="Date">When it was reached, as people write it; null where that is not known.</param>
/// <param name="Note">What is to be known of the step that is on.</param>
public sealed record OwnerStep(string Title, OwnerStepState State, string? Date = null, string? Note = null);

/// <summary>A community's way to its committee in the few steps that owners are shown. Pure.</summary>
public static class OwnerSteps
{
    private static readonly string[] Titles = ["征集意愿", "书面申请", "成立筹备组", "首次业主大会", "选出业委会", "备案"];

    /// <param name="say">How a day is written.</param>
    public static IReadOnlyList<OwnerStep> Of(CommunityStage stage, DateOnly? since, Func<DateOnly, string> say)
    {
        // How many steps lie behind; the next one is on.
        var (done, note) = stage switch
        {
            CommunityStage.None => (0, "还没有人牵头，登记就是第一步。"),
            CommunityStage.GatheringInterest => (0, null),
            CommunityStage.Applied => (2, ByWhen(since, say)),
            CommunityStage.PreparatoryGroup => (3, "由筹备组筹备"),
            CommunityStage.FirstMeeting => (4, null),
            CommunityStage.Elected => (5, "选举后30日内，由业委会办"),
            CommunityStage.Filed => (6, null),
            CommunityStage.TermOver => (6, null),
            CommunityStage.ManagementCommittee => (0, null),
        };
        if (stage == CommunityStage.ManagementCommittee)
            return [new("物业管理委员会", OwnerStepState.Now, since is { } from ? $"{say(from)}起" : null, "它管什么、干几年，请向街道办事处核实。")];
        var steps = Titles.Select((title, index) => new OwnerStep(
            title,
            index < done ? OwnerStepState.Done : index == done ? OwnerStepState.Now : OwnerStepState.Ahead,
            index == done - 1 && stage != CommunityStage.TermOver && since is { } day ? say(day) : null,
            index == done ? note : null)).ToList();
        if (stage == CommunityStage.TermOver)
            steps.Add(new("换届", OwnerStepState.Now, since is { } over ? $"{say(over)}任期届满" : null, "提前多久办，请向街道办事处核实。"));
        return steps;
    }

    private static string ByWhen(DateOnly? applied, Func<DateOnly, string> say) =>
        applied is { } day && TimelinePlanner.Plan(new(day, AppliedOn: day)).Single(step => step.Number == 4).Day is { } last
            ? $"由街道组织，全国规定最迟{say(last)}；河南的规定可能更短"
            : "由街道组织";
}
