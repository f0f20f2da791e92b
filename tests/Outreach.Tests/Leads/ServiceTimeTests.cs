using Microsoft.Extensions.Options;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Tests.Leads;

public sealed class ServiceTimeTests
{
    [Theory]
    [InlineData("2026-09-24T02:00:00Z", "2026-09-29T10:00:00Z")]      // Thursday; Friday is 中秋 in this calendar, then a weekend; Monday and Tuesday count
    [InlineData("2026-09-30T02:00:00Z", "2026-10-09T10:00:00Z")]      // before the seven days of 国庆: Thursday 8th and Friday 9th
    [InlineData("2026-10-09T02:00:00Z", "2026-10-12T10:00:00Z")]      // Saturday the 10th is worked
    [InlineData("2026-11-23T02:00:00Z", "2026-11-25T10:00:00Z")]      // an ordinary Monday
    public void Holidays_do_not_count_and_worked_weekends_do(string signedUp, string due)
    {
        var options = new LeadOptions
        {
            Holidays = [new(2026, 9, 25), .. Enumerable.Range(1, 7).Select(day => new DateOnly(2026, 10, day))],
            WorkingWeekends = [new(2026, 10, 10)],
        };
        var time = new ServiceTime(new CityClock(TimeProvider.System, Options.Create(new SiteOptions())), Options.Create(options));

        Assert.Equal(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture), time.DueFrom(DateTimeOffset.Parse(signedUp, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
