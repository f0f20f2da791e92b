using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>Puts the numbers of a message into a calculation. Pure.</summary>
internal static class CountFigures
{
    private static readonly FigureRole[] Order = [FigureRole.All, FigureRole.Present, FigureRole.For];

    /// <param name="Problem">The number that cannot be taken, as a question; null when all were.</param>
    internal sealed record Taken(Calculation Calculation, ImpossibleNumber? Problem);

    /// <summary>Of what is said only what is named changes; a bare number is what was asked for, or what comes next.</summary>
    public static Taken Take(Calculation open, SpokenFigures spoken)
    {
        var figures = Assign(open, spoken);
        ImpossibleNumber? problem = null;
        // Totals first: 来了一半 needs them.
        foreach (var figure in figures.OrderBy(figure => Array.IndexOf(Order, figure.Role!.Value) is >= 0 and var place ? place : Order.Length))
        {
            var role = figure.Role!.Value;
            if (Flaw(open, figure) is { } flaw)
                problem ??= flaw;
            else if (figure.Portion is { } portion)
                (open, problem) = Part(open, figure, portion) is var (counted, question) ? (counted, problem ?? question) : (open, problem);
            else
                open = Set(open, role, figure.Measure, figure.IsMore ? (open.Of(figure.Measure).Of(role) ?? 0) + figure.Value : figure.Value);
            if (figure.Flaw == FigureFlaw.Approximate && !open.Rough.Contains(figure.Said))
                open = open with { Rough = [.. open.Rough, figure.Said] };
        }
        return new(open with { Asked = null }, problem);
    }

    /// <summary>The total that a message says itself: by its words, or as the first number of several.</summary>
    public static long? SpokenTotal(SpokenFigures spoken, Measure measure) =>
        spoken.All.FirstOrDefault(figure => figure.Role == FigureRole.All && figure.Measure == measure)?.Value
        ?? (spoken.All.Any(figure => figure.Role is not null) ? spoken.All.FirstOrDefault(figure => figure.Role is null && figure.Measure == measure)?.Value : null);

    private static List<Figure> Assign(Calculation open, SpokenFigures spoken)
    {
        var figures = spoken.All.ToList();
        var taken = figures.Where(figure => figure.Role is not null).Select(figure => (figure.Role!.Value, figure.Measure)).ToHashSet();
        for (var i = 0; i < figures.Count; i++)
        {
            if (figures[i].Role is not null)
                continue;
            var figure = open is { AskedMeasure: Measure.Area, Asked: CalculationQuestion.Areas or CalculationQuestion.Correction }
                ? FigureReader.As(figures[i], Measure.Area) : figures[i];
            var role = open.Asked switch
            {
                CalculationQuestion.All when taken.Add((FigureRole.All, figure.Measure)) => FigureRole.All,
                CalculationQuestion.Present when taken.Add((FigureRole.Present, figure.Measure)) => FigureRole.Present,
                CalculationQuestion.For when taken.Add((FigureRole.For, figure.Measure)) => FigureRole.For,
                CalculationQuestion.Correction when open.AskedRole is { } asked && taken.Add((asked, figure.Measure)) => asked,
                _ when figure.IsMore => open.Of(figure.Measure).For is not null ? FigureRole.For : FigureRole.Present,
                _ => Next(open, figure.Measure, taken),
            };
            figures[i] = figure with { Role = role };
        }
        figures.RemoveAll(figure => figure.Role is null);
        return figures;
    }

    /// <summary>全体、参加、同意 is the order in which people list their numbers.</summary>
    private static FigureRole? Next(Calculation open, Measure measure, HashSet<(FigureRole, Measure)> taken)
    {
        foreach (var role in Order)
            if ((open.Of(measure).Of(role) is null || (role == FigureRole.All && open is { TotalsOf: not null, Asked: null })) && taken.Add((role, measure)))
                return role;
        return null;
    }

    private static Calculation Set(Calculation open, FigureRole role, Measure measure, long value)
    {
        if (role == FigureRole.Signed || (open.Task == CalculationTask.Petition && role is FigureRole.For or FigureRole.Present))
            return measure == Measure.Owners ? open with { SignedHeads = value } : open with { SignedArea = value };
        if (role == FigureRole.All && open.TotalsOf is not null && open.Of(measure).All is { } recorded && recorded != value)
        {
            // The owner knows better, and what else was on record may be wrong too.
            var other = measure == Measure.Owners ? Measure.Area : Measure.Owners;
            open = open.With(other, open.Of(other) with { All = null }) with { TotalsOf = null };
        }
        open = open.With(measure, open.Of(measure).With(role, value));
        return measure == Measure.Area ? open with { WithoutArea = false } : open;
    }

    private static ImpossibleNumber? Flaw(Calculation open, Figure figure)
    {
        var (role, measure) = (figure.Role!.Value, figure.Measure);
        var name = NameOf(role);
        var unit = measure == Measure.Owners ? open.Unit : "平方米";
        return figure.Flaw switch
        {
            FigureFlaw.None or FigureFlaw.Approximate => null,
            FigureFlaw.Range => new(role, measure, $"“{figure.Said}”是个范围，要一个准数才能算。{name}的是多少{unit}？"),
            FigureFlaw.Negative => new(role, measure, $"“{figure.Said}”是负数，不可能。{name}的是多少{unit}？"),
            FigureFlaw.NotWhole => new(role, measure, $"“{figure.Said}”不是整数，{(open.Unit == "户" ? "户数" : "人数")}要整数。{name}的是多少{unit}？"),
            FigureFlaw.TooFine => new(role, measure, $"“{figure.Said}”小数太多了，面积最多两位小数。{name}的是多少平方米？"),
            FigureFlaw.TooLarge => new(role, measure, $"“{figure.Said}”太大了，一个小区到不了。{name}的是多少{unit}？"),
        };
    }

    private static (Calculation Counted, ImpossibleNumber? Question) Part(Calculation open, Figure figure, Portion portion)
    {
        var role = figure.Role!.Value;
        var measure = figure.Measure == Measure.Owners && Base(open.Heads, role) is null && Base(open.Areas, role) is not null ? Measure.Area : figure.Measure;
        var unit = measure == Measure.Owners ? open.Unit : "平方米";
        if (Base(open.Of(measure), role) is not { } whole)
            return (open, new(IsOfThoseVoting(role) ? FigureRole.Present : FigureRole.All, measure, $"“{figure.Said}”要有总数才能算：{(IsOfThoseVoting(role) ? "参加投票的" : "小区一共")}多少{unit}？"));
        var product = whole * portion.Numerator;
        if (product % portion.Denominator == 0)
            return (Set(open, role, measure, product / portion.Denominator), null);
        var said = measure == Measure.Owners ? $"{whole}{unit}" : new Area(whole).ToString();
        return (open, new(role, measure, $"{said}的{figure.Said}不是整数，差一点结果就会变。{NameOf(role)}的准数是多少{unit}？"));
    }

    private static long? Base(Tally tally, FigureRole role) => IsOfThoseVoting(role) ? tally.Voted : tally.All;

    private static bool IsOfThoseVoting(FigureRole role) => role is FigureRole.For or FigureRole.Against or FigureRole.Abstaining or FigureRole.Invalid;

    private static string NameOf(FigureRole role) => role switch
    {
        FigureRole.All => "全体",
        FigureRole.Present => "参加",
        FigureRole.For => "同意",
        FigureRole.Against => "反对",
        FigureRole.Abstaining => "弃权",
        FigureRole.Invalid => "无效票",
        FigureRole.NotReturned => "没交回",
        FigureRole.Absent => "没参加",
        FigureRole.Left => "剩下",
        FigureRole.Signed => "签名",
    };
}
