namespace Outreach.Staff;

internal static class StaffLive
{
    public const string Address = "/staff/live";
}
