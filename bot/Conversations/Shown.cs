using Outreach.Activities;

namespace Outreach.Conversations;

/// <summary>How a page shows an answer beyond its text; what of it a channel cannot show stands in the text.</summary>
internal sealed record Shown
{
    public static Shown AsText { get; } = new();

    /// <summary>A line above the cards, such as 改好了。</summary>
    public string Before { get; init; } = "";
    /// <summary>In place of the text, which becomes the message's summary.</summary>
    public IReadOnlyList<HeroCard> Cards { get; init; } = [];
    /// <summary>What an opened source says, one a citation.</summary>
    public IReadOnlyList<CitationClaim> Sources { get; init; } = [];
}
