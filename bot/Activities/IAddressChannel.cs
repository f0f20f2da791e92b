namespace Outreach.Activities;

/// <summary>
/// A channel that only sends, to an address that a person gave and confirmed (a phone, a mailbox). A conversation reference on it names the address by its keyed hash,
/// never the address itself.
/// </summary>
public interface IAddressChannel : IChannel
{
    /// <summary>Its one account: an opt-out must outlive a change of vendor.</summary>
    const string Account = "default";

    /// <summary>As owners call it, such as 短信.</summary>
    string Title { get; }

    /// <summary>Whether everything is configured that notices and their confirmation need.</summary>
    bool IsOn { get; }

    /// <summary>The one form in which an address is kept; null: no address of this channel.</summary>
    string? Normalise(string typed);

    /// <summary>An address as it may be shown, such as 139****0000.</summary>
    string Mask(string address);

    /// <summary>Sends the digits by which a person confirms that the address is theirs.</summary>
    Task<SendResult> SendCodeAsync(string address, string code, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Sends a message that says that it is a test.</summary>
    Task<SendResult> SendTestAsync(string address, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Sends a notice as its owners will get it, to the address of somebody who wants to read it first.</summary>
    Task<SendResult> SendNoticeTestAsync(string address, Activity notice, string idempotencyKey, CancellationToken cancellationToken);
}
