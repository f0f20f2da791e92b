namespace Outreach.Storage;

/// <summary>
/// Due work of one room (retries, scheduled sends, retention): rows found by their <c>DueAt</c>. The scheduler calls it every few seconds, never twice at once in the cluster.
/// </summary>
public interface IDueWork
{
    /// <summary>For logs, such as <c>lead-forwards</c>.</summary>
    string Name { get; }

    /// <summary>Does what is due now and returns within about 20 seconds; what is left stays due. An exception is logged and the next call comes as usual.</summary>
    Task RunDueAsync(CancellationToken cancellationToken);
}
