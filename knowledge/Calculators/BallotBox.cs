namespace Outreach.Knowledge.Calculators;

/// <summary>One owner's vote.</summary>
public enum Ballot
{
    For,
    Against,
    Abstaining,
    Invalid,
}

/// <summary>What was handed in, and what was delivered but never came back.</summary>
/// <param name="DeliveredNotReturned">Only ballots whose delivery is proven and came with a word on what silence means.</param>
public sealed record BallotBox(Share For, Share Against, Share Abstaining, Share Invalid = default, Share DeliveredNotReturned = default)
{
    /// <summary>The one vote of owners who share a home: when they differ it is invalid (the rules of voting may say otherwise: contested).</summary>
    public static Ballot OfCoOwners(IEnumerable<Ballot> votes)
    {
        var distinct = votes.Distinct().Take(2).ToList();
        return distinct.Count == 1 ? distinct[0] : Ballot.Invalid;
    }

    /// <summary>
    /// The vote under the usual reading (valid ballots take part, abstentions do not agree), then under each reading that the box gives occasion for
    /// and that the law leaves open.
    /// </summary>
    public IReadOnlyList<VoteReading> Read(VoteKind kind, Share all)
    {
        var valid = For + Against + Abstaining;
        var readings = new List<VoteReading> { Reading("收回的有效票算参加，弃权算参加不算同意", CountingRule.Usual, valid) };
        if (Abstaining != default)
            readings.Add(Reading("弃权不算参加", CountingRule.AbstainingStayAway, For + Against));
        if (Invalid != default)
            readings.Add(Reading("无效票也算参加", CountingRule.InvalidTakePart, valid + Invalid));
        if (DeliveredNotReturned != default)
            readings.Add(Reading("议事规则约定送达未回的算参加", CountingRule.DeliveredTakePart, valid + DeliveredNotReturned));
        return readings;

        VoteReading Reading(string title, CountingRule rule, Share present) => new(title, rule, present, VoteCalculator.Count(new(kind, all, present, For)));
    }
}

/// <summary>Who counts as taking part.</summary>
public enum CountingRule
{
    Usual,
    AbstainingStayAway,
    InvalidTakePart,
    DeliveredTakePart,
}

/// <summary>The result of a vote under one reading of the rules; all but the usual one are contested.</summary>
/// <param name="Title">In Chinese, for owners.</param>
public sealed record VoteReading(string Title, CountingRule Rule, Share Present, VoteResult Result)
{
    public bool IsContested => Rule != CountingRule.Usual;
}
