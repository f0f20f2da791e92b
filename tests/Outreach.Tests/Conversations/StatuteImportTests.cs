using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Microsoft.EntityFrameworkCore;
using Outreach.Conversations;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.Tests.Conversations;

/// <summary>Loading of texts; all of them made up (演示法规).</summary>
public sealed class StatuteImportTests
{
    private const string Demo = "物业管理条例（演示法规，不是真文本）\n第一章　总则\n第一条　为了演示，制定本条例。\n第二条　下列演示事项由大家定：\n（一）种花；\n（二）养鱼。\n前款事项公告七日。\n第三条　演示到此为止。\n";

    static StatuteImportTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> Files => new()
    {
        { ".txt", Encoding.UTF8.GetBytes(Demo) },
        { ".txt", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Demo.ReplaceLineEndings("\r\n"))] },
        { ".txt", Encoding.GetEncoding("GB18030").GetBytes(Demo) },
        { ".TXT", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Demo)] },
        { ".md", Encoding.UTF8.GetBytes(Demo.Replace("第一章　总则", "## 第一章 总则", StringComparison.Ordinal).ReplaceLineEndings("\n\n")) },
        { ".docx", Word(Demo) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_kind_of_file_gives_the_same_articles(string extension, byte[] file)
    {
        await using var rooms = await TestRooms.CreateAsync();

        var report = await ImportAsync(rooms, file, extension);

        Assert.Equal(StatuteImportOutcome.Imported, report.Outcome);
        Assert.Contains("共 3 条：第一条至第三条", report.Lines);
        var text = rooms.Get<StatuteLibrary>().Current.Of("物业管理条例")!;
        Assert.Equal(["下列演示事项由大家定：\n（一）种花；\n（二）养鱼。", "前款事项公告七日。"], text.Find(new(2))!.Paragraphs);
        Assert.Equal(["第一章 总则"], text.Find(new(3))!.Headings);
        Assert.Equal(StatuteImportOutcome.Unchanged, (await ImportAsync(rooms, Encoding.UTF8.GetBytes(Demo), ".txt")).Outcome);
    }

    [Fact]
    public async Task A_new_version_takes_the_old_ones_place_and_the_old_one_can_come_back()
    {
        await using var rooms = await TestRooms.CreateAsync();
        await ImportAsync(rooms, Encoding.UTF8.GetBytes(Demo), ".txt");
        var elsewhere = new StatuteLibrary(rooms.Get<IDbContextFactory<OutreachDb>>(), rooms.Get<KnowledgeBase>());
        Assert.Equal(3, elsewhere.Current.Of("物业管理条例")!.Articles.Count);

        var replaced = await ImportAsync(rooms, Encoding.UTF8.GetBytes(Demo.Replace("第三条　演示到此为止。\n", "", StringComparison.Ordinal)), ".txt");
        await elsewhere.RefreshAsync(Stop);

        Assert.Equal(StatuteImportOutcome.Replaced, replaced.Outcome);
        Assert.Contains(replaced.Lines, line => line.Contains("比原来少 1 条", StringComparison.Ordinal));
        Assert.Equal(2, elsewhere.Current.Of("物业管理条例")!.Articles.Count);
        var back = await ImportAsync(rooms, Encoding.UTF8.GetBytes(Demo), ".txt");
        Assert.Contains("这份文本以前用过，现在重新用上", back.Lines);
        await using var db = rooms.Open();
        Assert.Equal(2, await db.StatuteTexts.CountAsync(Stop));
        Assert.Equal(3, rooms.Get<StatuteLibrary>().Current.Of("物业管理条例")!.Articles.Count);
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { ".txt", [], "文件是空的" },
        { ".txt", " \n\n"u8.ToArray(), "文件是空的" },
        { ".txt", new byte[20_000_000], "文件太大：20 MB" },
        { ".docx", "这不是 Word"u8.ToArray(), "不是 Word 的 docx 文件" },
        { ".docx", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0], "不是 Word 的 docx 文件" },
        { ".docx", Word(""), "没有找到以“第几条”开头的段落" },
        { ".txt", [0x00, 0x01, 0x02, 0xFF], "读不出文字" },
        { ".md", Encoding.UTF8.GetBytes("物业管理条例（演示法规）\n没有条。\n"), "没有找到以“第几条”开头的段落" },
        { ".md", Encoding.UTF8.GetBytes("物业管理条例（演示法规）\n第一条　甲。\n第二条　乙。\n第一条　丙。\n"), "第4行：错误：第一条有两种内容" },
        { ".md", Encoding.UTF8.GetBytes("物业管理条例\n（2007年8月26日演示通过）\n第一条　演示。\n"), "比 sources.yaml 的2018年3月19日旧" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Nothing_of_a_bad_file_is_taken(string extension, byte[] file, string message)
    {
        await using var rooms = await TestRooms.CreateAsync();

        var report = await ImportAsync(rooms, file, extension, file.Length is > 0 and < 200 && extension == ".docx" ? "物业管理条例" : null);

        Assert.Contains(message, string.Join('\n', report.Lines), StringComparison.Ordinal);
        Assert.NotEqual(StatuteImportOutcome.Imported, report.Outcome);
        await using var db = rooms.Open();
        Assert.False(await db.StatuteTexts.AnyAsync(Stop));
        Assert.Empty(rooms.Get<StatuteLibrary>().Current.Texts);
    }

    [Fact]
    public async Task A_source_that_is_not_known_lists_those_that_are_close()
    {
        await using var rooms = await TestRooms.CreateAsync();

        var named = await ImportAsync(rooms, Encoding.UTF8.GetBytes(Demo), ".txt", "物业条理");
        var titled = await ImportAsync(rooms, Encoding.UTF8.GetBytes(Demo.Replace("物业管理条例", "山东省物业管理条例", StringComparison.Ordinal)), ".txt");

        Assert.Equal((StatuteImportOutcome.SourceUnknown, StatuteImportOutcome.SourceUnknown), (named.Outcome, titled.Outcome));
        Assert.Contains("物业管理条例", Assert.Single(named.Lines), StringComparison.Ordinal);
        Assert.Contains("相近的有：", Assert.Single(titled.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_a_person_should_look_at_and_imports_all_the_same()
    {
        await using var rooms = await TestRooms.CreateAsync();
        const string Newer = "物业管理条例\n（2027年3月19日演示通过）\n第一条　演示。\n第一百条　演示。\n";

        var report = string.Join('\n', (await ImportAsync(rooms, Encoding.UTF8.GetBytes(Newer), ".md")).Lines);
        var repealed = string.Join('\n', (await ImportAsync(rooms, Encoding.UTF8.GetBytes("演示\n第一条　演示。\n"), ".md", "物权法")).Lines);

        Assert.Contains("先改 sources.yaml，再用 check-knowledge --changed 物业管理条例@2027-03-19", report, StringComparison.Ordinal);
        Assert.Contains("第4行：前面缺第二条至第九十九条", report, StringComparison.Ordinal);
        Assert.Contains("sources.yaml 写全文 67 条，文件却有第一百条", report, StringComparison.Ordinal);
        Assert.Contains("知识条目引用了、这份文本里没有的条", report, StringComparison.Ordinal);
        Assert.Contains("已失效，由 民法典 取代", repealed, StringComparison.Ordinal);
    }

    internal static Task<StatuteImportReport> ImportAsync(TestRooms rooms, byte[] file, string extension, string? source = null) =>
        rooms.Get<StatuteImport>().ImportAsync(file, extension, source, audit: null, Stop);

    /// <summary>A Word file with one paragraph a line, its words split over runs as Word does.</summary>
    private static byte[] Word(string text)
    {
        using var file = new MemoryStream();
        using (var document = WordprocessingDocument.Create(file, WordprocessingDocumentType.Document))
            document.AddMainDocumentPart().Document = new(new Body(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new Paragraph(
                new Run(new Text(line[..(line.Length / 2)]) { Space = SpaceProcessingModeValues.Preserve }),
                new Run(new Text(line[(line.Length / 2)..]) { Space = SpaceProcessingModeValues.Preserve })))));
        return file.ToArray();
    }
}
