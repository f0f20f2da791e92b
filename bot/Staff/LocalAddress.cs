namespace Outreach.Staff;

internal static class LocalAddress
{
    public const string Home = "/staff";

    /// <summary>The address when it is a page of the console, else its first page: a link from outside cannot send anyone elsewhere.</summary>
    public static string OrHome(string? address) =>
        address is not null && (address == Home || address.StartsWith("/staff/", StringComparison.Ordinal) || address.StartsWith("/staff?", StringComparison.Ordinal))
        && !address.Contains('\\', StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? address
            : Home;
}
