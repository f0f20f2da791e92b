using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Outreach.Communities;
using Outreach.Knowledge.Articles;

namespace Outreach.Tests.Communities;

public sealed class PapersTests
{
    private static readonly PaperFacts Known = new("春晖苑（演示）", "示范区示范街道春晖社区", "示范街道办事处", "0000-0000001", 612, 6_540_000, new(2015, 6, 30), new(2026, 11, 16), new(2026, 12, 20));
    private static readonly PaperFacts Nothing = new("无名园", null, null, null, null, null, null, null, null);

    public static TheoryData<DocumentKind> Kinds => [.. Enum.GetValues<DocumentKind>().Where(k => k != DocumentKind.Poster)];

    private static string Words(Paper paper) => paper.Title + string.Join('\n', paper.Blocks.Select(b => b switch
    {
        PaperText text => text.Text,
        PaperTable table => string.Join('|', table.Headings.Concat(table.Rows.SelectMany(r => r))),
        _ => throw new InvalidOperationException(),
    }));

    private static string Cite(Citation citation) => $"〔{citation}〕";

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_not_known_is_a_blank_line_and_every_paper_names_its_ground(DocumentKind kind)
    {
        var words = Words(Papers.Make(kind, Nothing, Cite));

        Assert.Contains("无名园", words, StringComparison.Ordinal);
        Assert.Contains("＿＿＿＿", words, StringComparison.Ordinal);
        Assert.Contains("〔", words, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]{4}年[0-9]", words);                     // no day that nobody gave
    }

    [Fact]
    public void The_data_stand_in_their_places()
    {
        var application = Words(Papers.Make(DocumentKind.Application, Known, Cite));
        Assert.Contains("示范街道办事处：", application, StringComparison.Ordinal);
        Assert.Contains("共612户，专有部分总面积65400.00平方米，2015年6月30日交付使用", application, StringComparison.Ordinal);
        Assert.Contains("2026年11月16日组织成立", Words(Papers.Make(DocumentKind.GroupNotice, Known, Cite)), StringComparison.Ordinal);
        Assert.Contains("会议日期：2026年12月20日", Words(Papers.Make(DocumentKind.Ballot, Known, Cite)), StringComparison.Ordinal);
        Assert.Contains("专有部分面积（平方米）", Words(Papers.Make(DocumentKind.Ballot, Known, Cite)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9_000_000, "60000.00")]
    [InlineData(10_000_000, "66666.67")]
    [InlineData(5, "0.04")]
    public void The_area_that_must_take_part_is_two_thirds_and_never_rounded_down(long area, string atLeast) =>
        Assert.Contains($"（全体的三分之二以上）||{atLeast}", Words(Papers.Make(DocumentKind.VoteCount, Nothing with { FloorArea = area }, Cite)), StringComparison.Ordinal);

    [Fact]
    public void The_number_of_owners_is_never_taken_from_the_households() =>
        Assert.DoesNotContain("612", Words(Papers.Make(DocumentKind.VoteCount, Known, Cite)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_word_file_is_valid_and_holds_every_word(DocumentKind kind)
    {
        var paper = Papers.Make(kind, Known, Cite);

        using var word = WordprocessingDocument.Open(PaperDocx.Write(paper), isEditable: false);

        Assert.Empty(new OpenXmlValidator().Validate(word, TestContext.Current.CancellationToken));
        var text = word.MainDocumentPart!.Document!.InnerText;
        Assert.All(paper.Blocks.OfType<PaperText>(), block => Assert.Contains(block.Text, text, StringComparison.Ordinal));
    }
}
