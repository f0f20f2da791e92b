using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Channels.WebChat;

/// <param name="Cookie">To be set, again or anew.</param>
/// <param name="ConversationId">The person's latest conversation, or the one their first message will open.</param>
internal sealed record KnownPerson(string Cookie, string CookieHash, string UserId, string ConversationId);

/// <summary>
/// Finds the person behind our page's cookie. User id and first conversation id of a new cookie are keyed hashes of it, so two tabs of a new visitor share one
/// conversation before any row exists. A cookie whose person was forgotten (这不是我) is never taken again, although its hash would lead to the same id.
/// </summary>
internal sealed class WebChatPersons(IDbContextFactory<OutreachDb> databases, PersonalData personal, TimeProvider clock) : IDueWork
{
    public const string UserIdPrefix = "dl_own_";
    public static readonly TimeSpan CookieLifetime = TimeSpan.FromDays(180);
    private const int CookieBytes = 32;
    private DateTimeOffset _nextSweep;

    public string Name => "webchat-persons";

    public async Task<KnownPerson> RecogniseAsync(string? cookie, CancellationToken cancellationToken)
    {
        if (cookie is null || !IsCookie(cookie))
            return New();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hash = Hash(cookie);
        var now = clock.GetUtcNow();
        if (await db.WebChatPersons.AsNoTracking().SingleOrDefaultAsync(p => p.CookieHash == hash, cancellationToken) is not { } person)
        {
            var unused = Candidate(cookie);
            return await db.Contacts.AnyAsync(c => c.Channel == WebChatChannel.ChannelId && c.UserId == unused.UserId, cancellationToken) ? New() : unused;
        }
        if (now - person.LastSeenAt > CookieLifetime)
            return New();
        if (now - person.LastSeenAt > TimeSpan.FromDays(1))
            await db.WriteAsync(() => db.WebChatPersons.Where(p => p.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.LastSeenAt, now), cancellationToken), cancellationToken);

        var latest = await (from contact in db.Contacts
                            where contact.Channel == WebChatChannel.ChannelId && contact.UserId == person.UserId
                            join conversation in db.Conversations on contact.ConversationId equals conversation.Id
                            select conversation.ChannelConversationId).FirstOrDefaultAsync(cancellationToken);
        return new(cookie, hash, person.UserId, latest ?? Candidate(cookie).ConversationId);
    }

    /// <summary>这不是我: the cookie leads nowhere from now on. The conversation stays, for staff and for retention.</summary>
    public async Task ForgetAsync(string cookie, CancellationToken cancellationToken)
    {
        if (!IsCookie(cookie))
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hash = Hash(cookie);
        await db.WriteAsync(() => db.WebChatPersons.Where(p => p.CookieHash == hash).ExecuteDeleteAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Forgets the persons whose cookies have run out, at most once an hour.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < _nextSweep)
            return;
        _nextSweep = now + TimeSpan.FromHours(1);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var last = now - CookieLifetime;
        await db.WriteAsync(() => db.WebChatPersons.Where(p => p.LastSeenAt < last).ExecuteDeleteAsync(cancellationToken), cancellationToken);
    }

    private KnownPerson New() => Candidate(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CookieBytes)));

    private KnownPerson Candidate(string cookie) =>
        new(cookie, Hash(cookie), UserIdPrefix + personal.Hash("webchat-user", cookie)[..32], personal.Hash("webchat-conversation", cookie)[..24]);

    private string Hash(string cookie) => personal.Hash("webchat-cookie", cookie);

    private static bool IsCookie(string cookie) => cookie.Length == 43 && Base64Url.IsValid(cookie);
}
