using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <param name="Key">Its outgoing key, such as <c>delivery/17</c>.</param>
/// <param name="Text">As the owner read it; the first line is the title.</param>
internal sealed record SeenNotice(string Key, string Text, DateTimeOffset At)
{
    public string Title => Text.Split('\n', 2)[0].Trim();
}

/// <summary>The notice that an owner may be answering: the latest of the last 72 hours in this conversation.</summary>
internal sealed class RecentNotice(TimeProvider clock)
{
    /// <summary>Begins the outgoing keys of notices; the delivery's row id follows.</summary>
    public const string KeyPrefix = "delivery/";

    public static TimeSpan Span { get; } = TimeSpan.FromHours(72);

    public async Task<SeenNotice?> FindAsync(Turn turn, CancellationToken cancellationToken) => turn.HasNotice ? await FindAsync(turn.Db, turn.Conversation.Id, cancellationToken) : null;

    private async Task<SeenNotice?> FindAsync(OutreachDb db, long conversationId, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - Span;
        var row = await db.Messages.AsNoTracking()
            .Where(m => m.ConversationId == conversationId && m.OutgoingKey != null && m.OutgoingKey.StartsWith(KeyPrefix) && m.At > since)
            .OrderByDescending(m => m.Sequence).Select(m => new { m.OutgoingKey, m.Activity, m.At }).FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : new(row.OutgoingKey!, JsonSerializer.Deserialize(row.Activity, ActivityJson.Default.Activity)?.Text ?? "", row.At);
    }
}
