namespace Outreach.Knowledge.Articles;

/// <summary>Near: about homes and neighbours, but another office's business. Harm: to be declined calmly.</summary>
public enum ScopeKind
{
    Far,
    Near,
    Chitchat,
    Harm,
}

/// <summary>Questions that are not ours and where their askers should turn.</summary>
/// <param name="Redirect">A kind refusal with the place to turn to, at most 80 characters.</param>
public sealed record OutOfScopeGroup(string Id, ScopeKind Kind, string Redirect, IReadOnlyList<string> Questions);
