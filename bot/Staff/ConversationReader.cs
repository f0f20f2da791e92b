using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>One message as the owner saw it.</summary>
/// <param name="Picture">Of ours, in a notice; null: it has none.</param>
/// <param name="Choices">The buttons under it.</param>
public sealed record ShownMessage(long Id, Speaker From, DateTimeOffset At, string Text, Picture? Picture, IReadOnlyList<string> Choices, string? Office, bool IsSent);

/// <summary>
/// Reads conversations for the console. The caller has found the conversation through a query that its scope filters (a visible lead or handover).
/// </summary>
internal sealed class ConversationReader(IDbContextFactory<OutreachDb> databases)
{
    private const int Most = 200;

    /// <summary>The last messages of a conversation, oldest first.</summary>
    public async Task<IReadOnlyList<ShownMessage>> ReadAsync(long conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(db.Messages.Where(m => m.ConversationId == conversationId), cancellationToken);
    }

    /// <summary>What staff and owner said to each other: from the first word of the staff on. What an owner asked the bot before is not the lead's business.</summary>
    public async Task<IReadOnlyList<ShownMessage>> ReadExchangeAsync(long conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var first = await db.Messages.Where(m => m.ConversationId == conversationId && m.From == Speaker.Staff).MinAsync(m => (int?)m.Sequence, cancellationToken);
        return first is null ? [] : await ReadAsync(db.Messages.Where(m => m.ConversationId == conversationId && m.Sequence >= first), cancellationToken);
    }

    private static async Task<IReadOnlyList<ShownMessage>> ReadAsync(IQueryable<Message> messages, CancellationToken cancellationToken)
    {
        var rows = await messages.AsNoTracking().OrderByDescending(m => m.Sequence).Take(Most).ToListAsync(cancellationToken);
        rows.Reverse();
        return [.. rows.Select(Show).Where(m => m.Text.Length > 0 || m.Choices.Count > 0)];
    }

    private static ShownMessage Show(Message row)
    {
        var activity = JsonSerializer.Deserialize(row.Activity, ActivityJson.Default.Activity);
        var text = activity?.Summary ?? activity?.Text ?? (activity?.Attachments is { Count: > 0 } ? "（图片、语音或文件，不保存）" : "");
        return new(row.Id, row.From, row.At, text, row.From == Speaker.Bot ? Picture.Of(activity) : null, [.. activity?.SuggestedActions?.Actions.Select(a => a.Title ?? "").Where(t => t.Length > 0) ?? []],
            row.From == Speaker.Staff ? activity?.From?.Name : null, row.From == Speaker.Owner || row.SentAt is not null);
    }
}
