using System.Globalization;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>When a destination is told of something: at once, in digests at fixed times of the city's day, and never in its quiet hours. Pure.</summary>
internal sealed record ForwardTimes(IReadOnlyList<TimeOnly> SendAt, (TimeOnly From, TimeOnly Until)? Quiet)
{
    /// <summary>What is wrong with the settings, as <c>Key: problem and fix</c>; null: nothing.</summary>
    public static string? Problem(DestinationOptions destination) =>
        destination.SendAt.Any(time => Read(time) is null) ? "SendAt must hold times of the day such as 9:00; leave it out to send at once."
        : destination.Quiet.Length > 0 && ReadQuiet(destination.Quiet) is null ? "Quiet must be a span of the day such as 20:00-8:00; leave it out for none."
        : null;

    public static ForwardTimes Of(DestinationOptions destination) =>
        new([.. destination.SendAt.Select(Read).OfType<TimeOnly>().Order()], destination.Quiet.Length > 0 ? ReadQuiet(destination.Quiet) : null);

    /// <summary>The first moment from now on at which the destination may be told.</summary>
    public DateTimeOffset Next(DateTimeOffset now, CityClock city)
    {
        var local = city.ToLocal(now);
        var (day, time) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        if (SendAt.Count > 0)
        {
            var later = SendAt.Where(at => at > time && !IsQuiet(at)).ToList();
            if (later.Count > 0)
                return city.FromLocal(day.ToDateTime(later[0]));
            var allowed = SendAt.Where(at => !IsQuiet(at)).ToList();
            return city.FromLocal(day.AddDays(1).ToDateTime(allowed.Count > 0 ? allowed[0] : Quiet!.Value.Until));
        }
        return !IsQuiet(time) ? now : city.FromLocal((time < Quiet!.Value.Until ? day : day.AddDays(1)).ToDateTime(Quiet.Value.Until));
    }

    // 20:00-8:00 goes over midnight; its end is allowed again.
    private bool IsQuiet(TimeOnly time) => Quiet is { } quiet && time.IsBetween(quiet.From, quiet.Until);

    private static (TimeOnly, TimeOnly)? ReadQuiet(string text) =>
        text.Split('-') is [var from, var until] && Read(from) is { } start && Read(until) is { } end && start != end ? (start, end) : null;

    private static TimeOnly? Read(string text) => TimeOnly.TryParseExact(text.Trim(), ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
