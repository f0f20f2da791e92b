using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>Finds the contact of a channel identity, or makes it. An opt-out of an earlier row of the same identity is taken over.</summary>
public sealed class ContactBook(OptOuts optOuts, TimeProvider clock)
{
    /// <summary>The tracked contact; a new one is only added, the caller commits.</summary>
    public async Task<Contact> GetOrAddAsync(OutreachDb db, string channel, string account, string userId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Contacts.SingleOrDefaultAsync(c => c.Channel == channel && c.Account == account && c.UserId == userId, cancellationToken) is { } known)
        {
            known.LastSeenAt = now;
            return known;
        }
        var contact = new Contact { Channel = channel, Account = account, UserId = userId, CreatedAt = now, LastSeenAt = now };
        await optOuts.RestoreAsync(db, contact, cancellationToken);
        db.Contacts.Add(contact);
        return contact;
    }
}
