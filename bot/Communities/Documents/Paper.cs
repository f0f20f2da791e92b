namespace Outreach.Communities;

/// <summary>One printable paper: what stands on it, in order; how it looks is the printer's business (<see cref="PaperDocx"/>, or a page).</summary>
public sealed record Paper(string Title, IReadOnlyList<PaperBlock> Blocks);

public abstract record PaperBlock;

public enum PaperStyle { Body, Heading, Right, Small, NewPage }

public sealed record PaperText(string Text, PaperStyle Style = PaperStyle.Body) : PaperBlock;

/// <param name="Widths">Weights of the columns.</param>
/// <param name="BlankRows">Empty rows below, to be filled by hand.</param>
public sealed record PaperTable(IReadOnlyList<string> Headings, IReadOnlyList<int> Widths, IReadOnlyList<IReadOnlyList<string>> Rows, int BlankRows) : PaperBlock;

/// <summary>What is known of a community for its papers; what is null stays a blank line.</summary>
/// <param name="Place">District, street and neighbourhood, such as 示范区示范街道春晖社区.</param>
/// <param name="Office">The street's office, such as 示范街道办事处.</param>
/// <param name="FloorArea">0.01 m².</param>
public sealed record PaperFacts(
    string Community, string? Place, string? Office, string? OfficePhone, int? Households, long? FloorArea, DateOnly? DeliveredOn, DateOnly? GroupFormedOn, DateOnly? MeetingOn);
