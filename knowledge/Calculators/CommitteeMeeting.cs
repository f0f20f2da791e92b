namespace Outreach.Knowledge.Calculators;

/// <summary>Meetings and vacancies of the committee itself (指导规则 31, 38, 46: a national guideline).</summary>
public static class CommitteeMeeting
{
    public const int FewestMembers = 5;
    public const int MostMembers = 11;

    /// <summary>Five to eleven, an odd number.</summary>
    public static bool IsValidSize(int members) => members is >= FewestMembers and <= MostMembers && members % 2 == 1;

    /// <summary>More than half must be there.</summary>
    public static int FewestPresent(int members) => Positive(members) / 2 + 1;

    /// <summary>Half of all members, itself included, must agree.</summary>
    public static int FewestFor(int members) => (Positive(members) + 1) / 2;

    /// <summary>Whether fewer than half are left, so that a new committee is elected instead of filling the seats.</summary>
    /// <param name="members">Seats that there should be (whether to take those or the members left is contested).</param>
    public static bool MustElectAnew(int members, int left) => 2 * left < Positive(members);

    private static int Positive(int members)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(members);
        return members;
    }
}
