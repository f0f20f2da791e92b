namespace Outreach.Communities;

/// <summary>Who of the staff is active, and what each of them may see. The room of the accounts lies above those that ask.</summary>
public interface IStaffRoster
{
    /// <summary>The member's scope as it is now; null when there is no such account or it is deactivated.</summary>
    Task<StaffScope?> FindActiveAsync(string staffId, CancellationToken cancellationToken);

    /// <summary>All active members, by display name.</summary>
    Task<IReadOnlyList<StaffScope>> ListActiveAsync(CancellationToken cancellationToken);
}
