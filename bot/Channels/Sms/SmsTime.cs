namespace Outreach.Channels.Sms;

/// <summary>The vendors count days by the clock of mainland China.</summary>
internal static class SmsTime
{
    public static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>To just after the next midnight there.</summary>
    public static TimeSpan UntilTomorrow(DateTimeOffset now)
    {
        var local = now.ToOffset(China);
        return new DateTimeOffset(local.Date.AddDays(1).AddMinutes(5), China) - now;
    }
}
