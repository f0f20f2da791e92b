using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using MiniExcelLibs;

namespace Outreach.Communities;

/// <param name="Line">Line of the file on which the record begins, from 1.</param>
internal sealed record TableLine(int Line, string[] Cells);

/// <summary>A table as it stands in a file: headings and lines of text, nothing understood yet.</summary>
/// <param name="Problem">Why the file cannot be read, in Chinese; then there are no lines.</param>
internal sealed record TableFile(string? Problem, IReadOnlyList<string> Headings, IReadOnlyList<TableLine> Lines)
{
    public const long MaxBytes = 10 * 1024 * 1024;
    public const string TooBig = "文件超过 10 MB。分成几个文件再导入。";
    public const int MaxLines = 20_000;
    public const int MaxColumns = 100;
    private const long MaxUnpacked = 100 * 1024 * 1024;
    private const int MaxCell = 2000;

    /// <summary>Reads .xlsx (the first sheet) or CSV in UTF-8, with or without mark, or GB18030. Which of them is seen from the bytes, not from the name.</summary>
    public static async Task<TableFile> ReadAsync(Stream file, CancellationToken cancellationToken) =>
        await BytesAsync(file, cancellationToken) is { } bytes ? Read(bytes) : Unreadable(TooBig);

    /// <summary>The whole file; null when it is larger than <see cref="MaxBytes"/>, of which <see cref="TooBig"/> tells.</summary>
    public static async Task<byte[]?> BytesAsync(Stream file, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = await file.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (memory.Length + read > MaxBytes)
                return null;
            memory.Write(buffer, 0, read);
        }
        return memory.ToArray();
    }

    public static TableFile Read(byte[] bytes) => bytes switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] => ReadExcel(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Unreadable("这是老格式的 .xls。在 Excel 里另存为 .xlsx 再导入。"),
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => Unreadable("这是“Unicode 文本”。在 Excel 里另存为 .xlsx 或“CSV UTF-8（逗号分隔）”再导入。"),
        _ => Decode(bytes) is { } text ? ReadCsv(text) : Unreadable("文件不是 Excel（.xlsx），也不是 UTF-8 或 GB18030 编码的 CSV。在 Excel 里另存为 .xlsx 再导入。"),
    };

    internal static TableFile ReadCsv(string text)
    {
        using var parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null,
            IgnoreBlankLines = true,
            TrimOptions = TrimOptions.Trim,
        });
        if (!parser.Read() || parser.Record is not { } headings)
            return Unreadable("文件是空的。第一行要写表头。");
        if (headings.Length > MaxColumns)
            return Unreadable($"有 {headings.Length} 列，最多 {MaxColumns} 列。去掉不用的列。");
        var lines = new List<TableLine>();
        for (var next = parser.RawRow + 1; parser.Read(); next = parser.RawRow + 1)
        {
            if (parser.Record!.All(string.IsNullOrWhiteSpace))
                continue;
            if (lines.Count == MaxLines)
                return TooLong;
            lines.Add(new(next, parser.Record!));
        }
        return new(null, [.. headings.Select(h => h.Trim())], lines);
    }

    private static TableFile ReadExcel(byte[] bytes)
    {
        try
        {
            if (Unpacked(bytes) > MaxUnpacked)
                return Unreadable("表格解开以后太大。只留一个工作表，去掉图片和格式再导入。");
            using var stream = new MemoryStream(bytes);
            string[]? headings = null;
            var lines = new List<TableLine>();
            var number = 0;
            foreach (IDictionary<string, object?> row in stream.Query(useHeaderRow: false))
            {
                number++;
                var cells = row.Values.Take(MaxColumns + 1).Select(Text).ToArray();
                if (cells.All(string.IsNullOrWhiteSpace))
                    continue;
                if (headings is null)
                {
                    headings = [.. cells.Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()];
                    if (headings.Length > MaxColumns)
                        return Unreadable($"列太多，最多 {MaxColumns} 列。去掉不用的列。");
                    continue;
                }
                if (lines.Count == MaxLines)
                    return TooLong;
                var width = headings.Length;                     // trailing cells that hold nothing are no fields
                lines.Add(new(number, cells.Length >= width && cells.Skip(width).All(string.IsNullOrWhiteSpace) ? cells[..width] : Padded(cells, width)));
            }
            return headings is null ? Unreadable("第一个工作表是空的。第一行要写表头。") : new(null, headings, lines);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or System.Xml.XmlException or FormatException or ArgumentException or InvalidOperationException
            or NotSupportedException or KeyNotFoundException or NullReferenceException or IndexOutOfRangeException or OverflowException)
        {
            return Unreadable("这个 Excel 文件读不出。用 Excel 打开，另存为 .xlsx 再导入。");      // a broken file; the library has no exception of its own
        }
    }

    private static TableFile TooLong => Unreadable($"超过 {MaxLines:N0} 行。分成几个文件再导入。");

    private static string[] Padded(string[] cells, int width) => cells.Length >= width ? cells : [.. cells, .. Enumerable.Repeat("", width - cells.Length)];

    /// <summary>As a person would have typed it: dates without a clock time, whole numbers without decimals.</summary>
    private static string Text(object? cell)
    {
        var text = cell switch
        {
            null => "",
            DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            double number => number.ToString("0.##########", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => cell.ToString() ?? "",
        };
        return text.Length <= MaxCell ? text.Trim() : text[..MaxCell];
    }

    /// <summary>What the archive really unpacks to: the sizes that it declares are not believed.</summary>
    private static long Unpacked(byte[] bytes)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
        var total = 0L;
        var buffer = new byte[81920];
        foreach (var entry in archive.Entries)
        {
            using var content = entry.Open();
            for (int read; total <= MaxUnpacked && (read = content.Read(buffer)) > 0;)
                total += read;
        }
        return total;
    }

    private static string? Decode(byte[] bytes)
    {
        foreach (var encoding in new[] { new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), Gb18030 })
            try
            {
                return encoding.GetString(bytes).TrimStart('\uFEFF') is var text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
            }
            catch (DecoderFallbackException)
            {
                // Not this one.
            }
        return null;
    }

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    private static TableFile Unreadable(string problem) => new(problem, [], []);
}
