namespace Outreach.Activities;

/// <summary>A channel with codes of its own: who scans one follows the account, and is known to come from the community.</summary>
public interface IFollowCodes
{
    /// <summary>Whether an account is on that makes codes.</summary>
    bool IsOn { get; }

    /// <summary>As staff and owners know the channel, such as 微信公众号.</summary>
    string Title { get; }

    /// <summary>What the community's code says, if it was made before; null: it was not.</summary>
    Task<string?> FindAsync(string communityKey, CancellationToken cancellationToken);

    /// <summary>The same, and asks the vendor for it the first time; null: the vendor made none.</summary>
    Task<string?> MakeAsync(string communityKey, CancellationToken cancellationToken);
}
