using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Outreach.Communities;

/// <summary>A paper as a Word file (.docx): A4, so that staff can still change the words.</summary>
public static class PaperDocx
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    private const int TextWidth = 9638;      // twentieths of a point between the margins of A4
    private const uint RowHeight = 480;

    public static MemoryStream Write(Paper paper)
    {
        var file = new MemoryStream();
        using (var document = WordprocessingDocument.Create(file, WordprocessingDocumentType.Document, autoSave: true))
        {
            var body = new Body(Line(paper.Title, JustificationValues.Center, halfPoints: 36, isBold: true));
            foreach (var block in paper.Blocks)
                body.Append(block switch
                {
                    PaperText text => Line(text),
                    PaperTable table => Grid(table),
                    _ => throw new InvalidOperationException($"A paper holds no {block.GetType().Name}."),
                });
            body.Append(new SectionProperties(
                new PageSize { Width = 11906, Height = 16838 },
                new PageMargin { Top = 1134, Bottom = 1134, Left = 1134, Right = 1134, Header = 567, Footer = 567, Gutter = 0 }));
            document.AddMainDocumentPart().Document = new Document(body);
        }
        file.Position = 0;
        return file;
    }

    private static Paragraph Line(PaperText text) => text.Style switch
    {
        PaperStyle.Body => Line(text.Text, JustificationValues.Left, 24, isBold: false),
        PaperStyle.Heading => Line(text.Text, JustificationValues.Left, 26, isBold: true),
        PaperStyle.Right => Line(text.Text, JustificationValues.Right, 24, isBold: false),
        PaperStyle.Small => Line(text.Text, JustificationValues.Left, 20, isBold: false),
        PaperStyle.NewPage => NewPage(Line(text.Text, JustificationValues.Center, 32, isBold: true)),
    };

    private static Paragraph NewPage(Paragraph paragraph)
    {
        paragraph.ParagraphProperties!.PageBreakBefore = new PageBreakBefore();
        return paragraph;
    }

    private static Paragraph Line(string text, JustificationValues side, int halfPoints, bool isBold)
    {
        var size = halfPoints.ToString(CultureInfo.InvariantCulture);
        var look = new RunProperties(new RunFonts { Ascii = "Times New Roman", HighAnsi = "Times New Roman", EastAsia = "宋体" });
        if (isBold)
            look.Append(new Bold());
        look.Append(new FontSize { Val = size }, new FontSizeComplexScript { Val = size });
        return new(
            new ParagraphProperties(new SpacingBetweenLines { After = "120", Line = "360", LineRule = LineSpacingRuleValues.Auto }, new Justification { Val = side }),
            new Run(look, new Text(text) { Space = SpaceProcessingModeValues.Preserve }));
    }

    private static Table Grid(PaperTable table)
    {
        var total = table.Widths.Sum();
        var widths = table.Widths.Select(w => (TextWidth * w / total).ToString(CultureInfo.InvariantCulture)).ToList();
        var grid = new Table(
            new TableProperties(
                new TableWidth { Width = TextWidth.ToString(CultureInfo.InvariantCulture), Type = TableWidthUnitValues.Dxa },
                new TableBorders(Border<TopBorder>(), Border<LeftBorder>(), Border<BottomBorder>(), Border<RightBorder>(), Border<InsideHorizontalBorder>(), Border<InsideVerticalBorder>()),
                new TableLayout { Type = TableLayoutValues.Fixed }),
            new TableGrid(widths.Select(w => new GridColumn { Width = w })));
        grid.Append(Row(table.Headings, widths, isHeading: true));
        grid.Append(table.Rows.Concat(Enumerable.Repeat<IReadOnlyList<string>>([.. widths.Select(_ => "")], table.BlankRows)).Select(cells => Row(cells, widths, isHeading: false)));
        return grid;
    }

    private static TableRow Row(IReadOnlyList<string> cells, List<string> widths, bool isHeading)
    {
        var properties = new TableRowProperties(new CantSplit(), new TableRowHeight { Val = RowHeight, HeightType = HeightRuleValues.AtLeast });
        if (isHeading)
            properties.Append(new TableHeader());
        var row = new TableRow(properties);
        for (var at = 0; at < widths.Count; at++)
            row.Append(new TableCell(
                new TableCellProperties(new TableCellWidth { Width = widths[at], Type = TableWidthUnitValues.Dxa }, new TableCellVerticalAlignment { Val = TableVerticalAlignmentValues.Center }),
                Line(cells[at], JustificationValues.Left, 21, isHeading)));
        return row;
    }

    private static T Border<T>() where T : BorderType, new() => new() { Val = BorderValues.Single, Size = 4 };
}
