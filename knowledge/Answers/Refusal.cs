using Outreach.Knowledge.Articles;

namespace Outreach.Knowledge.Answers;

public enum RefusalReason
{
    /// <summary>Not about owners' committees and their communities.</summary>
    OutOfScope,

    /// <summary>Ours perhaps, but no article fits, or nothing was asked in words.</summary>
    NoAnswer,
}

/// <summary>No answer, and where to turn instead.</summary>
/// <param name="Redirect">What to say; null: nothing better is known than that there is no answer.</param>
public sealed record Refusal(RefusalReason Reason, string? Redirect) : Reply
{
    /// <summary>The kind of out-of-scope question; null when it is like none of the examples.</summary>
    public ScopeKind? Kind { get; init; }

    /// <summary>Id of the group in outofscope.yaml whose redirect this is.</summary>
    public string? GroupId { get; init; }
}
