namespace Outreach.Storage;

/// <summary>One value per process start. Rows claimed by an epoch that no longer lives are found again.</summary>
public static class Epoch
{
    public static string Current { get; } = Guid.NewGuid().ToString("N");
}
