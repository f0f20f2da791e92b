namespace Outreach.Knowledge.Search;

/// <summary>What the calibration sees of a ranking; weights in this order, the bias first.</summary>
/// <param name="First">Probability of the first article.</param>
/// <param name="Margin">Its lead over the second.</param>
/// <param name="Variant">Dice with its best variant, by spelling or by sound.</param>
/// <param name="Covered">Share of the question that its variants cover together.</param>
/// <param name="Known">Share of the question that the vocabulary knows.</param>
/// <param name="Scope">Probability of being out of scope.</param>
internal readonly record struct ConfidenceSignals(float First, float Margin, float Variant, float Covered, float Known, float Scope)
{
    public const int Count = 6;

    public float Probability(ReadOnlySpan<float> weights) =>
        1 / (1 + MathF.Exp(-(weights[0] + (weights[1] * First) + (weights[2] * Margin) + (weights[3] * Variant) + (weights[4] * Covered)
            + (weights[5] * Known) + (weights[6] * Scope))));
}
