using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>
/// The hours of the city's day in which notices may go out, from <c>Campaigns:QuietUntilHour</c> to <c>Campaigns:QuietFromHour</c>.
/// Asked when a notice is written, when it starts and before every batch.
/// </summary>
public sealed class SendingHours(IOptionsMonitor<CampaignOptions> options, CityClock city)
{
    private int Opens => options.CurrentValue.QuietUntilHour;
    private int Closes => options.CurrentValue.QuietFromHour;

    public bool IsQuiet(DateTimeOffset time)
    {
        var hour = city.ToLocal(time).Hour;
        return hour < Opens || hour >= Closes;
    }

    /// <summary>The time itself when notices may go out then, else the end of the quiet hours that it lies in.</summary>
    public DateTimeOffset NextAllowed(DateTimeOffset time)
    {
        if (!IsQuiet(time))
            return time;
        var local = city.ToLocal(time);
        var day = DateOnly.FromDateTime(local.DateTime).AddDays(local.Hour >= Closes ? 1 : 0);
        return city.FromLocal(day.ToDateTime(new TimeOnly(Opens, 0)));
    }

    /// <summary>How long notices may go out from this moment on, without a break; nothing in quiet hours, without end when every hour is allowed.</summary>
    public TimeSpan OpenFor(DateTimeOffset time) => (Opens, Closes) is (0, 24) ? TimeSpan.MaxValue : IsQuiet(time) ? TimeSpan.Zero
        : city.FromLocal(DateOnly.FromDateTime(city.ToLocal(time).DateTime).ToDateTime(TimeOnly.MinValue).AddHours(Closes)) - time;

    /// <summary>Such as 晚8点到早8点不发通知; null when every hour is allowed.</summary>
    public string? Rule => (Opens, Closes) is (0, 24) ? null : $"{Name(Closes)}到{Name(Opens)}不发通知";

    /// <summary>Such as 11月25日（周三）上午8:00.</summary>
    public string When(DateTimeOffset time) => city.DateText(city.DateOf(time)) + city.TimeText(time);

    private static string Name(int hour) => hour switch
    {
        0 or 24 => "0点",
        < 6 => $"凌晨{hour}点",
        < 12 => $"早{hour}点",
        12 => "中午12点",
        < 18 => $"下午{hour - 12}点",
        _ => $"晚{hour - 12}点",
    };
}
