namespace Outreach.Staff;

public sealed class StaffOptions
{
    /// <summary>Minutes without a click after which a session ends.</summary>
    public int IdleMinutes { get; init; } = 30;
    /// <summary>Hours after which a session ends in any case: a working day.</summary>
    public int SessionHours { get; init; } = 10;
    /// <summary>Wrong passwords in a row that lock an account.</summary>
    public int MaxTries { get; init; } = 5;
    /// <summary>Minutes for which it stays locked.</summary>
    public int LockMinutes { get; init; } = 15;
    /// <summary>Whether notices, their approval and exports need a second factor; unset: everywhere but in Development.</summary>
    public bool? RequireSecondFactor { get; init; }
    /// <summary>Hours for which a one-time link can be used.</summary>
    public int LinkHours { get; init; } = 72;
    /// <summary>Signing in with the accounts of one's own organisation; off while empty.</summary>
    public StaffOpenIdOptions OpenIdConnect { get; init; } = new();
}
