using Outreach.Communities;

namespace Outreach.Staff;

/// <summary>One day of a community that matters by law: a deadline of an open step, or the planned first meeting. Pure.</summary>
/// <param name="What">Such as 成立筹备组.</param>
/// <param name="Why">Where the date comes from.</param>
internal sealed record LegalDate(long CommunityId, string Community, int Step, DateOnly Day, string What, string Why)
{
    /// <summary>What stands on today's page and counts as near.</summary>
    public const int NearDays = 30;
    /// <summary>A re-election takes months: ends of terms are shown so many days ahead.</summary>
    public const int TermDays = 183;

    public int DaysLeft(DateOnly today) => Day.DayNumber - today.DayNumber;

    /// <summary>还有 3 天, 就是今天 or 过了 2 天.</summary>
    public string Left(DateOnly today) => DaysLeft(today) switch
    {
        < 0 and var late => $"过了 {-late} 天",
        0 => "就是今天",
        var left => $"还有 {left} 天",
    };

    /// <summary>All days of a community, the nearest first.</summary>
    public static IReadOnlyList<LegalDate> Of(DirectoryCommunity community) =>
    [.. community.Plan.Deadlines.Select(step => new LegalDate(community.Id, community.Name, step.Number, step.Latest!.Value, step.Number == StepBook.NextElection ? "任期届满" : step.Step.Title, step.Why))
        .Concat(community.Plan.Steps.Where(step => step is { IsOpen: true, PlannedOn: not null })
            .Select(step => new LegalDate(community.Id, community.Name, step.Number, step.PlannedOn!.Value, step.Step.Title, step.Why)))
        .OrderBy(date => date.Day).ThenBy(date => date.Step)];

    public static LegalDate? Next(DirectoryCommunity community) => Of(community) is [var first, ..] ? first : null;
}
