using System.Globalization;
using Outreach.Storage;

namespace Outreach.Channels.WebChat.Pages;

/// <summary>Days as people write them: 11月24日 周二, with the year only when it is another.</summary>
public static class DayText
{
    public static string Of(DateOnly day, DateOnly today) => string.Create(CultureInfo.InvariantCulture,
        $"{(day.Year == today.Year ? "" : $"{day.Year}年")}{day.Month}月{day.Day}日 {CityClock.Weekday(day)}");
}
