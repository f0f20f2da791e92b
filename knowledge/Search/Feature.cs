namespace Outreach.Knowledge.Search;

/// <summary>What the ranker knows of an article for a question; the order is that of the weights in ranker.json.</summary>
internal enum Feature
{
    /// <summary>BM25F over question, variants and body, divided by the question's own mass.</summary>
    Bm25F,

    /// <summary>Body alone, likewise.</summary>
    Body,

    /// <summary>Weighted Dice of the question and the best single variant.</summary>
    BestVariant,

    /// <summary>Mean of the three best variants.</summary>
    TopVariants,

    /// <summary>
    /// How much commoner the question's terms are among the article's variants than among all (each term by the share of variants that hold it,
    /// trusted the more the more of them there are), by the root of the question's length.
    /// </summary>
    Evidence,

    /// <summary>Share of a variant that the question covers: a short variant inside a long story.</summary>
    VariantCovered,

    /// <summary>Share of the question covered by all variants together.</summary>
    UnionCovered,

    /// <summary>Dice of the question and the article's canonical question.</summary>
    Canonical,

    /// <summary>Best variant by sound.</summary>
    Sound,

    /// <summary>Likelihood of the question under the article's variants (Dirichlet smoothing), a term.</summary>
    Likelihood,
}
