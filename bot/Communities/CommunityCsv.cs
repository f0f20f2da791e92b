using System.Globalization;
using System.Text;

namespace Outreach.Communities;

/// <summary>One problem of one line: which field, what stands there, what to do. In Chinese, for the person who keeps the file.</summary>
/// <param name="Line">Line of the file on which the record begins, from 1.</param>
/// <param name="Value">As it stands in the file, cut at 40 characters.</param>
public sealed record ImportProblem(int Line, string Field, string Value, string Fix)
{
    public override string ToString() => $"第 {Line} 行 {Field}“{Value}”：{Fix}";
}

/// <summary>One good line. Areas from above down; what is null stays as it is in the directory.</summary>
internal sealed record CommunityLine(
    int Line, IReadOnlyList<(AreaLevel Level, string Name)> Areas, string Name, string? Key, IReadOnlyList<string> Aliases, IReadOnlyList<string> FormerNames, int? Households, long? FloorArea,
    DateOnly? DeliveredOn, string? Company, CommunityStage? Stage, DateOnly? StageSince, DateOnly? TermEndsOn, OfficeLine? Street, OfficeLine? Neighbourhood);

internal sealed record OfficeLine(string? Phone, string? Address, string? Hours, DateOnly? VerifiedOn);

/// <param name="FileProblem">The file as a whole cannot be read; then there are no lines.</param>
internal sealed record CommunityFile(string? FileProblem, int Lines, IReadOnlyList<CommunityLine> Good, IReadOnlyList<ImportProblem> Problems);

/// <summary>Reads the lines of a table of communities. Pure but for the stream; every line is good or has at least one problem.</summary>
internal static class CommunityCsv
{
    private const int MaxText = CommunityNames.MaxLength;
    private const int MaxLongText = 128;

    public static IReadOnlyList<string> Required { get; } = ["市", "区县", "街道", "社区", "小区"];

    public static IReadOnlyList<string> Optional { get; } =
    [
        "省", "编号", "别名", "曾用名", "户数", "建筑面积", "交付日期", "物业公司", "阶段", "阶段日期", "届满日期",
        "街道电话", "街道地址", "街道办公时间", "社区电话", "社区地址", "社区办公时间", "核对日期",
    ];

    private static readonly (AreaLevel Level, string Column)[] AreaColumns =
    [
        (AreaLevel.Province, "省"), (AreaLevel.City, "市"), (AreaLevel.District, "区县"), (AreaLevel.Subdistrict, "街道"), (AreaLevel.Neighbourhood, "社区"),
    ];

    /// <summary>Those that name the areas above a community: one value may hold for a whole file.</summary>
    public static IReadOnlyList<string> Areas { get; } = [.. AreaColumns.Select(c => c.Column)];

    private static readonly string[] DateForms = ["yyyy-MM-dd", "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyy年M月d日"];

    public static bool IsField(string name) => Required.Contains(name) || Optional.Contains(name);

    public static string ColumnOf(AreaLevel level) => AreaColumns.First(c => c.Level == level).Column;

    /// <summary>A file whose headings are ours, or well-known other words for them.</summary>
    public static async Task<CommunityFile> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        var table = await TableFile.ReadAsync(file, cancellationToken);
        if (table.Problem is { } problem)
            return Unreadable(problem);
        var map = ColumnMap.Guess(table.Headings);
        if (table.Headings.Where((_, at) => !map.Columns.Values.Contains(at)).FirstOrDefault() is { } unknown)
            return Unreadable(table.Headings.Count(h => h == unknown) > 1
                ? $"表头里“{Shown(unknown)}”有两列。留一列。"
                : $"表头里的“{Shown(unknown)}”不认识。能用的列：{string.Join('、', Required.Concat(Optional))}。");
        return Parse(table, map);
    }

    public static CommunityFile Parse(TableFile table, ColumnMap map)
    {
        if (table.Problem is { } problem)
            return Unreadable(problem);
        if (map.Missing is { Count: > 0 } missing)
            return Unreadable($"表头缺“{string.Join('、', missing)}”。这些列每个文件都要有：{string.Join('、', Required)}。");

        var good = new List<CommunityLine>();
        var problems = new List<ImportProblem>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var keys = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var read in table.Lines)
        {
            var row = new Row(read.Line, table.Headings.Count, map, read.Cells, problems);
            if (ReadRow(row) is { } line && !row.Repeats(seen, keys, line))
                good.Add(line);
        }
        return new(null, table.Lines.Count, good, problems);
    }

    private static CommunityLine? ReadRow(Row row)
    {
        if (!row.HasAllFields())
            return null;
        var areas = AreaColumns.Select(c => (c.Level, Name: row.Text(c.Column, MaxText))).Where(a => a.Name is not null).Select(a => (a.Level, a.Name!)).ToList();
        var line = new CommunityLine(row.Line, areas, row.Text("小区", MaxText) ?? "", row.Key("编号"), row.Names("别名"), row.Names("曾用名"), row.Number("户数", 1, 100_000), row.Area("建筑面积"),
            row.Date("交付日期"), row.Text("物业公司", MaxText), row.Stage("阶段"), row.Date("阶段日期"), row.Date("届满日期"),
            row.Office("街道"), row.Office("社区"));
        if (line.StageSince is not null && line.Stage is null)
            row.Refuse("阶段日期", row.Raw("阶段日期"), "写了阶段日期，就要写阶段");
        return row.IsGood ? line : null;
    }

    private static CommunityFile Unreadable(string problem) => new(problem, 0, [], []);

    private static string Shown(string value) => value.Length <= 40 ? value : value[..40] + "…";

    /// <summary>One record while it is read; collects its problems.</summary>
    private sealed class Row(int line, int width, ColumnMap map, string[] fields, List<ImportProblem> problems)
    {
        public int Line => line;

        public bool IsGood { get; private set; } = true;

        public void Refuse(string field, string value, string fix)
        {
            IsGood = false;
            problems.Add(new(line, field, Shown(value), fix));
        }

        public bool HasAllFields()
        {
            if (fields.Length == width)
                return true;
            Refuse("整行", string.Join(',', fields), $"有 {fields.Length} 格，表头有 {width} 格。内容里有逗号时，用英文双引号括起来");
            return false;
        }

        public bool Repeats(Dictionary<string, int> seen, Dictionary<string, int> keys, CommunityLine read)
        {
            var place = string.Join('/', read.Areas.Select(a => a.Name)) + "/" + read.Name;
            if (!seen.TryAdd(place, line))
                Refuse("小区", read.Name, $"和第 {seen[place]} 行是同一个小区。删掉一行");
            else if (read.Key is { } key && !keys.TryAdd(key, line))
                Refuse("编号", key, $"和第 {keys[key]} 行的编号相同。改成另一个");
            return !IsGood;
        }

        public string Raw(string column) => map.Columns.TryGetValue(column, out var at) ? fields[at].Trim() : map.Fixed.GetValueOrDefault(column, "");

        public string? Text(string column, int longest)
        {
            var value = Raw(column);
            if (value.Length == 0)
            {
                if (Required.Contains(column))
                    Refuse(column, "", "不能空。填上名称");
                return null;
            }
            if (value[0] is '=' or '+' or '-' or '@')
                Refuse(column, value, "以 =、+、- 或 @ 开头，像表格公式。去掉开头的符号");
            else if (value.Length > longest)
                Refuse(column, value, $"有 {value.Length} 个字，最多 {longest} 个字。改短");
            else if (value.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '<' or '>' or '\uFFFD'))
                Refuse(column, value, "有换行、尖括号或看不见的符号。去掉它们；引号要成对");
            else if (Required.Contains(column) && CommunityNames.Key(value).Length == 0)
                Refuse(column, value, "没有字。填上名称");
            return value;
        }

        public string? Key(string column)
        {
            var value = Raw(column);
            if (value.Length == 0)
                return null;
            if (value.Length > MaxText || value.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
                Refuse(column, value, $"只能用英文字母、数字和连字符，最多 {MaxText} 个");
            return value.ToLowerInvariant();
        }

        public string[] Names(string column)
        {
            var names = Raw(column).Split(['、', ';', '；', '|', '，'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var name in names)
                if (!CommunityNames.IsAlias(name))
                    Refuse(column, name, $"每个别名 2 到 {MaxText} 个字，用顿号隔开");
            return names;
        }

        public int? Number(string column, int least, int most)
        {
            var value = Raw(column);
            if (value.Length == 0)
                return null;
            if (int.TryParse(value.Normalize(NormalizationForm.FormKC), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            Refuse(column, value, $"不是 {least} 到 {most} 的整数。写成数字，比如 600");
            return null;
        }

        /// <summary>m² with at most two decimals, kept in 0.01 m².</summary>
        public long? Area(string column)
        {
            var value = Raw(column);
            if (value.Length == 0)
                return null;
            if (decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var area) && area > 0 && area <= 100_000_000 && area * 100 % 1 == 0)
                return (long)(area * 100);
            Refuse(column, value, "不是平方米数（最多两位小数）。写成数字，比如 90000 或 85600.5");
            return null;
        }

        public DateOnly? Date(string column)
        {
            var value = Raw(column);
            if (value.Length == 0)
                return null;
            if (DateOnly.TryParseExact(value, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1949 and <= 2100)
                return date;
            Refuse(column, value, "不是日期。写成 2024-05-31 这样");
            return null;
        }

        public CommunityStage? Stage(string column)
        {
            var value = Raw(column);
            if (value.Length == 0)
                return null;
            foreach (var stage in Enum.GetValues<CommunityStage>())
                if (StageText.Of(stage) == value)
                    return stage;
            Refuse(column, value, $"不是阶段。写成其中一个：{string.Join('、', Enum.GetValues<CommunityStage>().Select(StageText.Of))}");
            return null;
        }

        public OfficeLine? Office(string level)
        {
            var phone = Text(level + "电话", 32);
            if (phone is not null && phone.Any(c => !char.IsAsciiDigit(c) && !"-() 转、".Contains(c, StringComparison.Ordinal)))
                Refuse(level + "电话", phone, "只能有数字、连字符、空格、括号、“转”和顿号，比如 0398-0000001");
            var office = new OfficeLine(phone, Text(level + "地址", MaxLongText), Text(level + "办公时间", MaxLongText), Date("核对日期"));
            return office is { Phone: null, Address: null, Hours: null } ? null : office;
        }
    }
}
