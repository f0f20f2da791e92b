namespace Outreach.Knowledge.Articles;

/// <summary>Everyday wording and the legal term that it stands for.</summary>
/// <param name="Mends">A question that was not found without it.</param>
public sealed record Rewrite(IReadOnlyList<string> From, string To, string Mends);
