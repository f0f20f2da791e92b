using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>By when an owner is to be contacted: the end (18:00) of the n-th working day. Saturdays, Sundays and <c>Leads:Holidays</c> do not count, <c>Leads:WorkingWeekends</c> do.</summary>
public sealed class ServiceTime(CityClock city, IOptions<LeadOptions> options)
{
    private readonly HashSet<DateOnly> _holidays = [.. options.Value.Holidays];
    private readonly HashSet<DateOnly> _workingWeekends = [.. options.Value.WorkingWeekends];

    public DateTimeOffset DueFrom(DateTimeOffset signedUpAt)
    {
        var day = city.DateOf(signedUpAt);
        for (var left = options.Value.ContactWorkingDays; left > 0;)
        {
            day = day.AddDays(1);
            if (IsWorkingDay(day))
                left--;
        }
        return city.FromLocal(day.ToDateTime(new TimeOnly(18, 0)));
    }

    private bool IsWorkingDay(DateOnly day) =>
        !_holidays.Contains(day) && (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) || _workingWeekends.Contains(day));
}
