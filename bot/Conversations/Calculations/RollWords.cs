using System.Globalization;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Calculators;

namespace Outreach.Conversations;

/// <summary>How many heads a list of homes has: 500套，一人12套，开发商没卖40套、没交付10套. Pure.</summary>
internal static partial class RollWords
{
    private static readonly Citation[] Grounds = [new("区分所有权解释", "9"), new("区分所有权解释", "8")];

    /// <summary>Null when the message is no such list: homes in all, and some of the developer's or of one owner.</summary>
    public static RollAsked? Read(string text)
    {
        var plain = FigureReader.Plain(text);
        var developer = Developer().Matches(plain);
        var several = Several().Matches(plain);
        if (developer.Count + several.Count == 0)
            return null;
        var taken = developer.Concat(several).Select(match => match.Groups["n"].Index).ToHashSet();
        var total = Homes().Matches(plain).FirstOrDefault(match => !taken.Contains(match.Groups["n"].Index));
        return total is not null && Number(total) is { } homes
            ? new(homes, developer.Sum(match => Number(match) ?? 0), [.. several.Select(Number).OfType<int>().Where(n => n > 1)])
            : null;
    }

    public static string? FindImpossible(RollAsked roll)
    {
        if (roll.Homes <= 0)
            return "一共0套，不可能。小区一共多少套？";
        var parts = roll.Developer + roll.Several.Sum();
        return parts > roll.Homes ? $"开发商的和一人多套的加起来有{parts}套，比一共{roll.Homes}套还多。哪个数写错了？" : null;
    }

    public static Reckoned Say(RollAsked roll)
    {
        var singles = roll.Homes - roll.Developer - roll.Several.Sum();
        var owners = singles + roll.Several.Count + (roll.Developer > 0 ? 1 : 0);
        var parts = new List<string> { $"各买一套的{singles}人" };
        parts.AddRange(roll.Several.Select(n => $"有{n}套的1人"));
        if (roll.Developer > 0)
            parts.Add($"开发商没卖、没交付的{roll.Developer}套合起来1人");
        string[] lines =
        [
            $"算法：{string.Join("，", parts)}，一共{owners}人。",
            $"投票至少要{VoteCalculator.FewestPresent(owners)}人参加（全体的三分之二）。面积另外算，有几套加几套，开发商的也加。",
            "下一步：按登记簿核对名单，同一个人的几套并在一起。",
        ];
        return new($"人数按{owners}人算。", lines, Grounds, "owners.headcount")
        {
            Example = "比如500套：一人12套，开发商没卖40套、没交付10套，其余438套各一个买主。438＋1＋1＝440人，投票至少294人参加。",
            Buttons = ["依据是什么", "重新算"],
        };
    }

    private static int? Number(Match match) =>
        SpokenNumber.Parse(match.Groups["n"].Value) is { } value && value <= 1_000_000 && decimal.Truncate(value) == value ? int.Parse(value.ToString("0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    private const string Num = "(?<n>[0-9零〇一二两三四五六七八九十百千万]+)套";

    [GeneratedRegex(@"(?:开发商|建设单位|未售|没卖|未卖|未交付|没交付|没交房)[^0-9零〇一二两三四五六七八九十百千万,，。;；、]{0,10}" + Num, RegexOptions.CultureInvariant)]
    private static partial Regex Developer();

    [GeneratedRegex(@"(?:(?:有|其中)?(?:一|同一)?(?:个|位)?(?:人|业主|买主|家)(?:一人|自己)?|甲|乙|老板)(?:手里|名下)?(?:买了|买|有|占|持有)?了?" + Num, RegexOptions.CultureInvariant)]
    private static partial Regex Several();

    [GeneratedRegex(Num, RegexOptions.CultureInvariant)]
    private static partial Regex Homes();
}
