using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>What a destination's network tells of a message after it took it: a text message that did not arrive.</summary>
public sealed class ForwardReports(IDbContextFactory<OutreachDb> databases)
{
    /// <summary>
    /// The message did not arrive after all: its forwards end as failed, so that <see cref="ForwardAlerts"/> tells staff. Only what counts as sent changes: a report that
    /// comes twice changes nothing.
    /// </summary>
    /// <param name="messageId">Of one of the forwards that the message told of; those that went out with it have the same moment.</param>
    /// <returns>How many rows changed.</returns>
    public async Task<int> FailedAsync(string messageId, SendResult why, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.LeadForwards.AsNoTracking().SingleOrDefaultAsync(f => f.MessageId == messageId && f.State == ForwardState.Sent, cancellationToken) is not { } told)
            return 0;
        return await db.WriteAsync(() => db.LeadForwards
            .Where(f => f.Destination == told.Destination && f.State == ForwardState.Sent && f.SentAt == told.SentAt)
            .ExecuteUpdateAsync(set => set
                .SetProperty(f => f.State, ForwardState.Failed)
                .SetProperty(f => f.SentAt, (DateTimeOffset?)null)
                .SetProperty(f => f.Alerted, false)
                .SetProperty(f => f.LastError, why.Words), cancellationToken), cancellationToken);
    }
}
