using System.Text;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Search;

namespace Outreach.Conversations;

/// <summary>
/// Reads the numbers of a vote out of a sentence: 500户来了340户同意260户; 一共12万平方，参加的有9万，同意6万多; 260票赞成80票反对. What a number counts is told by the
/// words beside it, before or behind as the sentence has it. Dates, rooms, articles of a law, money and thresholds asked about are no figures. Pure.
/// </summary>
internal static partial class FigureReader
{
    private const long MostOwners = 1_000_000;
    private const decimal LargestArea = 1_000_000_000m;        // m²

    public static SpokenFigures Read(string text)
    {
        var plain = Plain(text);
        string? unit = null;
        var figures = new List<Figure>();
        foreach (var clause in Clauses().Split(plain))
            ReadClause(clause, figures, ref unit);
        return new(figures, unit);
    }

    /// <summary>Half-width, simplified, thousands joined, what is no figure blotted out.</summary>
    internal static string Plain(string text)
    {
        var plain = Normaliser.ToSimplified(Thousands().Replace(text, "").Normalize(NormalizationForm.FormKC)).ToLowerInvariant();
        plain = SpacedThousands().Replace(plain, match => match.Value.Replace(" ", "", StringComparison.Ordinal));
        plain = Gaps().Replace(plain, "");
        plain = NoFigures().Replace(plain, match => new string('·', match.Length));
        return Asked().Replace(plain, match => new string('·', match.Length));
    }

    private static void ReadClause(string clause, List<Figure> figures, ref string? unit)
    {
        var items = Items(clause);
        if (!items.Exists(item => item.Figure is not null))
            return;
        var suffix = IsSuffixStyle(items);
        var hasMarker = items.Exists(item => item.Figure is null && item.Marker is not FigureRole.All);
        var areaSaid = clause.Contains("面积", StringComparison.Ordinal);
        var headsSaid = Heads().IsMatch(clause);
        Figure? before = null;
        var first = figures.Count;
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Figure is not { } figure)
                continue;
            if (!figure.HasUnit && figure.Portion is null && (areaSaid || headsSaid) && figure.Flaw is not FigureFlaw.Range)
                figure = Remeasure(figure, items[i].Number, areaSaid ? Measure.Area : Measure.Owners);
            if (figure.Portion is not null && areaSaid)
                figure = figure with { Measure = Measure.Area };
            var role = RoleOf(items, i, suffix);
            // 260户 26000平方米: the second number says the same of the other measure.
            if (role is null && before is not null && before.Measure != figure.Measure)
                role = before.Role;
            if (role is null && before is null && !hasMarker && figures.Count > 0 && figures[^1] is var last && last.Measure != figure.Measure && !figures.Exists(f => f.Role == last.Role && f.Measure == figure.Measure))
                role = last.Role;
            if (figure.Portion is not null && role is not (FigureRole.Present or FigureRole.For or FigureRole.Against or FigureRole.Abstaining or FigureRole.NotReturned or FigureRole.Absent))
                continue;       // 够不够三分之二 asks about the threshold
            if (items[i].Vague && role is null or FigureRole.All)
                continue;       // 一户一票, 一个小区
            before = figure with { Role = role };
            figures.Add(before);
            unit = items[i].Unit ?? unit;
        }
        // 260户26000平同意, 260户同意26000平: two measures beside one word share it.
        for (var i = first; i + 1 < figures.Count; i++)
            if (figures[i].Role is null && figures[i + 1].Role is { } behind and not FigureRole.All && figures[i].Measure != figures[i + 1].Measure
                && !figures.Exists(figure => figure.Role == behind && figure.Measure == figures[i].Measure))
                figures[i] = figures[i] with { Role = behind };
    }

    private static List<Item> Items(string clause)
    {
        var items = new List<Item>();
        foreach (Match match in Words().Matches(clause))
        {
            if (match.Groups["portion"].Success)
            {
                if (ToPortion(match) is { } portion)
                    items.Add(new(null, portion, match.Index, match.Index + match.Length, 0, null, false));
            }
            else if (match.Groups["n"].Success)
            {
                if (ToFigure(match) is { } item)
                    items.Add(item);
            }
            else if (MarkerOf(match) is { } marker)
            {
                // 参加的人里同意的: the narrower word counts.
                if (items is [.., { Figure: null, Marker: { } earlier } previous])
                    items[^1] = previous with { Marker = Rank(marker) >= Rank(earlier) ? marker : earlier, End = match.Index + match.Length };
                else
                    items.Add(new(marker, null, match.Index, match.Index + match.Length, 0, null, false));
            }
        }
        return items;
    }

    /// <summary>340户来了，260户同意: each number stands before its word. 来了340户，同意260户: behind it.</summary>
    private static bool IsSuffixStyle(List<Item> items)
    {
        var (prefix, suffix) = (0, 0);
        for (var i = 0; i < items.Count; i++)
            if (items[i].Figure is not null)
            {
                if (i > 0 && IsRole(items[i - 1]) && items[i].Start - items[i - 1].End <= 6)
                    prefix++;
                if (i + 1 < items.Count && IsRole(items[i + 1]) && items[i + 1].Start - items[i].End <= 3)
                    suffix++;
            }
        return suffix > prefix || (suffix == prefix && suffix > 0 && items[^1].Figure is null);

        static bool IsRole(Item item) => item.Figure is null && item.Marker is not FigureRole.All;
    }

    private static FigureRole? RoleOf(List<Item> items, int at, bool suffix)
    {
        var before = at > 0 && items[at - 1].Figure is null ? items[at - 1].Marker : null;
        if (!suffix)
            return before;
        if (at + 1 < items.Count && items[at + 1] is { Figure: null, Marker: { } behind and not FigureRole.All })
            return behind;
        // 投了550票350户同意: a word at the head of the clause belongs to no number before it.
        return before is FigureRole.All || (at >= 1 && (at == 1 || items[at - 2].Figure is null)) ? before : null;
    }

    private static Item? ToFigure(Match match)
    {
        var (number, said) = (match.Groups["n"].Value, match.Value.Trim('·'));
        var unit = match.Groups["unit"].Value;
        if (SpokenNumber.Parse(number) is not { } value)
            return match.Groups["to"].Success || Several().IsMatch(number) ? Range() : null;
        var isHan = !number.Any(char.IsAsciiDigit);
        if (isHan && unit.Length == 0 && (number.Length == 1 || !number.Any(c => c is '十' or '百' or '千' or '万')))
            return null;
        if (match.Groups["to"].Success || Adjacent().IsMatch(number))
            return Range();
        var measure = IsAreaUnit(unit) ? Measure.Area : unit.Length > 0 ? Measure.Owners : value >= 10_000 || decimal.Truncate(value) != value ? Measure.Area : Measure.Owners;
        var figure = Measured(new(null, measure, 0, said) { HasUnit = unit.Length > 0, IsMore = match.Groups["plus"].Success }, value);
        if (match.Groups["neg"].Success)
            figure = figure with { Flaw = FigureFlaw.Negative };
        else if (figure.Flaw == FigureFlaw.None && (match.Groups["about"].Success || match.Groups["more"].Success || match.Groups["around"].Success))
            figure = figure with { Flaw = FigureFlaw.Approximate };
        return new(null, figure, match.Index, match.Index + match.Length, value, UnitOf(unit), isHan && value <= 2 && measure == Measure.Owners);

        Item Range() => new(null, new(null, IsAreaUnit(unit) ? Measure.Area : Measure.Owners, 0, said) { Flaw = FigureFlaw.Range, HasUnit = unit.Length > 0 },
            match.Index, match.Index + match.Length, 0, UnitOf(unit), false);
    }

    private static Figure Measured(Figure figure, decimal value) => figure.Measure switch
    {
        Measure.Owners when decimal.Truncate(value) != value => figure with { Flaw = FigureFlaw.NotWhole },
        Measure.Owners when value > MostOwners => figure with { Flaw = FigureFlaw.TooLarge },
        Measure.Owners => figure with { Value = (long)value, Flaw = FigureFlaw.None },
        Measure.Area when value > LargestArea => figure with { Flaw = FigureFlaw.TooLarge },
        Measure.Area when decimal.Truncate(value * 100) != value * 100 => figure with { Flaw = FigureFlaw.TooFine },
        Measure.Area => figure with { Value = (long)(value * 100), Flaw = FigureFlaw.None },
    };

    private static Figure Remeasure(Figure figure, decimal value, Measure measure) =>
        measure == figure.Measure || figure.Flaw == FigureFlaw.Negative ? figure with { Measure = measure }
        : figure.Flaw == FigureFlaw.Approximate ? Measured(figure with { Measure = measure }, value) is { Flaw: FigureFlaw.None } exact ? exact with { Flaw = FigureFlaw.Approximate } : figure
        : Measured(figure with { Measure = measure }, value);

    /// <summary>The same number as the measure that was asked for: a bare 2800 may be area.</summary>
    public static Figure As(Figure figure, Measure measure) => figure.HasUnit || figure.Portion is not null || figure.Measure == measure ? figure
        : Remeasure(figure, figure.Measure == Measure.Owners ? figure.Value : figure.Value / 100m, measure);

    private static Figure? ToPortion(Match match)
    {
        var said = match.Groups["portion"].Value;
        Portion? portion = null;
        if (match.Groups["half"].Success)
            portion = new(1, 2);
        else if (match.Groups["den"].Success && SpokenNumber.Parse(match.Groups["den"].Value) is > 0 and <= 1000 and var den && SpokenNumber.Parse(match.Groups["num"].Value) is { } num && num <= den)
            portion = new((int)(num * 100), (int)(den * 100));
        else if (match.Groups["over"].Success && int.Parse(match.Groups["under"].Value, System.Globalization.CultureInfo.InvariantCulture) is > 0 and var under)
            portion = new(int.Parse(match.Groups["over"].Value, System.Globalization.CultureInfo.InvariantCulture), under);
        else if (match.Groups["percent"].Success && SpokenNumber.Parse(match.Groups["percent"].Value) is <= 100 and var percent)
            portion = new((int)(percent * 100), 10_000);
        else if (match.Groups["tenths"].Success && SpokenNumber.Parse(match.Groups["tenths"].Value) is <= 10 and var tenths)
            portion = new((int)(tenths * 10), 100);
        return portion is null ? null : new(null, Measure.Owners, 0, said) { Portion = portion };
    }

    private static FigureRole? MarkerOf(Match match)
    {
        foreach (var (group, role) in Markers)
            if (match.Groups[group].Success)
                return role;
        return null;
    }

    private static readonly (string Group, FigureRole Role)[] Markers =
    [
        ("unreturned", FigureRole.NotReturned), ("absent", FigureRole.Absent), ("against", FigureRole.Against), ("abstain", FigureRole.Abstaining), ("invalid", FigureRole.Invalid),
        ("for", FigureRole.For), ("signed", FigureRole.Signed), ("present", FigureRole.Present), ("left", FigureRole.Left), ("all", FigureRole.All),
    ];

    private static int Rank(FigureRole? marker) => marker switch { FigureRole.All => 0, FigureRole.Present => 1, null => -1, _ => 2 };

    private static bool IsAreaUnit(string unit) => unit is "平方米" or "平方公尺" or "平米" or "平方" or "平" or "m2" or "方";

    private static string? UnitOf(string unit) => unit.Length == 0 || IsAreaUnit(unit) ? null : unit is "户" or "家" or "套" ? "户" : "人";

    /// <summary>A figure with its place, or a word that says what figures count.</summary>
    private sealed record Item(FigureRole? Marker, Figure? Figure, int Start, int End, decimal Number, string? Unit, bool Vague);

    private const string Num = @"(?:[0-9]+(?:\.[0-9]+)?|(?<=[零〇一二两三四五六七八九十])点(?=[零〇一二三四五六七八九])|[零〇一二两三四五六七八九十百千万亿俩仨])+";

    // 几百户 and 上百户 are ranges of their own.
    [GeneratedRegex(
        "(?<all>一共|总共|总数|总计|合计|统共|拢共|全体|全小区|整个小区|全部|小区(?!(?:里|的)*业委会)|总户数|总人数|总面积|共有|户数|应有)"
        + "|(?<portion>(?<half>一半|半数|对半)|百分之(?<percent>" + Num + @")|(?<den>" + Num + ")分之(?<num>" + Num + @")|(?<percent>[0-9]+(?:\.[0-9]+)?)%|(?<![0-9])(?<over>[0-9]{1,2})[/⁄](?<under>[0-9]{1,2})(?![0-9户人平])|(?<tenths>[0-9.]+|[一二两三四五六七八九十])成(?!立|员|功|本|都|了)(?:多)?)"
        + @"|(?<about>约|大约|大概|差不多|将近|接近|快|近|不到|至少|最少|起码|超过)?(?<plus>(?:再|又|还能)(?:多|来|加|有|增加|补)(?:上|了)?)?(?<neg>(?<![0-9a-z])-|负)?(?<n>几[十百千万]+|上[百千万]|" + Num + @")(?<more>多|余|来(?=[户家人个平张票])|几(?=[户家人个平])|出头)?"
        + @"(?<unit>平方米|平方公尺|平米|平方|m2|平(?![均时常等台])|方(?![案面式法便向位可才])|户(?![数型均])|家(?![里长属电])|人(?![数均口])|位|名|口|个?(?:业主|委员|邻居|代表)(?!大会|会)|个(?:人|户|成员)?(?!小区|月|问题|单元|楼|事|步|部分|条件|方面|车位|星期)|票(?!数)|张|套)?"
        + @"(?:(?<to>(?:到|至|~|-|—|–)(?:" + Num + @")(?:平方米|平米|平方|m2|平|户|家|人|位|名|个|票|张|套)?)|(?<around>多|左右|上下|出头))?"
        + "|(?<unreturned>(?:送达|送到|送了|发了|发出去)?(?:的)?(?:没有|没|未)(?:交回|收回|回票|返回|退回|回来|回)(?!复|答|应))"
        + "|(?<absent>(?:没有|没|未|不)(?:来|参加|参与|到场|到会|投票|投|表态)|缺席)"
        + "|(?<against>反对|(?:不|没)(?:同意|赞成|支持|赞同))"
        + "|(?<abstain>弃权|弃票)|(?<invalid>无效|废票|作废)"
        + "|(?<for>同意|赞成|支持|赞同|点头|认可)"
        + "|(?<signed>签(?:了)?(?:名|字)|签了|联名|联署)"
        + "|(?<present>参加|参与|到场|到会|出席|来了|来的|来(?=[0-9一二两三四五六七八九十])|到了|到(?=[0-9])|投了|投票的?|收回|收到|回收|交回|交了|回了|回票|表决票|有效票|投(?=[0-9一二两三四五六七八九十]))"
        + "|(?<left>只剩|还剩|剩下|剩|余下)", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"[,;。!?、|\s\n]+|(?<=[户人平2票家米])/(?=[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Clauses();

    // 90,000: only the comma of European digits with exactly three behind, and only one of them unless a unit follows: 500,340,260 is a list.
    [GeneratedRegex(@"(?<=(?<![0-9,])[0-9]{1,3}),(?=[0-9]{3}(?![0-9,]))|(?<=[0-9]),(?=[0-9]{3}(?:,[0-9]{3})*(?:\.[0-9]+)?\s*(?:户|人|平|㎡|m2|m²))", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();

    [GeneratedRegex(@"(?<![0-9])[0-9]{1,3}(?: [0-9]{3})+(?=(?:\.[0-9]+)?\s*(?:平|m2))", RegexOptions.CultureInvariant)]
    private static partial Regex SpacedThousands();

    // 500 户, 同意 260户: the space parts nothing.
    [GeneratedRegex(@"(?<=[0-9])\s+(?=[万千百]|户|人|平|m2|票|家)|(?<=[\p{IsCJKUnifiedIdeographs}:])(?<![户人票家平方米])\s+(?=[0-9零一二两三四五六七八九十])", RegexOptions.CultureInvariant)]
    private static partial Regex Gaps();

    // Dates, times, money, rooms, storeys, articles, phones: numbers that count no owners.
    [GeneratedRegex(
        Num + "(?:号楼|栋|幢|单元)(?:" + Num + "单元)?(?:" + Num + "[层楼])?(?:[0-9]{3,4}(?![0-9户人平票家个]))?|第" + Num + "(?:条|款|项|步|次|届|个|期|人民|一|二)?|" + Num + @"(?:条|款(?!项))|(?<![0-9])1[3-9][0-9]{9}(?![0-9])|0[0-9]{2,3}-[0-9]{7,8}"
        + "|20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|(?<![0-9])[0-9]{1,3}-[0-9]{1,2}-[0-9]{2,4}"
        + "|" + Num + @"(?:年|个?月|日|号|天|点钟|点(?![0-9零一二三四五六七八九])|个?(?:星期|礼拜|周|小时)|分钟|岁|万?元|块|毛|角|倍|次|届|层|楼|栋|幢|单元|室|房|梯|期|米|公里|厘|个工作日|%以上)"
        + "|一(?:户|人|房|套)一票|一[样下般些起定旦直切边致方面]|(?<![0-9零一二两三四五六七八九十百千])万一|统一|唯一|十分|千万(?![平户])|三方|两会", RegexOptions.CultureInvariant)]
    private static partial Regex NoFigures();

    // 要多少户同意, 算同意吗, 能通过吗: asked, not told.
    [GeneratedRegex(
        @"(?:要|需要|得|须|必须|至少|最少|应该|还差|差|还要|还得)*(?:有|来)?(?:多少|几(?![十百千万]))(?:户|人|家|个|票|位|名|平方米|平米|平方|平)?(?:人|户|业主)?(?:以上)?(?:的)?(?:同意|赞成|参加|参与|到场|来|投票|投|签字|签名|支持|联名|表决)?(?:票)?(?:才|就|能)*"
        + "|(?:算不算|算|视为|视同|当作|等于|作为)(?:是|作)?(?:同意|反对|弃权|参加|参与|无效|赞成|作废)|(?:能|可以|会)(?:不能)?(?:通过|过)|同意(?:率|了吗|的话|才|就)|参加率|业主大会", RegexOptions.CultureInvariant)]
    private static partial Regex Asked();

    [GeneratedRegex("户数|人数", RegexOptions.CultureInvariant)]
    private static partial Regex Heads();

    // 三四百, 一两千: neighbours in the row of digits before a unit.
    [GeneratedRegex("(?:一[二两]|[二两]三|三四|四五|五六|六七|七八|八九)[十百千万]", RegexOptions.CultureInvariant)]
    private static partial Regex Adjacent();

    [GeneratedRegex("^(?:几[十百千万]+|上[百千万])|(?:一[二两]|[二两]三|三四|四五|五六|六七|七八|八九)[十百千万]", RegexOptions.CultureInvariant)]
    private static partial Regex Several();
}
