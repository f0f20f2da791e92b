using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Takes away what a person wrote and was answered. The conversation itself stays open: the wish was said in it and is answered in it.</summary>
internal sealed class TranscriptErasure : IErasable
{
    public async Task EraseAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        var conversations = await db.Conversations.Where(c => c.ContactId == contact.Id).Select(c => c.Id).ToListAsync(cancellationToken);
        db.Messages.RemoveRange(await db.Messages.Where(m => conversations.Contains(m.ConversationId)).ToListAsync(cancellationToken));
        db.NoticeReplies.RemoveRange(await db.NoticeReplies.Where(r => conversations.Contains(r.ConversationId)).ToListAsync(cancellationToken));
        db.Handovers.RemoveRange(await db.Handovers.Where(h => conversations.Contains(h.ConversationId)).ToListAsync(cancellationToken));
    }

    public async Task ForgetIdentityAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken) =>
        await db.Conversations.Where(c => c.ContactId == contact.Id).ExecuteDeleteAsync(cancellationToken);      // messages and handovers go with them
}
