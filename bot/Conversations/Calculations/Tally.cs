using System.Text.Json.Serialization;

namespace Outreach.Conversations;

/// <summary>What is known of one measure of a vote: heads, or area in hundredths of a square metre. Null: not said.</summary>
internal sealed record Tally
{
    public static Tally Empty { get; } = new();

    public long? All { get; init; }
    public long? Present { get; init; }
    public long? For { get; init; }
    public long? Against { get; init; }
    public long? Abstaining { get; init; }
    public long? Invalid { get; init; }
    public long? NotReturned { get; init; }
    public long? Absent { get; init; }

    /// <summary>Valid ballots handed in: as said, less the invalid ones among them; else counted from the others; null when it cannot be known.</summary>
    [JsonIgnore]
    public long? Voted => Present is { } present
        ? Invalid is { } invalid && invalid <= present && (For, Against, Abstaining) is var (yes, no, abstained) && yes + no + (abstained ?? 0) != present ? present - invalid : present
        : Absent is { } absent && All is { } all ? all - absent
        : For is { } agreed && Against is { } against ? agreed + against + (Abstaining ?? 0) : null;

    public long? Of(FigureRole role) => role switch
    {
        FigureRole.All => All,
        FigureRole.Present => Present,
        FigureRole.For => For,
        FigureRole.Against => Against,
        FigureRole.Abstaining => Abstaining,
        FigureRole.Invalid => Invalid,
        FigureRole.NotReturned => NotReturned,
        FigureRole.Absent => Absent,
        FigureRole.Left or FigureRole.Signed => null,
    };

    public Tally With(FigureRole role, long value) => role switch
    {
        FigureRole.All => this with { All = value },
        FigureRole.Present => this with { Present = value, Absent = null },
        FigureRole.For => this with { For = value },
        FigureRole.Against => this with { Against = value },
        FigureRole.Abstaining => this with { Abstaining = value },
        FigureRole.Invalid => this with { Invalid = value },
        FigureRole.NotReturned => this with { NotReturned = value },
        FigureRole.Absent => this with { Absent = value, Present = null },
        FigureRole.Left or FigureRole.Signed => this,
    };
}
