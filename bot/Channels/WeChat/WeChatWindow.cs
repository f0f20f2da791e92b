using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WeChat;

/// <summary>The time in which a follower may be written to, and how often: counted from the rows, so that a restart does not forget.</summary>
internal sealed class WeChatWindow(IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    private const string Tap = "tap";
    private const int Looked = 8;      // of the latest messages of the follower, to find the one that opened the window

    /// <summary>Marks what a tap on a menu, a scan or a follow caused: it opens the short window only.</summary>
    public static JsonElement TapData { get; } = JsonSerializer.SerializeToElement(new Dictionary<string, bool> { [Tap] = true });

    /// <summary>Whether the follower's last message (five in 48 hours) or tap (three in a minute) still lets us write.</summary>
    public async Task<bool> IsOpenAsync(WeChatAccount account, ConversationReference to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Conversations.AsNoTracking()
            .Where(c => c.Channel == WeChatChannel.ChannelId && c.Account == to.Account && c.ChannelConversationId == to.ConversationId)
            .Select(c => c.Id).SingleAsync(cancellationToken);
        var said = await db.Messages.AsNoTracking().Where(m => m.ConversationId == conversation && m.From == Speaker.Owner)
            .OrderByDescending(m => m.Sequence).Take(Looked).Select(m => new { m.At, m.Activity }).ToListAsync(cancellationToken);
        var options = account.Options;
        var now = clock.GetUtcNow();
        foreach (var (opens, most, length) in new[]
            {
                (said.FirstOrDefault(m => !IsTap(m.Activity))?.At, options.SendsAfterMessage, options.MessageWindow),
                (said.FirstOrDefault(m => IsTap(m.Activity))?.At, options.SendsAfterTap, options.TapWindow),
            })
        {
            if (opens is not { } since || now >= since + length)
                continue;
            var used = await db.Messages.CountAsync(m => m.ConversationId == conversation && m.From != Speaker.Owner && m.SentAt >= since
                && (m.ClaimedBy == null || m.ClaimedBy != OutgoingMessages.InResponse), cancellationToken);
            if (used < most)
                return true;
        }
        return false;
    }

    /// <summary>The conversations of an account in which anything was said lately: the only ones whose window can be open.</summary>
    public async Task<IReadOnlySet<string>> MaybeOpenAsync(WeChatAccount account, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - (account.Options.MessageWindow > account.Options.TapWindow ? account.Options.MessageWindow : account.Options.TapWindow);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var name = account.Name;
        return (await db.Conversations.AsNoTracking()
            .Where(c => c.Channel == WeChatChannel.ChannelId && c.Account == name && db.Set<Message>().Any(m => m.ConversationId == c.Id && m.From == Speaker.Owner && m.At > since))
            .Select(c => c.ChannelConversationId).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
    }

    private static bool IsTap(string activity) =>
        JsonSerializer.Deserialize(activity, ActivityJson.Default.Activity) is not { Type: ActivityTypes.Message } said
        || (said.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(Tap, out _));
}
