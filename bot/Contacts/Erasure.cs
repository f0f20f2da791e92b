using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>What one room keeps about a person, and how it goes away. One per room that keeps any.</summary>
public interface IErasable
{
    /// <summary>Marks everything of this contact for removal in <paramref name="db"/>; the caller commits.</summary>
    Task EraseAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken);

    /// <summary>Later, when the erased person has been silent for a while: also what keeps the dialogue reachable goes. Most rooms keep nothing of that kind.</summary>
    Task ForgetIdentityAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// Erases a person at their own wish: every room's data goes in one transaction, with the messages that tell the receivers to erase theirs.
/// What stays is the contact's row without content, the keyed opt-out mark, and counts. The channel identity itself goes with the next retention run
/// (<c>Privacy:WithdrawnDays</c>), because the dialogue in which the wish was said is still open.
/// </summary>
public sealed class Erasure(IEnumerable<IErasable> rooms, OptOuts optOuts, TimeProvider clock)
{
    /// <summary>Adds to the caller's transaction; saves nothing.</summary>
    public async Task EraseAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        foreach (var room in rooms)
            await room.EraseAsync(db, contact, cancellationToken);
        db.Consents.RemoveRange(await db.Consents.Where(c => c.ContactId == contact.Id).ToListAsync(cancellationToken));
        await optOuts.SetAsync(db, contact, cancellationToken);
        contact.CommunityId = null;
        contact.ErasedAt = clock.GetUtcNow();
        contact.Language = ContactLanguage.Unknown;
        await RetentionSets.AddAsync(db, RetentionKind.ErasedOnRequest, 1, clock, cancellationToken);
    }
}
