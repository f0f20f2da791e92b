using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>
/// What an owner does with a sign-up, from the dialogue. Takes part in the turn's transaction: every method only adds to the <c>db</c> of the call,
/// the turn commits lead, event, consents and forwards together. Nobody receives a lead that was not passed on.
/// </summary>
public sealed class LeadIntake(
    CommunityDirectory directory, ForwardOutbox forwards, ServiceTime serviceTime, Erasure erasure, PersonalData personal, IOptions<SiteOptions> site, TimeProvider clock)
{
    public const int MaxTypedCharacters = 64;

    /// <summary>The open sign-ups of one contact, the latest first; tracked.</summary>
    public static Task<List<Lead>> OpenLeadsOfAsync(OutreachDb db, long contactId, CancellationToken cancellationToken) =>
        db.Leads.Where(l => l.ContactId == contactId && l.OpenKey != null).OrderByDescending(l => l.CreatedAt).ToListAsync(cancellationToken);

    /// <summary>The open sign-up of this contact for this community (or typed name), or null; tracked.</summary>
    public async Task<Lead?> FindOpenAsync(OutreachDb db, long contactId, long? communityId, string communityTyped, CancellationToken cancellationToken)
    {
        var key = LeadKeys.OpenKey(personal, contactId, communityId, communityTyped);
        return await db.Leads.SingleOrDefaultAsync(l => l.OpenKey == key, cancellationToken);
    }

    /// <summary>Stores a sign-up: a new lead, or an update of the one open lead of this owner and community. Fields that an update leaves out stay as they were.</summary>
    /// <exception cref="ArgumentException">Without a given first consent nothing may be stored.</exception>
    public async Task<SavedLead> SaveAsync(OutreachDb db, SignUp signUp, CancellationToken cancellationToken)
    {
        if (signUp.Collect is not { Answer: ConsentAnswer.Given, Question.Purpose: ConsentPurpose.Collect })
            throw new ArgumentException("A sign-up needs the first consent.", nameof(signUp));

        var now = clock.GetUtcNow();
        var typed = Cut(signUp.CommunityTyped);
        var known = await FindOpenAsync(db, signUp.ContactId, signUp.CommunityId, typed, cancellationToken);
        var lead = known ?? new Lead
        {
            Key = LeadKeys.NewKey(),
            ContactId = signUp.ContactId,
            ConversationId = signUp.ConversationId,
            CommunityId = signUp.CommunityId,
            CommunityTyped = typed,
            Wishes = signUp.Wishes,
            CreatedAt = now,
            UpdatedAt = now,
            NextContactAt = serviceTime.DueFrom(now),
            EraseAt = now.AddMonths(site.Value.Privacy.LeadMonths),
            OpenKey = LeadKeys.OpenKey(personal, signUp.ContactId, signUp.CommunityId, typed),
        };
        lead.ConversationId = signUp.ConversationId;
        lead.Wishes = signUp.Wishes;
        lead.Role = signUp.Role;
        SetName(lead, signUp.Name ?? lead.Name);
        SetPhone(lead, signUp.Phone ?? lead.Phone);
        SetRoom(lead, signUp.Room ?? lead.Room);
        Touch(lead);
        if (known is null)
            db.Leads.Add(lead);
        Happened(db, lead, known is null ? LeadEventKind.Created : LeadEventKind.Updated);
        AddConsent(db, lead, signUp.Channel, signUp.Collect);

        if (signUp.PassOn is { } passOn)
            await SetPassOnAsync(db, lead, passOn, signUp.Channel, cancellationToken);
        else if (lead.PassOn == PassOnState.Given)
            await forwards.AddAsync(db, lead, ForwardEvent.Updated, cancellationToken);
        return new(lead, known is null ? SaveKind.Created : SaveKind.Updated);
    }

    /// <summary>The answer to the second consent, also much later (同意转交, 撤回转交). A withdrawal tells every destination that may have the lead.</summary>
    public async Task SetPassOnAsync(OutreachDb db, Lead lead, ConsentAnswered answer, string channel, CancellationToken cancellationToken)
    {
        AddConsent(db, lead, channel, answer);
        var before = lead.PassOn;
        lead.PassOn = answer.Answer switch
        {
            ConsentAnswer.Given => PassOnState.Given,
            ConsentAnswer.Refused => before == PassOnState.Given ? PassOnState.Withdrawn : PassOnState.Refused,
            ConsentAnswer.Withdrawn => PassOnState.Withdrawn,
        };
        if (lead.PassOn != before)
            Happened(db, lead, lead.PassOn switch
            {
                PassOnState.Given => LeadEventKind.PassOnGiven,
                PassOnState.Withdrawn => LeadEventKind.PassOnWithdrawn,
                PassOnState.Refused or PassOnState.NotAsked => LeadEventKind.PassOnRefused,
            });
        Touch(lead);
        if (lead.PassOn == PassOnState.Given)
            await forwards.AddAsync(db, lead, ForwardEvent.Updated, cancellationToken);
        else if (before == PassOnState.Given)
            await forwards.AddAsync(db, lead, ForwardEvent.Withdrawn, cancellationToken);
    }

    /// <summary>One corrected field; null takes it out.</summary>
    public Task CorrectAsync(OutreachDb db, Lead lead, LeadField field, string? value, CancellationToken cancellationToken)
    {
        switch (field)
        {
            case LeadField.Name: SetName(lead, value); break;
            case LeadField.Phone: SetPhone(lead, value); break;
            case LeadField.Room: SetRoom(lead, value); break;
        }
        return UpdatedAsync(db, lead, cancellationToken);
    }

    public Task SetWishesAsync(OutreachDb db, Lead lead, Wishes wishes, CancellationToken cancellationToken)
    {
        lead.Wishes = wishes;
        return UpdatedAsync(db, lead, cancellationToken);
    }

    /// <summary>
    /// Another community: the room goes, and where the receiver changes the second consent is to be asked anew (<see cref="Lead.PassOn"/> is NotAsked then).
    /// False when this owner has an open sign-up there already: nothing is changed.
    /// </summary>
    public async Task<bool> MoveAsync(OutreachDb db, Lead lead, DirectoryCommunity community, CancellationToken cancellationToken)
    {
        if (lead.CommunityId == community.Id)
            return true;
        if (await FindOpenAsync(db, lead.ContactId, community.Id, community.Name, cancellationToken) is not null)
            return false;
        var receiver = lead.CommunityId is { } old && directory.Find(old) is { } before ? directory.ReceiverOf(before) : null;
        if (lead.PassOn == PassOnState.Given && receiver != directory.ReceiverOf(community))
        {
            await forwards.AddAsync(db, lead, ForwardEvent.Withdrawn, cancellationToken);
            lead.PassOn = PassOnState.NotAsked;
        }
        Attach(lead, community);
        SetRoom(lead, null);
        await UpdatedAsync(db, lead, cancellationToken);
        return true;
    }

    /// <summary>Stops the use of a sign-up (both consents): closed at once, erased after <c>Privacy:WithdrawnDays</c>.</summary>
    /// <param name="wording">The owner's own words.</param>
    public async Task WithdrawAsync(OutreachDb db, Lead lead, ConsentText collect, string wording, string channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        AddConsent(db, lead, channel, new(collect, ConsentAnswer.Withdrawn, wording));
        Happened(db, lead, LeadEventKind.Withdrawn, lead.State, LeadState.Withdrawn);
        if (lead.PassOn == PassOnState.Given)
            lead.PassOn = PassOnState.Withdrawn;
        await forwards.AddAsync(db, lead, ForwardEvent.Withdrawn, cancellationToken);
        lead.State = LeadState.Withdrawn;
        lead.ClosedAt = now;
        lead.OpenKey = null;
        lead.NextContactAt = null;
        lead.EraseAt = now.AddDays(site.Value.Privacy.WithdrawnDays);
        Touch(lead);
    }

    /// <summary>Erases everything that is kept of this person, in every room.</summary>
    public Task EraseAsync(OutreachDb db, Contact contact, CancellationToken cancellationToken) => erasure.EraseAsync(db, contact, cancellationToken);

    /// <summary>Puts a lead under a community of the directory; its household is counted there from now on.</summary>
    internal void Attach(Lead lead, DirectoryCommunity community)
    {
        lead.CommunityId = community.Id;
        if (lead.OpenKey is not null)
            lead.OpenKey = LeadKeys.OpenKey(personal, lead.ContactId, community.Id, community.Name);
        lead.RoomHash = LeadKeys.RoomHash(personal, community.Id, lead.Room);
    }

    /// <summary>Makes a closed lead the open one of its owner and community again.</summary>
    internal void Reopen(Lead lead) => lead.OpenKey = LeadKeys.OpenKey(personal, lead.ContactId, lead.CommunityId, lead.CommunityTyped);

    internal void Happened(OutreachDb db, Lead lead, LeadEventKind kind, LeadState? from = null, LeadState? to = null, string? staffId = null, string? text = null) =>
        db.LeadEvents.Add(new LeadEvent { Lead = lead, Kind = kind, At = clock.GetUtcNow(), StaffId = staffId, From = from, To = to, Text = text });

    internal void Touch(Lead lead)
    {
        lead.UpdatedAt = clock.GetUtcNow();
        lead.Version = Guid.NewGuid();
        lead.Uncovered &= lead is { PassOn: PassOnState.Given, OpenKey: not null };      // nobody is missing it then
    }

    private async Task UpdatedAsync(OutreachDb db, Lead lead, CancellationToken cancellationToken)
    {
        Happened(db, lead, LeadEventKind.Updated);
        Touch(lead);
        if (lead.PassOn == PassOnState.Given)
            await forwards.AddAsync(db, lead, ForwardEvent.Updated, cancellationToken);
    }

    private void AddConsent(OutreachDb db, Lead lead, string channel, ConsentAnswered answered) => db.Consents.Add(new Consent
    {
        ContactId = lead.ContactId,
        LeadKey = lead.Key,
        Purpose = answered.Question.Purpose,
        Answer = answered.Answer,
        TextVersion = answered.Question.Version,
        Receiver = answered.Question.Receiver,
        Channel = channel,
        At = clock.GetUtcNow(),
        Wording = answered.Wording,
    });

    private void SetName(Lead lead, string? name)
    {
        lead.Name = name;
        lead.NameHash = LeadKeys.NameHash(personal, name);
    }

    private void SetPhone(Lead lead, string? phone)
    {
        lead.Phone = phone;
        lead.PhoneHash = LeadKeys.PhoneHash(personal, phone);
    }

    private void SetRoom(Lead lead, string? room)
    {
        lead.Room = room;
        lead.RoomHash = LeadKeys.RoomHash(personal, lead.CommunityId, room);
    }

    private static string Cut(string typed) => typed.Length <= MaxTypedCharacters ? typed : typed[..MaxTypedCharacters];
}
