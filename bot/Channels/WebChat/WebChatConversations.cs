using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WebChat;

/// <param name="Cursor">Number of the last row looked at, whether shown or not.</param>
internal sealed record MessagePage(IReadOnlyList<Activity> Activities, int Cursor, bool IsLast);

/// <summary>Reads what clients are shown of the rows of web chat conversations. A conversation has no row before its first message.</summary>
internal sealed class WebChatConversations(IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    private const int PageSize = 100;
    private static readonly ChannelAccount Bot = new() { Id = WebChatChannel.BotId, Name = "业委会助手", Role = "bot" };

    // Every message asks it.
    private readonly CompiledFor<Func<OutreachDb, string, CancellationToken, Task<long?>>> _find = new(() => EF.CompileAsyncQuery((OutreachDb db, string conversationId, CancellationToken cancellationToken) =>
        db.Set<Conversation>().Where(c => c.Channel == WebChatChannel.ChannelId && c.Account == WebChatChannel.Account && c.ChannelConversationId == conversationId)
            .Select(c => (long?)c.Id).SingleOrDefault()));

    /// <summary>Where who waits for the first row of a conversation listens (<see cref="MessageFeed"/>).</summary>
    public static string FeedKeyOf(string conversationId) => $"{WebChatChannel.ChannelId}/{conversationId}";

    public static ConversationReference ReferenceOf(WebChatClaims claims) => new()
    {
        ChannelId = WebChatChannel.ChannelId,
        Account = WebChatChannel.Account,
        ConversationId = claims.ConversationId,
        UserId = claims.UserId,
        BotId = WebChatChannel.BotId,
        Locale = "zh-CN",
    };

    /// <summary>Id of the conversation's row; null: nobody has written in it yet.</summary>
    public async Task<long?> FindAsync(string conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await _find.On(db)(db, conversationId, cancellationToken);
    }

    /// <summary>Name and key of the community that the person spoke of before.</summary>
    public async Task<KnownCommunity?> FindCommunityAsync(string userId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await (from contact in db.Contacts
                      where contact.Channel == WebChatChannel.ChannelId && contact.Account == WebChatChannel.Account && contact.UserId == userId
                      join community in db.Set<Communities.Community>() on contact.CommunityId equals community.Id
                      select new KnownCommunity(community.Key, community.Name)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Writes the person behind our own page's cookie, so that the next visit leads back here. The turn itself writes contact and conversation.</summary>
    public async Task RememberPersonAsync(WebChatClaims claims, CancellationToken cancellationToken)
    {
        if (claims.CookieHash is not { } cookie)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WriteAsync(async () =>
        {
            if (await db.WebChatPersons.AnyAsync(p => p.CookieHash == cookie, cancellationToken))
                return;
            var now = clock.GetUtcNow();
            db.WebChatPersons.Add(new() { CookieHash = cookie, UserId = claims.UserId, CreatedAt = now, LastSeenAt = now });
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }

    /// <summary>What a watermark stands for; one that this conversation never gave means from the start.</summary>
    public async Task<int> CursorOfAsync(long conversation, string? watermark, CancellationToken cancellationToken)
    {
        if (!int.TryParse(watermark, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
            return 0;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var last = await db.Conversations.Where(c => c.Id == conversation).Select(c => c.LastSequence).SingleOrDefaultAsync(cancellationToken);
        return cursor <= last ? cursor : 0;
    }

    /// <summary>The next messages after <paramref name="cursor"/>, at most a page of them. Our own page draws its cards and sources itself; other clients get Adaptive Cards.</summary>
    public async Task<MessagePage> ReadAsync(long conversation, WebChatClaims claims, int cursor, CancellationToken cancellationToken)
    {
        var conversationId = claims.ConversationId;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Messages.AsNoTracking()
            .Where(m => m.ConversationId == conversation && m.Sequence > cursor)
            .OrderBy(m => m.Sequence).Take(PageSize)
            .Select(m => new { m.Sequence, m.From, m.At, m.ReplyTo, m.Activity })
            .ToListAsync(cancellationToken);
        List<Activity> shown = [];
        foreach (var row in rows)
        {
            var stored = JsonSerializer.Deserialize(row.Activity, ActivityJson.Wire.Activity)!;
            if (stored.Type is ActivityTypes.ConversationUpdate or ActivityTypes.Typing)
                continue;
            var drawn = claims.IsOfOwnPage || row.From == Speaker.Owner ? stored : WithCards(stored, row.Sequence);
            shown.Add(drawn with
            {
                Id = WebChatChannel.ActivityIdOf(conversationId, row.Sequence),
                Timestamp = row.At,
                ChannelId = WebChatChannel.ChannelId,
                Conversation = new() { Id = conversationId },
                From = row.From == Speaker.Owner ? stored.From : stored.From ?? Bot,
                ReplyToId = row.ReplyTo is { } question ? WebChatChannel.ActivityIdOf(conversationId, question) : stored.ReplyToId,
            });
        }
        return new(shown, rows.Count == 0 ? cursor : rows[^1].Sequence, rows.Count < PageSize);
    }

    private static Activity WithCards(Activity activity, int sequence)
    {
        var choices = AdaptiveCards.NotOffered(activity);
        return AdaptiveCards.Show(activity, CardTaps.Words, [], Verdicts.Judged(activity, string.Create(CultureInfo.InvariantCulture, $"message/webchat/{sequence}"))) with
        {
            SuggestedActions = choices.Count == 0 ? null : activity.SuggestedActions! with { Actions = choices },
        };
    }
}
