using System.Globalization;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Dates, times and numbers as the console writes them: 11月24日 周二, 上午9:08, 1,248.</summary>
internal sealed class LocalText(CityClock clock)
{
    public DateOnly Today => clock.Today;

    /// <summary>Such as 11月24日 周二; the year only when it is another.</summary>
    public string Date(DateOnly date) => string.Create(CultureInfo.InvariantCulture,
        $"{(date.Year == clock.Today.Year ? "" : $"{date.Year}年")}{date.Month}月{date.Day}日 {CityClock.Weekday(date)}");

    public string Date(DateTimeOffset time) => Date(clock.DateOf(time));

    /// <summary>Such as 上午9:08.</summary>
    public string Time(DateTimeOffset time) => clock.TimeText(time);

    /// <summary>Such as 9:08 or 15:02, for the time column.</summary>
    public string Clock(DateTimeOffset time) => clock.ToLocal(time).ToString("H:mm", CultureInfo.InvariantCulture);

    public string DateTime(DateTimeOffset time) => $"{Date(time)} {Time(time)}";

    public DateOnly DateOf(DateTimeOffset time) => clock.DateOf(time);

    /// <summary>Such as 12月3日, without the weekday.</summary>
    public string Day(DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{(date.Year == clock.Today.Year ? "" : $"{date.Year}年")}{date.Month}月{date.Day}日");

    /// <summary>How late something due then is: 今天到期, 已超 2 个工作日; public holidays are not known here.</summary>
    public string Late(DateOnly due)
    {
        if (due >= clock.Today)
            return "今天到期";
        var days = 0;
        for (var day = due.AddDays(1); day <= clock.Today; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                days++;
        return days == 0 ? "已经到期" : string.Create(CultureInfo.InvariantCulture, $"已超 {days} 个工作日");
    }

    /// <summary>Such as 12 分钟, 3 小时, 2 天.</summary>
    public string Since(DateTimeOffset time) => (clock.UtcNow - time) switch
    {
        { TotalMinutes: < 1 } => "不到 1 分钟",
        { TotalMinutes: < 60 } span => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} 分钟"),
        { TotalHours: < 24 } span => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} 小时"),
        var span => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} 天"),
    };

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
