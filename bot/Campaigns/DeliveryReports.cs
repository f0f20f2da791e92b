using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>What vendors tell of deliveries after they took them: WeChat's end of a mass send, a customer message that failed.</summary>
public sealed class DeliveryReports(IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    /// <summary>
    /// The vendor did not deliver after all: rows that count as sent end as failed, or as skipped where the person is gone or the window was closed. Rows in any other
    /// state stay as they are, so a report that comes twice changes nothing.
    /// </summary>
    /// <param name="messageId">As <see cref="SendResult.MessageId"/> gave it.</param>
    /// <param name="userId">Whose copy; null: everybody's of that message.</param>
    /// <param name="why">Not <see cref="SendClass.Ok"/>.</param>
    /// <returns>How many rows changed.</returns>
    public async Task<int> FailedAsync(string channel, string account, string messageId, string? userId, SendResult why, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var skip = DeliveryJudge.SkipReasonOf(why.Class);
        var state = skip == SkipReason.None ? DeliveryState.Failed : DeliveryState.Skipped;
        var now = clock.GetUtcNow();
        return await db.WriteAsync(async () =>
        {
            var rows = db.Deliveries.Where(d => d.MessageId == messageId && d.Channel == channel && d.Account == account && d.State == DeliveryState.Sent
                && (userId == null || db.Set<Contacts.Contact>().Any(c => c.Id == d.ContactId && c.UserId == userId)));
            // What nobody read does not stand in the conversation as read.
            var keys = await rows.Select(d => RecentNotice.KeyPrefix + d.Id).ToListAsync(cancellationToken);
            await db.Messages.Where(m => keys.Contains(m.OutgoingKey!)).ExecuteDeleteAsync(cancellationToken);
            return await rows.ExecuteUpdateAsync(set => set
                .SetProperty(d => d.State, state)
                .SetProperty(d => d.SkipReason, skip)
                .SetProperty(d => d.LastError, why.Words)
                .SetProperty(d => d.EndedAt, now), cancellationToken);
        }, cancellationToken);
    }
}
