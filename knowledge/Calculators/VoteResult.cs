namespace Outreach.Knowledge.Calculators;

public enum VoteOutcome
{
    /// <summary>参与不成立.</summary>
    NoQuorum,

    /// <summary>参与成立，未通过.</summary>
    Rejected,

    /// <summary>通过.</summary>
    Passed,
}

/// <summary>The result of a vote and what each of its four conditions still lacks.</summary>
/// <param name="MissingPresent">Heads and area that were missing for taking part; zero where it was enough.</param>
/// <param name="MissingFor">Heads and area of agreement missing at this turnout; zero where it was enough.</param>
public sealed record VoteResult(VoteOutcome Outcome, Share MissingPresent, Share MissingFor);
