using Outreach.Activities;

namespace Outreach.Leads;

/// <summary>A kind of receiver of leads. Adding one is a file (a vendor's robot: in that vendor's channel folder) and one line of registration.</summary>
public interface ILeadDestination
{
    /// <summary>Name in <c>Leads:Destinations:&lt;name&gt;:Type</c>.</summary>
    string Type { get; }

    /// <summary>What says where the messages go.</summary>
    DestinationAddress Address => DestinationAddress.Url;

    /// <summary>How many leads one message may tell of; 1 unless the kind makes digests.</summary>
    int MaxBatch { get; }

    /// <summary>Least time between two messages to one destination; zero: as they come.</summary>
    TimeSpan Spacing { get; }

    /// <summary>What is wrong with the settings of one destination, each as <c>Key: problem and fix</c>; nothing when it can be used.</summary>
    IEnumerable<string> Check(DestinationOptions destination);

    /// <summary>
    /// Sends one message. Never throws for what the receiver answers. May be called again with the same <see cref="LeadNotice.MessageId"/> after a lost answer or a crash.
    /// </summary>
    Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken);
}

/// <summary>The key that holds the address of a destination.</summary>
public enum DestinationAddress
{
    /// <summary><c>Url</c>, with <c>Secret</c>.</summary>
    Url,
    /// <summary><c>To</c>: a mailbox or a phone; the channel's own settings do the rest.</summary>
    To,
}

/// <summary>What a destination learns of one event. Holds nothing personal but in <see cref="Owner"/>, which is set for trusted destinations only.</summary>
/// <param name="MessageId">The same over all tries.</param>
/// <param name="Community">Null once the lead is erased; likewise the rest but the key.</param>
/// <param name="Area">From above down, such as 三门峡市/湖滨区/示范街道.</param>
/// <param name="Link">Absolute address of the lead in the console.</param>
public sealed record LeadNotice(
    ForwardEvent Event, string MessageId, DateTimeOffset At, string LeadKey, string? Community, string? Area, Wishes Wishes, LeadRole Role, DateTimeOffset? SignedUpAt, string? Link, OwnerFields? Owner)
{
    /// <summary>The numbers of the week in one line; set with <see cref="ForwardEvent.Summary"/> alone.</summary>
    public string? Summary { get; init; }
}

/// <summary>Personal data of one owner. Only a trusted webhook gets it.</summary>
/// <param name="Phone">E.164.</param>
public sealed record OwnerFields(string? Name, string? Phone, string? Room);
