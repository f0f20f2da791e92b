using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>One sign-up as its owner may see it in a chat that others could look at: the phone masked.</summary>
/// <param name="Receiver">To whom it was passed on; null: to nobody.</param>
public sealed record MyLead(
    long LeadId, string Community, Wishes Wishes, LeadRole Role, string? Name, string? Room, string? MaskedPhone, LeadState State, PassOnState PassOn, string? Receiver,
    DateTimeOffset SignedUpAt, DateTimeOffset EraseAt)
{
    /// <summary>In one line: 锦绣花园，支持成立，老王，3号楼2单元501，139****0000; what is empty is left out.</summary>
    public string Line => string.Join('，', new[] { Community, WishText.Of(Wishes), Name, Room, MaskedPhone }.Where(part => !string.IsNullOrEmpty(part)));
}

/// <summary>What a person gave, and only what this very channel identity gave: an equal phone number elsewhere shows nothing.</summary>
/// <param name="Leads">Also withdrawn ones that are not yet erased, the latest first.</param>
public sealed record MyData(IReadOnlyList<MyLead> Leads, IReadOnlyList<Consent> Consents, bool OptedOut, NoticeTopics Topics)
{
    public static async Task<MyData> ReadAsync(OutreachDb db, Contact contact, CommunityDirectory directory, CancellationToken cancellationToken)
    {
        var leads = await db.Leads.AsNoTracking().Where(l => l.ContactId == contact.Id).OrderByDescending(l => l.CreatedAt).ToListAsync(cancellationToken);
        var consents = await db.Consents.AsNoTracking().Where(c => c.ContactId == contact.Id).OrderByDescending(c => c.Id).ToListAsync(cancellationToken);
        return new([.. leads.Select(lead => View(lead, consents, directory))], consents, contact.OptedOutAt is not null, contact.Topics);
    }

    private static MyLead View(Lead lead, List<Consent> consents, CommunityDirectory directory) => new(
        lead.Id,
        lead.CommunityId is { } id && directory.Find(id) is { } community ? community.Name : lead.CommunityTyped,
        lead.Wishes, lead.Role, lead.Name, lead.Room, lead.Phone is { } phone ? Masks.Phone(phone) : null, lead.State, lead.PassOn,
        lead.PassOn == PassOnState.Given
            ? consents.FirstOrDefault(c => c.LeadKey == lead.Key && c.Purpose == ConsentPurpose.PassOn && c.Answer == ConsentAnswer.Given)?.Receiver
            : null,
        lead.CreatedAt, lead.EraseAt);
}
