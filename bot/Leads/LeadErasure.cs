using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Takes leads away for good and tells every destination that may have them.</summary>
internal sealed class LeadErasure(ForwardOutbox forwards, NoticeAddresses addresses) : IErasable
{
    public async Task EraseAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken)
    {
        foreach (var lead in await db.Leads.Where(l => l.ContactId == contact.Id).ToListAsync(cancellationToken))
            await EraseAsync(db, lead, cancellationToken);
    }

    /// <summary>Events go with the lead, the consents of this lead too; the rows of its forwards stay, they hold nothing personal.</summary>
    public async Task EraseAsync(OutreachDb db, Lead lead, CancellationToken cancellationToken)
    {
        await forwards.AddAsync(db, lead, ForwardEvent.Erased, cancellationToken);
        db.Consents.RemoveRange(await db.Consents.Where(c => c.LeadKey == lead.Key).ToListAsync(cancellationToken));
        db.Leads.Remove(lead);
        // Notices go to who has a sign-up: with the last one the phone and mailbox for them go too.
        var gone = db.ChangeTracker.Entries<Lead>().Where(entry => entry.State == EntityState.Deleted).Select(entry => entry.Entity.Id).ToList();
        if (!await db.Leads.AnyAsync(l => l.ContactId == lead.ContactId && !gone.Contains(l.Id), cancellationToken))
            await addresses.ForgetAsync(db, lead.ContactId, cancellationToken);
    }
}
