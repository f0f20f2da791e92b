namespace Outreach.Knowledge.Search;

/// <summary>How much of a question the vocabulary knows at all.</summary>
/// <param name="Length">Terms in it, known or not.</param>
/// <param name="Known">Share of its weight in known terms, 0 to 1.</param>
/// <param name="Sounds">Distinct terms by sound.</param>
internal readonly record struct QuestionMass(int Length, float Known, int Sounds)
{
    public bool IsEmpty => Length == 0 && Sounds == 0;
}
