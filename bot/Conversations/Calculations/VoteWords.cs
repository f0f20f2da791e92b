using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>Says in plain Chinese whether a vote passes: the verdict, the arithmetic, both readings where the law is open, and what to do next. Pure.</summary>
internal static class VoteWords
{
    public const string Ordinary = "普通事项";
    public const string Major = "重大事项";
    public const string NoArea = "不知道面积";

    private const string Open = "法律没写明，做法不一，以街道答复或议事规则为准。";
    private static readonly Citation Rule = new("民法典", "278", 2);
    private static readonly Citation Inclusive = new("民法典", "1259");

    public static string NameOf(VoteKind kind) => kind switch { VoteKind.Ordinary => Ordinary, VoteKind.Major => Major };

    /// <summary>The result as far as the numbers carry; null when nothing can be said yet.</summary>
    public static Reckoned? Say(Calculation vote)
    {
        VoteKind[] kinds = vote.Kind is { } known ? [known] : [VoteKind.Ordinary, VoteKind.Major];
        var judged = kinds.Select(kind => (Kind: kind, It: VoteSheet.Judge(vote, kind, CountingRule.Usual))).ToList();
        var usual = judged[0].It;
        if (usual.Standing == Standing.Open)
            return vote.Heads.All is not null || vote.Areas.All is not null ? Thresholds(vote, kinds) : null;
        var differs = judged.Count == 2 && judged[1].It.Standing != usual.Standing;
        var lines = new List<string> { Present(vote, usual), Agreed(vote, usual, kinds) };
        lines.AddRange(Readings(vote, kinds));
        if (vote.IsLift)
            lines.Add("加装电梯按哪一项、在哪个范围投，" + Open);
        lines.AddRange(Notes(vote));
        var (asks, buttons) = Asks(vote, usual, differs);
        lines.Add(Next(vote, usual, differs));
        return new(Verdict(vote, judged, differs), lines, Grounds(vote, kinds), ArticleOf(vote, usual))
        {
            More = More(vote, kinds),
            Example = Example(vote.Kind ?? VoteKind.Ordinary),
            Asks = asks,
            Buttons = buttons,
        };
    }

    private static string Verdict(Calculation vote, List<(VoteKind Kind, VoteJudgement It)> judged, bool differs)
    {
        if (differs)
            return string.Join("；", judged.Select(pair => $"按{NameOf(pair.Kind)}，{Short(vote, pair.It)}")) + "。";
        var it = judged[0].It;
        var which = judged.Count == 1 ? "" : it.Standing switch
        {
            Standing.Rejected => "按普通事项也",
            Standing.Passed or Standing.OneMeasure or Standing.AgreedOnly => "按普通事项、重大事项算，",
            Standing.Open or Standing.NoQuorum or Standing.QuorumOnly => "",
        };
        return it.Standing switch
        {
            Standing.NoQuorum => $"这次定不了：参加的还差{Amount(vote, it.MissingHeads, it.MissingArea)}。",
            Standing.QuorumOnly => it.MissingHeads is null ? "参加的面积够三分之二了。" : it.MissingArea is null ? $"参加的{HeadsOf(vote)}够三分之二了，面积也要够。" : "参加的够了，面积、人数都到三分之二。",
            Standing.AgreedOnly => which + (it.MissingForArea is null ? "同意的人数够了，还要看参加的够不够。" : it.MissingForHeads is null ? "同意的面积够了，还要看参加的够不够。" : "同意的够了，还要看参加的够不够。"),
            Standing.Rejected => $"{which}不通过：同意的还差{Amount(vote, it.MissingForHeads, it.MissingForArea)}。",
            Standing.OneMeasure => which + (it.MissingForHeads is null ? "面积这一关过了，还要看人数。" : vote.WithoutArea ? "人数这一关过了；面积也达标才算通过。" : "人数这一关过了，还要看面积。"),
            Standing.Passed => which + (judged.Count == 2 ? "都通过。" : "通过。"),
            Standing.Open => "",
        };
    }

    private static string Short(Calculation vote, VoteJudgement it) => it.Standing switch
    {
        Standing.NoQuorum => $"定不了，参加的还差{Amount(vote, it.MissingHeads, it.MissingArea)}",
        Standing.Rejected => $"不通过，同意的还差{Amount(vote, it.MissingForHeads, it.MissingForArea)}",
        Standing.OneMeasure => it.MissingForHeads is null ? "面积够了，还要看人数" : "人数够了，还要看面积",
        Standing.AgreedOnly => "同意的够了，还要看参加的够不够",
        Standing.QuorumOnly => "参加的够了",
        Standing.Passed => "通过",
        Standing.Open => "还算不出",
    };

    private static string Present(Calculation vote, VoteJudgement it)
    {
        if (it.VotedHeads is null && it.VotedArea is null)
            return "";
        var needed = Amount(vote, it.MissingHeads is null ? null : VoteSheet.FewestPresent(Measure.Owners, vote.Heads.All!.Value), it.MissingArea is null ? null : VoteSheet.FewestPresent(Measure.Area, vote.Areas.All!.Value));
        return needed.Length == 0 ? $"参加：{Amount(vote, it.VotedHeads, it.VotedArea)}。" : $"参加：{Amount(vote, it.VotedHeads, it.VotedArea)}；至少要{needed}（全体的三分之二，正好也够）。";
    }

    private static string Agreed(Calculation vote, VoteJudgement it, VoteKind[] kinds)
    {
        var (heads, area) = (it.VotedHeads is null ? null : vote.Heads.For, it.VotedArea is null ? null : vote.Areas.For);
        if ((heads ?? area) is null)
            return "";
        var needs = kinds.Select(kind => (kinds.Length == 2 ? NameOf(kind) : "") + "至少要" + Needed(vote, it, kind, heads is not null, area is not null)
            + (kind == VoteKind.Ordinary ? "（超过参加的一半）" : "（参加的四分之三，正好也够）"));
        var half = kinds[0] == VoteKind.Ordinary && ((heads is not null && heads * 2 == it.VotedHeads) || (area is not null && area * 2 == it.VotedArea)) ? "正好一半不够。" : "";
        return $"同意：{Amount(vote, heads, area)}；{string.Join("，", needs)}。{half}";
    }

    private static string Needed(Calculation vote, VoteJudgement it, VoteKind kind, bool heads, bool area) => Amount(vote,
        heads ? VoteSheet.FewestFor(Measure.Owners, kind, it.VotedHeads!.Value) : null, area ? VoteSheet.FewestFor(Measure.Area, kind, it.VotedArea!.Value) : null);

    /// <summary>Both results wherever the law leaves the counting open.</summary>
    private static IEnumerable<string> Readings(Calculation vote, VoteKind[] kinds)
    {
        foreach (var rule in VoteSheet.Readings(vote).Skip(1))
        {
            var name = rule switch
            {
                CountingRule.Usual => "",
                CountingRule.AbstainingStayAway => "弃权按参加、不按同意算。要是弃权不算参加",
                CountingRule.InvalidTakePart => "无效票没算参加。要是也算参加",
                CountingRule.DeliveredTakePart => "没交回的没算参加。要是议事规则约定“送达视为参加”，并且送到了、讲清了后果",
            };
            var results = kinds.Select(kind => (Kind: kind, It: VoteSheet.Judge(vote, kind, rule))).ToList();
            var outcome = results.Count == 2 && results[0].It.Standing != results[1].It.Standing
                ? string.Join("，", results.Select(result => $"{NameOf(result.Kind)}{Short(vote, result.It)}"))
                : Short(vote, results[0].It);
            yield return $"{name}，参加就是{Amount(vote, results[0].It.VotedHeads, results[0].It.VotedArea)}，{outcome}。{Open}";
        }
    }

    private static IEnumerable<string> Notes(Calculation vote)
    {
        if (vote.TotalsOf is { } community)
            yield return $"全体按{Amount(vote, vote.Heads.All, vote.Areas.All)}算，数据来自{community}的小区资料，不对请告诉我。";
        if (vote.Rough.Count > 0)
            yield return $"{string.Join('、', vote.Rough.Select(rough => $"“{rough}”"))}是约数，差一点结果就会变，以准数为准。";
    }

    private static (CalculationQuestion? Asks, IReadOnlyList<string> Buttons) Asks(Calculation vote, VoteJudgement it, bool differs)
    {
        if (differs)
            return (CalculationQuestion.Matter, [Ordinary, Major]);
        IReadOnlyList<string> after = ["依据是什么", "重新算"];
        return it.Standing switch
        {
            Standing.QuorumOnly => (CalculationQuestion.For, []),
            Standing.AgreedOnly => (CalculationQuestion.All, []),
            Standing.OneMeasure => it.MissingForHeads is null ? (CalculationQuestion.All, []) : vote.WithoutArea ? (null, after) : (CalculationQuestion.Areas, [NoArea]),
            Standing.Open or Standing.NoQuorum or Standing.Rejected or Standing.Passed => (null, after),
        };
    }

    private static string Next(Calculation vote, VoteJudgement it, bool differs)
    {
        if (differs)
            return "是哪类事？筹集维修资金、改建重建、改变公共部分用途或拿它经营，算重大事项。";
        return it.Standing switch
        {
            Standing.NoQuorum => $"能不能延期收票，{Open}还能收票的话，先给没投的邻居再送一次。",
            Standing.Rejected => "票数就按实际的算。听听反对的理由，改好方案可以再投一次。",
            Standing.Passed => "下一步：把结果公告给全体业主，选票和统计表存好。",
            Standing.QuorumOnly => $"同意的有多少{vote.Unit}、多少平方米？",
            Standing.AgreedOnly => $"小区一共多少{vote.Unit}、多少平方米？",
            Standing.OneMeasure => it.MissingForHeads is null ? $"一共、参加、同意的各多少{vote.Unit}？"
                : vote.WithoutArea ? "面积看不动产登记簿，没登记的看实测或买卖合同；也可以请街道、物业提供全体的面积清册。" : MissingAreas(vote),
            Standing.Open => "",
        };
    }

    private static string MissingAreas(Calculation vote)
    {
        var missing = new List<string>(3);
        if (vote.Areas.All is null)
            missing.Add("全体");
        if (vote.Areas.Voted is null)
            missing.Add("参加");
        if (vote.Areas.For is null)
            missing.Add("同意");
        return $"面积也要同样达标：{string.Join('、', missing)}的面积{(missing.Count > 1 ? "各" : "")}是多少平方米？";
    }

    /// <summary>Only the totals are known: what it takes.</summary>
    private static Reckoned Thresholds(Calculation vote, VoteKind[] kinds)
    {
        long? heads = vote.Heads.All is { } owners ? VoteSheet.FewestPresent(Measure.Owners, owners) : null;
        long? area = vote.Areas.All is { } all ? VoteSheet.FewestPresent(Measure.Area, all) : null;
        var needs = kinds.Select(kind => NameOf(kind) + "至少要" + Amount(vote,
            heads is { } h ? VoteSheet.FewestFor(Measure.Owners, kind, h) : null, area is { } a ? VoteSheet.FewestFor(Measure.Area, kind, a) : null) + "同意");
        var lines = new List<string>
        {
            $"正好来{Amount(vote, heads, area)}时，{string.Join("，", needs)}；来得多，要的也多。",
            area is null ? "面积也一样：参加的要到全体的三分之二，同意的按参加的面积算。" : heads is null ? "人数也一样：参加的要到全体的三分之二，同意的按参加的人数算。" : "",
        };
        lines.AddRange(Notes(vote));
        lines.Add($"参加的、同意的各有多少{vote.Unit}、多少平方米？发来我接着算。");
        return new($"全体{Amount(vote, vote.Heads.All, vote.Areas.All)}，至少要{Amount(vote, heads, area)}参加才算数。", lines, [Rule], "voting.quorum")
        {
            More = More(vote, kinds),
            Example = Example(vote.Kind ?? VoteKind.Ordinary),
            Asks = CalculationQuestion.Present,
        };
    }

    private static List<string> More(Calculation vote, VoteKind[] kinds)
    {
        var more = new List<string>
        {
            "先看参加：占全体的三分之二以上，面积、人数都算。再看同意：只在参加的里面比，面积、人数也都算。",
        };
        if (vote.Heads is { All: { } all, Voted: { } voted })
            more.Add($"参加的人数：3×{voted}＝{3 * voted}，2×{all}＝{2 * all}，{(3 * voted >= 2 * all ? "够" : "不够")}。");
        if (vote.Heads is { Voted: { } there, For: { } agreed })
            more.AddRange(kinds.Select(kind => kind == VoteKind.Ordinary
                ? $"同意的人数（普通事项）：2×{agreed}＝{2 * agreed}，要大于{there}，{(2 * agreed > there ? "够" : "不够")}。"
                : $"同意的人数（重大事项）：4×{agreed}＝{4 * agreed}，3×{there}＝{3 * there}，{(4 * agreed >= 3 * there ? "够" : "不够")}。"));
        more.Add("人数这样数：一套房算1人，一人有几套只算1人，开发商没卖和没交付的合起来算1人；面积照实加。车位算不算面积，全小区同一个口径。");
        return more;
    }

    public static string Example(VoteKind kind) => kind switch
    {
        VoteKind.Ordinary => "比如全体900人、90000平方米，来了600人、60000平方米，正好三分之二，够。普通事项要超过一半：301人、30000.01平方米同意就通过，300人正好一半，不通过。",
        VoteKind.Major => "比如全体900人、90000平方米，来了600人、60000平方米，正好三分之二，够。重大事项要四分之三：450人、45000平方米同意就通过，449人就差1人。",
    };

    /// <summary>A number that lies exactly on a threshold needs the rule on 以上 and 超过 besides.</summary>
    private static List<Citation> Grounds(Calculation vote, VoteKind[] kinds) => OnThreshold(vote.Heads, kinds) || OnThreshold(vote.Areas, kinds) ? [Rule, Inclusive] : [Rule];

    private static bool OnThreshold(Tally tally, VoteKind[] kinds) =>
        (tally is { Voted: { } voted, All: { } all } && 3 * voted == 2 * all)
        || (tally is { Voted: { } there, For: { } agreed } && (2 * agreed == there || (kinds.Contains(VoteKind.Major) && 4 * agreed == 3 * there)));

    private static string ArticleOf(Calculation vote, VoteJudgement it) =>
        vote.IsLift ? "lift.vote"
        : it.Standing is Standing.NoQuorum or Standing.QuorumOnly ? "voting.quorum"
        : vote.Kind == VoteKind.Major ? "voting.major" : "voting.ordinary";

    private static string HeadsOf(Calculation vote) => vote.Unit == "户" ? "户数" : "人数";

    /// <summary>600户、60000平方米; "" when neither is known; what is zero beside something else is left out.</summary>
    private static string Amount(Calculation vote, long? heads, long? area)
    {
        if (heads == 0 && area > 0)
            heads = null;
        if (area == 0 && heads > 0)
            area = null;
        return string.Join('、', new[] { heads is { } h ? $"{h}{vote.Unit}" : "", area is { } a ? new Area(a).ToString() : "" }.Where(part => part.Length > 0));
    }
}
