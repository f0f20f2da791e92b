using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>Whom a message on an address channel is for.</summary>
/// <param name="ContactId">The contact that stands for the address.</param>
public sealed record NoticeRecipient(long ContactId, string Address);

public enum AskOutcome
{
    /// <summary>Digits are on their way.</summary>
    Asked,
    /// <summary>The address gets notices already.</summary>
    Already,
    /// <summary>Enough digits were sent for now, to this address or for this owner.</summary>
    TooMany,
}

public enum CodeOutcome { NothingAsked, Wrong, Confirmed }

/// <summary>Phones and mailboxes that owners want notices at. Only adds to the caller's transaction; <see cref="SendCodes"/> sends the digits.</summary>
public sealed class NoticeAddresses(IDbContextFactory<OutreachDb> databases, PersonalData personal, OptOuts optOuts, ContactBook contacts, ConsentTexts texts, TimeProvider clock)
{
    public static readonly TimeSpan CodeIsGoodFor = TimeSpan.FromMinutes(10);
    private const int CodesAnHour = 3;
    private const int CodesADay = 5;
    private const int WrongCodes = 5;

    /// <summary>The address behind a hash; null: unknown, or not confirmed.</summary>
    public async Task<NoticeRecipient?> FindAsync(string channel, string hash, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.NoticeAddresses.AsNoTracking().Where(a => a.Channel == channel && a.AddressHash == hash && a.ContactId != null)
            .OrderByDescending(a => a.Id).Select(a => new NoticeRecipient(a.ContactId!.Value, a.Address)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The contact that stands for an address; null: there is none any more. Tracked.</summary>
    public Task<Contact?> ContactAsync(OutreachDb db, long contactId, CancellationToken cancellationToken) =>
        db.Contacts.SingleOrDefaultAsync(c => c.Id == contactId && c.OwnerId != null && c.ErasedAt == null, cancellationToken);

    /// <summary>Every contact that stands for an address; tracked. For an opt-out that comes from the address itself.</summary>
    public Task<List<Contact>> ContactsOfAsync(OutreachDb db, string channel, string address, CancellationToken cancellationToken)
    {
        var hash = HashOf(channel, address);
        return db.Contacts.Where(c => c.Channel == channel && c.UserId == hash && c.OwnerId != null).ToListAsync(cancellationToken);
    }

    /// <summary>The addresses of an owner at which notices are welcome, the channel's id with each.</summary>
    public async Task<IReadOnlyList<(string Channel, string Address)>> OfOwnerAsync(OutreachDb db, long ownerId, CancellationToken cancellationToken) =>
        [.. (await db.NoticeAddresses.AsNoTracking()
                .Where(a => a.OwnerId == ownerId && a.ContactId != null && db.Set<Contact>().Any(c => c.Id == a.ContactId && c.OwnerId == ownerId && c.OptedOutAt == null))
                .OrderBy(a => a.Id).Select(a => new { a.Channel, a.Address }).ToListAsync(cancellationToken)).Select(a => (a.Channel, a.Address)).Distinct()];

    /// <summary>Queues digits for an address that an owner named.</summary>
    public async Task<AskOutcome> AskAsync(OutreachDb db, Contact owner, string channel, string address, CancellationToken cancellationToken)
    {
        var (now, hash) = (clock.GetUtcNow(), HashOf(channel, address));
        if (await db.Contacts.AnyAsync(c => c.Channel == channel && c.UserId == hash && c.OwnerId == owner.Id && c.OptedOutAt == null && c.UnreachableSince == null, cancellationToken))
            return AskOutcome.Already;
        var (hour, day) = (now.AddHours(-1), now.AddDays(-1));
        if (await db.NoticeAddresses.CountAsync(a => a.OwnerId == owner.Id && a.CreatedAt > hour, cancellationToken) >= CodesAnHour
            || await db.NoticeAddresses.CountAsync(a => a.AddressHash == hash && a.CreatedAt > day, cancellationToken) >= CodesADay)
            return AskOutcome.TooMany;
        db.NoticeAddresses.Add(new NoticeAddress
        {
            OwnerId = owner.Id,
            Channel = channel,
            Address = address,
            AddressHash = hash,
            Code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture),
            CreatedAt = now,
            DueAt = now,
        });
        return AskOutcome.Asked;
    }

    /// <summary>Six digits from an owner: the latest address that waits for some becomes one for notices.</summary>
    /// <param name="chat">Channel in which they came.</param>
    public async Task<(CodeOutcome Outcome, NoticeAddress? Address)> ConfirmAsync(
        OutreachDb db, Contact owner, string code, string chat, Func<string, string, string> masked, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - CodeIsGoodFor;
        var asked = await db.NoticeAddresses.Where(a => a.OwnerId == owner.Id && a.ContactId == null && a.CreatedAt > since && a.WrongCodes < WrongCodes)
            .OrderByDescending(a => a.Id).FirstOrDefaultAsync(cancellationToken);
        if (asked is null)
            return (CodeOutcome.NothingAsked, null);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(asked.Code), Encoding.ASCII.GetBytes(code)))
        {
            asked.WrongCodes++;
            return (CodeOutcome.Wrong, asked);
        }
        var contact = await contacts.GetOrAddAsync(db, asked.Channel, IAddressChannel.Account, asked.AddressHash, cancellationToken);
        contact.OwnerId = owner.Id;
        contact.CommunityId = owner.CommunityId;
        (contact.ErasedAt, contact.UnreachableSince) = (null, null);
        await optOuts.ClearAsync(db, contact, cancellationToken);      // asked for anew, with proof
        await db.SaveChangesAsync(cancellationToken);
        (asked.ContactId, asked.ConfirmedAt, asked.Code, asked.CodeState) = (contact.Id, clock.GetUtcNow(), "", CodeState.Used);
        var question = texts.Notices(asked.Channel, masked(asked.Channel, asked.Address));
        db.Consents.Add(new Consent
        {
            ContactId = owner.Id,
            Purpose = ConsentPurpose.Notices,
            Answer = ConsentAnswer.Given,
            TextVersion = question.Version,
            Receiver = question.Receiver,
            Channel = chat,
            At = clock.GetUtcNow(),
            Wording = $"发来了{masked(asked.Channel, asked.Address)}收到的验证码",
        });
        return (CodeOutcome.Confirmed, asked);
    }

    /// <summary>No notices to this owner's addresses of a channel any more; how many that were.</summary>
    /// <param name="wording">The owner's own words.</param>
    public async Task<int> StopAsync(OutreachDb db, Contact owner, string channel, string wording, string chat, CancellationToken cancellationToken)
    {
        var own = await db.Contacts.Where(c => c.OwnerId == owner.Id && c.Channel == channel && c.OptedOutAt == null).ToListAsync(cancellationToken);
        foreach (var contact in own)
            await optOuts.SetAsync(db, contact, cancellationToken);
        if (own.Count > 0)
        {
            var question = texts.Notices(channel, "");
            db.Consents.Add(new Consent
            {
                ContactId = owner.Id,
                Purpose = ConsentPurpose.Notices,
                Answer = ConsentAnswer.Withdrawn,
                TextVersion = question.Version,
                Receiver = question.Receiver,
                Channel = chat,
                At = clock.GetUtcNow(),
                Wording = wording,
            });
        }
        return own.Count;
    }

    /// <summary>The addresses go; what stays is the opt-out mark of each.</summary>
    public async Task ForgetAsync(OutreachDb db, long ownerId, CancellationToken cancellationToken)
    {
        db.NoticeAddresses.RemoveRange(await db.NoticeAddresses.Where(a => a.OwnerId == ownerId).ToListAsync(cancellationToken));
        foreach (var contact in await db.Contacts.Where(c => c.OwnerId == ownerId).ToListAsync(cancellationToken))
        {
            await optOuts.SetAsync(db, contact, cancellationToken);
            contact.OwnerId = null;
            contact.CommunityId = null;
            contact.ErasedAt = clock.GetUtcNow();
        }
    }

    private string HashOf(string channel, string address) => personal.Hash("notice-address", $"{channel}/{address}");
}

/// <summary>Erases the addresses of a person who wants to be forgotten.</summary>
internal sealed class NoticeAddressErasure(NoticeAddresses addresses) : IErasable
{
    public Task EraseAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken) => addresses.ForgetAsync(db, contact.Id, cancellationToken);
}

/// <summary>Addresses that nobody confirmed, after a day.</summary>
internal sealed class UnconfirmedAddresses : IRetained
{
    private const int Batch = 500;

    public RetentionKind Kind => RetentionKind.UnconfirmedAddresses;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddDays(-1);
        var due = await db.NoticeAddresses.Where(a => a.ContactId == null && a.CreatedAt <= since).OrderBy(a => a.Id).Take(Batch).ToListAsync(cancellationToken);
        db.NoticeAddresses.RemoveRange(due);
        return due.Count;
    }
}
