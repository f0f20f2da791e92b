using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outreach.Knowledge.Search;

namespace Outreach.Conversations;

/// <summary>A day that was named.</summary>
/// <param name="Day">Null: there is no such day (2月30日).</param>
/// <param name="Event">What happens on it, as the words beside it tell.</param>
internal sealed record NamedDay(DateOnly? Day, string Said, TimelineEvent? Event);

/// <summary>Days as people name them: 2026年3月10日, 3月10号, 2026-06-13, 明天, 下周三, 15号, 十天后. Pure.</summary>
internal static partial class SpokenDate
{
    /// <param name="today">In the city; a day without year is the one nearest to it.</param>
    public static IReadOnlyList<NamedDay> Read(string text, DateOnly today)
    {
        var plain = Normaliser.ToSimplified(text.Normalize(NormalizationForm.FormKC));
        var days = new List<NamedDay>();
        foreach (Match match in Days().Matches(plain))
        {
            var (day, what) = (DayOf(match, today), EventBeside(plain, match));
            // 3月10号选出来 has happened, whichever 10 March is nearer.
            if (day is { } ahead && ahead > today && match.Groups["m"].Success && !match.Groups["y"].Success && what is (TimelineEvent.Elected or TimelineEvent.GroupFormed) && !Future().IsMatch(plain))
                day = ahead.AddYears(-1);
            days.Add(new(day, match.Value, what));
        }
        return days;
    }

    /// <summary>The event named in words without a day; null: none.</summary>
    public static TimelineEvent? EventIn(string text) => Events().Match(text) is { Success: true } match ? EventOf(match) : null;

    private static DateOnly? DayOf(Match match, DateOnly today)
    {
        if (match.Groups["word"].Success)
            return today.AddDays(match.Groups["word"].Value switch { "今天" or "今日" => 0, "明天" or "明日" or "明儿" => 1, "后天" => 2, "大后天" => 3, "昨天" => -1, _ => -2 });
        if (match.Groups["week"].Success)
        {
            var day = "一二三四五六日".IndexOf(match.Groups["week"].Value is "天" ? "日" : match.Groups["week"].Value, StringComparison.Ordinal);
            var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
            var date = monday.AddDays(day + (match.Groups["next"].Success ? 7 * match.Groups["next"].Length : 0));
            return !match.Groups["next"].Success && !match.Groups["this"].Success && date < today ? date.AddDays(7) : date;
        }
        if (match.Groups["after"].Success)
            return SpokenNumber.Parse(match.Groups["after"].Value) is <= 3650 and var days && decimal.Truncate(days) == days ? today.AddDays((int)days) : null;
        if (Number(match.Groups["d"]) is not { } dayOfMonth)
            return null;
        if (match.Groups["y"].Success)
            return Make(int.Parse(match.Groups["y"].Value, CultureInfo.InvariantCulture), Number(match.Groups["m"]), dayOfMonth);
        if (match.Groups["m"].Success)
            return Nearest(today, [Make(today.Year - 1, Number(match.Groups["m"]), dayOfMonth), Make(today.Year, Number(match.Groups["m"]), dayOfMonth), Make(today.Year + 1, Number(match.Groups["m"]), dayOfMonth)]);
        var (before, next) = (today.AddMonths(-1), today.AddMonths(1));
        return Nearest(today, [Make(before.Year, before.Month, dayOfMonth), Make(today.Year, today.Month, dayOfMonth), Make(next.Year, next.Month, dayOfMonth)]);
    }

    /// <summary>The last or the next one; half a year ahead is nearer than half a year ago.</summary>
    private static DateOnly? Nearest(DateOnly today, DateOnly?[] days) => days.Where(day => day is not null).OrderBy(day => Math.Abs(day!.Value.DayNumber - today.DayNumber)).ThenByDescending(day => day).FirstOrDefault();

    private static DateOnly? Make(int year, int? month, int day) =>
        month is >= 1 and <= 12 and var m && year is >= 1990 and <= 2100 && day >= 1 && day <= DateTime.DaysInMonth(year, m) ? new DateOnly(year, m, day) : null;

    private static int? Number(Group group) => group.Success && SpokenNumber.Parse(group.Value) is >= 1 and <= 31 and var value ? (int)value : null;

    /// <summary>The nearest word behind the day in its clause, else before it, else anywhere.</summary>
    private static TimelineEvent? EventBeside(string text, Match day)
    {
        var (start, end) = (text.LastIndexOfAny(Stops, Math.Max(0, day.Index - 1)) + 1, text.IndexOfAny(Stops, day.Index + day.Length));
        if (day.Index == 0)
            start = 0;
        var clause = text[start..(end < 0 ? text.Length : end)];
        var at = day.Index - start + day.Length;
        if (Events().Match(clause, Math.Min(at, clause.Length)) is { Success: true } behind)
            return EventOf(behind);
        if (Events().Matches(clause).LastOrDefault(match => match.Index < at) is { } before)
            return EventOf(before);
        return Events().Match(text) is { Success: true } anywhere ? EventOf(anywhere) : null;
    }

    private static readonly char[] Stops = [',', '，', '。', ';', '；', '?', '？', '!', '！', '\n', ' '];

    private static TimelineEvent EventOf(Match match) =>
        match.Groups["end"].Success ? TimelineEvent.Termination
        : match.Groups["elected"].Success ? TimelineEvent.Elected
        : match.Groups["notice"].Success ? TimelineEvent.Notice
        : match.Groups["group"].Success ? TimelineEvent.GroupFormed
        : match.Groups["applied"].Success ? TimelineEvent.Applied
        : TimelineEvent.Meeting;

    [GeneratedRegex(
        @"(?<word>今天|今日|明天|明日|明儿|大后天|后天|昨天|前天)|(?:(?<next>下{1,2})个?|(?<this>这个?|本))?(?:周|星期|礼拜)(?<week>[一二三四五六日天])"
        + @"|(?<after>[0-9]{1,4}|[一二三四五六七八九十百]{1,5})天(?:后|之后|以后)"
        + @"|(?:(?<y>20[0-9]{2})\s*[年/.-]\s*)?(?<m>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*(?<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*(?:日|号)?|(?<y>20[0-9]{2})[/.-](?<m>[0-9]{1,2})[/.-](?<d>[0-9]{1,2})"
        + @"|(?<![0-9月满第前])(?<d>3[01]|[12]?[0-9])(?:号(?!楼|院|线|栋|室)|日(?!内|前))", RegexOptions.CultureInvariant)]
    private static partial Regex Days();

    [GeneratedRegex("将|准备|计划|打算|预计|要是|如果|想|定在|安排", RegexOptions.CultureInvariant)]
    private static partial Regex Future();

    [GeneratedRegex(
        "(?<end>(?:书面)?通知(?:了)?(?:物业|解聘)|解聘|辞退|解除物业|解除合同|让物业(?:走|撤))|(?<elected>选出|选举产生|当选|选完|选好|选上|选的|选了|业委会(?:就)?成立)|(?<notice>公示|公告|通知|张贴|贴出|贴通知|发通知)"
        + "|(?<group>筹备组)|(?<applied>递交|申请|交材料|交申请)|(?<meeting>开业主大会|开大会|开会|业主大会|大会|投票|召开|表决|会议|选举)", RegexOptions.CultureInvariant)]
    private static partial Regex Events();
}
