using System.Globalization;
using Microsoft.Extensions.Options;

namespace Outreach.Storage;

/// <summary>The city's local time (setting <c>TimeZone</c>), never the server's.</summary>
public sealed class CityClock(TimeProvider clock, IOptions<SiteOptions> site)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(site.Value.TimeZone);

    public DateTimeOffset UtcNow => clock.GetUtcNow();

    public DateOnly Today => DateOf(UtcNow);

    public DateTimeOffset ToLocal(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone);

    public DateOnly DateOf(DateTimeOffset time) => DateOnly.FromDateTime(ToLocal(time).DateTime);

    /// <summary>The moment at which the city's clocks show this.</summary>
    public DateTimeOffset FromLocal(DateTime local) => new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();

    /// <summary>Such as 11月24日（周二）, with the year when it is not this one.</summary>
    public string DateText(DateOnly date) => string.Create(CultureInfo.InvariantCulture,
        $"{(date.Year == Today.Year ? "" : $"{date.Year}年")}{date.Month}月{date.Day}日（{Weekday(date)}）");

    /// <summary>Such as 上午9:08.</summary>
    public string TimeText(DateTimeOffset time)
    {
        var local = ToLocal(time);
        return string.Create(CultureInfo.InvariantCulture, $"{(local.Hour < 12 ? "上午" : "下午")}{(local.Hour > 12 ? local.Hour - 12 : local.Hour)}:{local.Minute:00}");
    }

    public static string Weekday(DateOnly date) => "周" + "日一二三四五六"[(int)date.DayOfWeek];
}
