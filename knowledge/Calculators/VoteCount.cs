namespace Outreach.Knowledge.Calculators;

/// <summary>What majority a matter needs among those taking part (民法典 278).</summary>
public enum VoteKind
{
    /// <summary>一般事项: more than half (278① items 1–5 and 9).</summary>
    Ordinary,

    /// <summary>重大事项: three quarters (278① items 6–8).</summary>
    Major,
}

/// <summary>The numbers of one vote.</summary>
/// <param name="All">All owners and all exclusive floor area.</param>
/// <param name="Present">Those who took part.</param>
/// <param name="For">Those of them who agreed.</param>
public sealed record VoteCount(VoteKind Kind, Share All, Share Present, Share For);
