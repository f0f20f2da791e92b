namespace Outreach.Knowledge.Search;

/// <summary>What the calibration sees of a ranking; weights in this order, the bias first.</summary>
/// <param name="Evidence">What the question's terms say for the first article.</param>
/// <param name="Margin">Its probability less that of the second.</param>
/// <param name="Variant">Dice with its best variant, by spelling or by sound.</param>
/// <param name="Lead">How far it is ahead of the second, in logits, at most one after division by <see cref="LongestLead"/>.</param>
/// <param name="Known">Share of the question that the vocabulary knows.</param>
/// <param name="Agreement">Share of the features by which the first article is the first of all.</param>
/// <param name="Scope">Probability of being out of scope.</param>
internal readonly record struct ConfidenceSignals(float Evidence, float Margin, float Variant, float Lead, float Known, float Agreement, float Scope)
{
    public const int Count = 7;
    public const float LongestLead = 4;

    public float Probability(ReadOnlySpan<float> weights) =>
        1 / (1 + MathF.Exp(-(weights[0] + (weights[1] * Evidence) + (weights[2] * Margin) + (weights[3] * Variant) + (weights[4] * Lead)
            + (weights[5] * Known) + (weights[6] * Agreement) + (weights[7] * Scope))));
}
