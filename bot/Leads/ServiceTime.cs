using Microsoft.Extensions.Options;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>By when an owner is to be contacted: the end (18:00) of the n-th working day. Saturdays and Sundays do not count; public holidays are not known to it.</summary>
public sealed class ServiceTime(CityClock city, IOptions<LeadOptions> options)
{
    public DateTimeOffset DueFrom(DateTimeOffset signedUpAt)
    {
        var day = city.DateOf(signedUpAt);
        for (var left = options.Value.ContactWorkingDays; left > 0;)
        {
            day = day.AddDays(1);
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                left--;
        }
        return city.FromLocal(day.ToDateTime(new TimeOnly(18, 0)));
    }
}
