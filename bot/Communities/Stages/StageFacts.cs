namespace Outreach.Communities;

/// <summary>What is known of a community's way to a committee, in its present round.</summary>
/// <param name="Done">Day by number of step.</param>
/// <param name="MeetingPlanned">Day for which the first owners' meeting is planned.</param>
/// <param name="ReElectedOn">Day of the election that began this round; null in the first.</param>
public sealed record StageFacts(
    CommunityStage Stage, DateOnly? StageSince, DateOnly? TermEndsOn, int Round, IReadOnlyDictionary<int, DateOnly> Done, DateOnly? MeetingPlanned, DateOnly? ReElectedOn)
{
    /// <summary>Day from which filing and first session are counted.</summary>
    public DateOnly? ElectedOn => ReElectedOn ?? (Done.TryGetValue(StepBook.Meeting, out var day) ? day : Stage == CommunityStage.Elected ? StageSince : null);

    public DateOnly? AppliedOn => Done.TryGetValue(StepBook.Applying, out var day) ? day : Stage == CommunityStage.Applied ? StageSince : null;

    /// <summary>From the recorded rows; those that were taken back do not count.</summary>
    public static StageFacts From(CommunityStage stage, DateOnly? since, DateOnly? termEndsOn, IEnumerable<CommunityStep> steps)
    {
        var standing = steps.Where(s => s.UndoneAt is null).ToList();
        var elections = standing.Where(s => s is { Number: StepBook.NextElection, Mark: StepMark.Done }).ToList();
        var round = elections.Count == 0 ? 1 : elections.Max(s => s.Round) + 1;
        return new(stage, since, termEndsOn, round,
            standing.Where(s => s.Round == round && s.Mark == StepMark.Done).ToDictionary(s => s.Number, s => s.Day),
            standing.FirstOrDefault(s => s.Round == round && s is { Number: StepBook.Meeting, Mark: StepMark.Planned })?.Day,
            elections.FirstOrDefault(s => s.Round == round - 1)?.Day);
    }
}
