using System.Globalization;
using System.Text.RegularExpressions;

namespace Outreach.Conversations;

/// <summary>Opening hours as offices write them (周一至周五 8:30–12:00、14:30–18:00), read far enough to tell whether somebody is there. Pure.</summary>
internal sealed partial class OfficeHours
{
    private readonly bool[] _days = new bool[7];
    private readonly List<(TimeOnly From, TimeOnly Until)> _spans = [];

    /// <summary>Null when no span of time can be read: then nothing is claimed.</summary>
    public static OfficeHours? Parse(string? text)
    {
        if (text is null)
            return null;
        var hours = new OfficeHours();
        foreach (Match span in Spans().Matches(text))
            if (Time(span.Groups[1], span.Groups[2]) is { } from && Time(span.Groups[3], span.Groups[4]) is { } until && from < until)
                hours._spans.Add((from, until));
        if (hours._spans.Count == 0)
            return null;
        var (first, last) = Days().Match(text) is { Success: true } days ? (Day(days.Groups[1].Value), Day(days.Groups[2].Value)) : text.Contains('每', StringComparison.Ordinal) ? (1, 7) : (1, 5);
        for (var day = first; day <= last; day++)
            hours._days[day % 7] = true;
        hours._spans.Sort();
        return hours;
    }

    public bool IsOpen(DateTimeOffset local)
    {
        var time = TimeOnly.FromDateTime(local.DateTime);
        return _days[(int)local.DayOfWeek] && _spans.Exists(span => time >= span.From && time < span.Until);
    }

    /// <summary>When it opens next: 今天14:30, 明天8:30, 周一8:30.</summary>
    public string NextOpening(DateTimeOffset local)
    {
        var now = TimeOnly.FromDateTime(local.DateTime);
        for (var ahead = 0; ahead <= 7; ahead++)
        {
            var day = (int)local.AddDays(ahead).DayOfWeek;
            if (!_days[day])
                continue;
            foreach (var (from, _) in _spans)
                if (ahead > 0 || from > now)
                    return string.Create(CultureInfo.InvariantCulture,
                        $"{(ahead == 0 ? "今天" : ahead == 1 ? "明天" : "周" + "日一二三四五六"[day])}{from.Hour}:{from.Minute:00}");
        }
        return "上班";
    }

    private static TimeOnly? Time(Group hour, Group minute) =>
        int.Parse(hour.Value, CultureInfo.InvariantCulture) is var h and <= 23 && int.Parse(minute.Value, CultureInfo.InvariantCulture) is var m and <= 59 ? new TimeOnly(h, m) : null;

    private static int Day(string name) => name is "日" or "天" ? 7 : "一二三四五六".IndexOf(name, StringComparison.Ordinal) + 1;

    [GeneratedRegex(@"(\d{1,2})[:：](\d{2})\s*[-—–－~～至到]+\s*(\d{1,2})[:：](\d{2})", RegexOptions.CultureInvariant)]
    private static partial Regex Spans();

    [GeneratedRegex(@"(?:周|星期|礼拜)([一二三四五六日天])\s*[-—–－~～至到]+\s*(?:周|星期|礼拜)?([一二三四五六日天])", RegexOptions.CultureInvariant)]
    private static partial Regex Days();
}
