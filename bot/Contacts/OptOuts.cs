using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>Stop and resume of notices. The mark is a keyed hash of the channel identity and outlives erasure, import and merge. Only adds to the caller's transaction.</summary>
public sealed class OptOuts(PersonalData personal, TimeProvider clock)
{
    /// <summary>This channel identity wants no notices, and with it the phones and mailboxes that it gave.</summary>
    public async Task SetAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        contact.OptedOutAt ??= clock.GetUtcNow();
        if (await FindMarkAsync(db, contact, cancellationToken) is null)
            db.OptOutMarks.Add(new OptOutMark { IdentityHash = HashOf(contact), At = clock.GetUtcNow() });
        if (contact is { OwnerId: null, Id: > 0 } and var owner)
            foreach (var address in await db.Contacts.Where(c => c.OwnerId == owner.Id && c.OptedOutAt == null).ToListAsync(cancellationToken))
                await SetAsync(db, address, cancellationToken);
    }

    /// <summary>Notices are welcome again, on the topics chosen before.</summary>
    public async Task ClearAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        contact.OptedOutAt = null;
        if (contact.Topics == NoticeTopics.None)
            contact.Topics = NoticeTopics.All;
        if (await FindMarkAsync(db, contact, cancellationToken) is { } mark)
            db.OptOutMarks.Remove(mark);
    }

    /// <summary>Only these topics from now on; choosing some ends an opt-out, choosing none is one.</summary>
    public async Task ChooseAsync(OutreachDb db, Contact contact, NoticeTopics topics, CancellationToken cancellationToken)
    {
        if (topics == NoticeTopics.None)
        {
            await SetAsync(db, contact, cancellationToken);
            return;
        }
        contact.Topics = topics;
        await ClearAsync(db, contact, cancellationToken);
        foreach (var address in await db.Contacts.Where(c => c.OwnerId == contact.Id).ToListAsync(cancellationToken))
            address.Topics = topics;
    }

    /// <summary>Whether this person must get no notice: by the contact's own row, or by a mark that outlived an earlier row.</summary>
    public async Task<bool> IsOptedOutAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken) =>
        contact.OptedOutAt is not null || await FindMarkAsync(db, contact, cancellationToken) is not null;

    /// <summary>For a contact that is new to the database: an earlier opt-out of the same identity holds.</summary>
    public async Task RestoreAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        if (await FindMarkAsync(db, contact, cancellationToken) is { } mark)
            contact.OptedOutAt = mark.At;
    }

    internal string HashOf(Contact contact) => personal.Hash("opt-out", $"{contact.Channel}/{contact.Account}/{contact.UserId}");

    private Task<OptOutMark?> FindMarkAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        var hash = HashOf(contact);
        return db.OptOutMarks.SingleOrDefaultAsync(m => m.IdentityHash == hash, cancellationToken);
    }
}
