namespace Outreach.Conversations;

/// <summary>What a number counts.</summary>
internal enum FigureRole
{
    All, Present, For, Against, Abstaining, Invalid,
    /// <summary>Ballots that were delivered and never came back.</summary>
    NotReturned,
    /// <summary>Owners who did not take part.</summary>
    Absent,
    /// <summary>Committee members who are left.</summary>
    Left,
    /// <summary>Owners who signed a petition.</summary>
    Signed,
}

internal enum Measure { Owners, Area }

/// <summary>Why a number cannot be taken as it stands.</summary>
internal enum FigureFlaw
{
    None,
    /// <summary>6万多, 差不多300户: its base is taken and said so.</summary>
    Approximate,
    /// <summary>300到350户, 三四百户, 几百户.</summary>
    Range,
    Negative,
    /// <summary>340.5户.</summary>
    NotWhole,
    /// <summary>More than two decimals of a square metre.</summary>
    TooFine,
    TooLarge,
}

/// <summary>A fraction in whole numbers, such as 2/3.</summary>
internal readonly record struct Portion(int Numerator, int Denominator);

/// <summary>One number of a message.</summary>
/// <param name="Role">Null when its words do not tell.</param>
/// <param name="Value">Owners, or hundredths of a square metre; 0 where <see cref="Portion"/> stands instead.</param>
/// <param name="Said">As it was written, for asking back.</param>
internal sealed record Figure(FigureRole? Role, Measure Measure, long Value, string Said)
{
    public FigureFlaw Flaw { get; init; }
    /// <summary>一半, 三分之二, 60%: a part of what it is counted in.</summary>
    public Portion? Portion { get; init; }
    /// <summary>再多20户: to be added to what is known.</summary>
    public bool IsMore { get; init; }
    /// <summary>Whether the unit was said; else the measure is a guess by size.</summary>
    public bool HasUnit { get; init; }
}

/// <summary>The numbers of a message in their order.</summary>
/// <param name="Unit">户 or 人, as the owner counts; null where no unit of heads was said.</param>
internal sealed record SpokenFigures(IReadOnlyList<Figure> All, string? Unit)
{
    public bool Has(params ReadOnlySpan<FigureRole> roles)
    {
        foreach (var figure in All)
            if (figure.Role is { } role && roles.Contains(role))
                return true;
        return false;
    }
}
