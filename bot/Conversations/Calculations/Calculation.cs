using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>What is reckoned.</summary>
internal enum CalculationTask
{
    /// <summary>Whether a vote of all owners passes, and what is missing.</summary>
    Vote,
    /// <summary>How many owners may ask for an interim meeting.</summary>
    Petition,
    /// <summary>Size, meetings and vacancies of the committee.</summary>
    Committee,
    /// <summary>How many heads a list of homes has.</summary>
    Roll,
    /// <summary>The dates of the steps.</summary>
    Timeline,
}

/// <summary>What the calculation asked last.</summary>
internal enum CalculationQuestion
{
    All, Present, For, Matter,
    /// <summary>The areas, after the heads were enough; the owner may leave it.</summary>
    Areas,
    /// <summary>The number that cannot be; the id of its role stands beside it.</summary>
    Correction,
    /// <summary>What a bare number counts.</summary>
    Which,
    Members, Homes, Day,
}

/// <summary>A calculation in progress or just given. It holds numbers only and is forgotten after half an hour.</summary>
internal sealed record Calculation
{
    private static readonly TimeSpan Lives = TimeSpan.FromMinutes(30);

    public required CalculationTask Task { get; init; }
    public required DateTimeOffset LastAt { get; init; }
    /// <summary>Null: nothing is asked, the result was given.</summary>
    public CalculationQuestion? Asked { get; init; }
    /// <summary>The number in question, for a correction.</summary>
    public FigureRole? AskedRole { get; init; }
    public Measure AskedMeasure { get; init; }
    /// <summary>Ordinary or major; null: not known.</summary>
    public VoteKind? Kind { get; init; }
    /// <summary>加装电梯: under which item and in which circle it is voted on is contested.</summary>
    public bool IsLift { get; init; }
    public Tally Heads { get; init; } = Tally.Empty;
    public Tally Areas { get; init; } = Tally.Empty;
    /// <summary>户 or 人, as the owner counts.</summary>
    public string Unit { get; init; } = "人";
    /// <summary>不知道面积 was said.</summary>
    public bool WithoutArea { get; init; }
    /// <summary>The community whose households and area stand for the totals; null: the owner said them.</summary>
    public string? TotalsOf { get; init; }
    /// <summary>Numbers said roughly, as they were said.</summary>
    public IReadOnlyList<string> Rough { get; init; } = [];
    /// <summary>Owners, and hundredths of a square metre, who signed a petition.</summary>
    public long? SignedHeads { get; init; }
    public long? SignedArea { get; init; }
    public int? Members { get; init; }
    public int? MembersPresent { get; init; }
    public int? MembersFor { get; init; }
    public int? MembersLeft { get; init; }
    /// <summary>The days of the steps, and which of them the owner asked from.</summary>
    public TimelineAsked? Days { get; init; }
    public RollAsked? Homes { get; init; }
    /// <summary>The article that the result belongs to.</summary>
    public string? ArticleId { get; init; }
    /// <summary>When its topic was set: while the topic is this one, 详细点 means the calculation.</summary>
    public DateTimeOffset? ShownAt { get; init; }
    /// <summary>A bare number of which nobody knows what it counts.</summary>
    public long? Pending { get; init; }

    public bool IsAlive(DateTimeOffset now) => now - LastAt < Lives;

    public Tally Of(Measure measure) => measure == Measure.Owners ? Heads : Areas;

    public Calculation With(Measure measure, Tally tally) => measure == Measure.Owners ? this with { Heads = tally } : this with { Areas = tally };
}

/// <summary>An event on the way to a committee, with its day.</summary>
internal enum TimelineEvent { Today, Applied, GroupFormed, Notice, Meeting, Elected, Termination }

/// <param name="From">The event whose day was said.</param>
/// <param name="StageOf">The community whose recorded stage gave the day; null: the owner said it.</param>
internal sealed record TimelineAsked(TimelineEvent From, DateOnly Day, string? StageOf = null);

/// <param name="Homes">All homes.</param>
/// <param name="Developer">Those that are unsold or not delivered.</param>
/// <param name="Several">Homes of each owner who has several.</param>
internal sealed record RollAsked(int Homes, int Developer, IReadOnlyList<int> Several);
