namespace Outreach.Knowledge.Calculators;

/// <summary>The last day of a period.</summary>
/// <param name="Day">The safe one: nothing extended.</param>
/// <param name="Extended">The later day when the last one falls on a public holiday (民法典 203①); null when it does not.</param>
public readonly record struct Deadline(DateOnly Day, DateOnly? Extended);

/// <summary>Periods of the Civil Code (201, 202, 203): the day of the event does not count. Pure date arithmetic.</summary>
public static class LegalDates
{
    /// <summary>The last day of a period of days after an event.</summary>
    /// <param name="holidays">Public holidays as the State Council publishes them each year; weekends count only where they are listed.</param>
    public static Deadline Within(DateOnly happened, int days, IReadOnlySet<DateOnly>? holidays = null) => Extend(happened.AddDays(days), holidays);

    /// <summary>The corresponding day after so many years; the month's last day where there is none.</summary>
    public static Deadline WithinYears(DateOnly happened, int years, IReadOnlySet<DateOnly>? holidays = null) => Extend(happened.AddYears(years), holidays);

    /// <summary>The last day on which a notice still comes so many days before a date; a day earlier is wiser.</summary>
    public static DateOnly LatestBefore(DateOnly date, int days) => date.AddDays(-days);

    /// <summary>The first working day after a period has run out: when it is safe to act on it.</summary>
    public static DateOnly SafeAfter(DateOnly last, IReadOnlySet<DateOnly>? holidays = null)
    {
        var day = last.AddDays(1);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || holidays?.Contains(day) == true)
            day = day.AddDays(1);
        return day;
    }

    private static Deadline Extend(DateOnly last, IReadOnlySet<DateOnly>? holidays)
    {
        var day = last;
        while (holidays?.Contains(day) == true)
            day = day.AddDays(1);
        return new(last, day == last ? null : day);
    }
}
