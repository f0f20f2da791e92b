namespace Outreach.Knowledge.Articles;

/// <summary>A law, regulation or document that articles cite.</summary>
public sealed record Source
{
    /// <summary>Short id used in citations; never ends in a digit.</summary>
    public required string Id { get; init; }
    public required string Title { get; init; }

    /// <summary>The name that people use, without 《》: it stands in the 依据 line.</summary>
    public required string ShortTitle { get; init; }
    public string Issuer { get; init; } = "";

    /// <summary>The day on which this version of the text was made.</summary>
    public DateOnly? VersionDate { get; init; }

    /// <summary>The day from which it applies; null when unknown: then no date is shown.</summary>
    public DateOnly? Effective { get; init; }
    public required SourceStatus Status { get; init; }

    /// <summary>Ids or names of what it took the place of.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>
    /// Article numbers that may not be cited any more, in Arabic digits; "12①" bars the first paragraph only. A part smaller than a paragraph ("11(五)", "12①但书")
    /// bars no citation, but whoever reads the article is told.
    /// </summary>
    public IReadOnlyList<string> SupersededParts { get; init; } = [];

    /// <summary>The only article numbers whose text was read and may be cited; empty: all.</summary>
    public IReadOnlyList<string> CitableParts { get; init; } = [];

    /// <summary>Further names that people use for it, such as 物业条例.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>How many articles the whole text has; null when unknown.</summary>
    public int? Total { get; init; }

    /// <summary>What holds in the place of <see cref="SupersededParts"/> and of every share of votes in this text; null: nothing.</summary>
    public Citation? SupersededBy { get; init; }

    /// <summary>The version as people name it in <c>--changed SOURCE@VERSION</c>: the date, or "" when unknown.</summary>
    public string Version => VersionDate?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    /// <summary>True when the citation points at a part that a newer law took the place of.</summary>
    public bool IsSuperseded(Citation citation) =>
        citation.Number is not null && SupersededParts.Any(part => Citation.TryParse($"{Id}/{part}", out var barred)
            && barred.Number == citation.Number && (barred.Paragraph is null || citation.Paragraph is null || barred.Paragraph == citation.Paragraph));
}
