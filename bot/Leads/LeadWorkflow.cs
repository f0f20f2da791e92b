using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Outreach.Activities;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.Leads;

public enum LeadOutcome
{
    Done,
    /// <summary>It does not exist, or is not for these eyes: the same answer.</summary>
    NoSuchLead,
    /// <summary>The owner withdrew it, or it is closed: reopen it first.</summary>
    Closed,
    /// <summary>This state does not follow from the present one.</summary>
    NotAllowed,
    /// <summary>The owner has an open sign-up for that community already.</summary>
    AlreadyOpen,
    /// <summary>Someone changed it a moment ago: look again.</summary>
    ChangedMeanwhile,
    NoPhone,
    NoSuchCommunity,
    NoSuchStaff,
    /// <summary>This member of the staff may not see the lead.</summary>
    NotForThatStaff,
    NoteTooLong,
}

/// <summary>What a member of the staff wrote on the page of a lead.</summary>
/// <param name="Text">1 to <see cref="LeadWorkflow.MaxNoteCharacters"/> characters; null: no words.</param>
/// <param name="NextContactAt">Null: as it was.</param>
/// <param name="Seen"><see cref="Lead.Version"/> of the lead that was on the page.</param>
public sealed record LeadNote(string? Text, DateTimeOffset? NextContactAt, Guid Seen);

public sealed record PhoneDisclosure(LeadOutcome Outcome, string? Phone);

/// <summary>What staff do with leads: every step is an event and an audit entry in one transaction, and only on leads that <see cref="LeadScope"/> shows them.</summary>
public sealed class LeadWorkflow(
    IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, LeadIntake intake, ForwardOutbox forwards, ServiceTime serviceTime,
    ConsentTexts consents, ConversationLog log, MessageFeed feed, IStaffRoster staff, AuditLog audit, PersonalData personal, TimeProvider clock)
{
    public const int MaxNoteCharacters = 1000;
    public const int MostTags = 8;

    public Task<LeadOutcome> MoveAsync(long id, LeadState to, StaffScope scope, CancellationToken cancellationToken) =>
        ChangeAsync(id, scope, async (db, lead) =>
        {
            if (!LeadMoves.From(lead.State).Contains(to))
                return lead.State == LeadState.Withdrawn ? LeadOutcome.Closed : LeadOutcome.NotAllowed;
            if (LeadMoves.IsClosed(lead.State) && !await ReopenAsync(db, lead, cancellationToken))
                return LeadOutcome.AlreadyOpen;
            intake.Happened(db, lead, LeadEventKind.StateChanged, lead.State, to, scope.StaffId);
            lead.State = to;
            if (LeadMoves.IsClosed(to))
            {
                lead.ClosedAt = clock.GetUtcNow();
                lead.OpenKey = null;
                lead.NextContactAt = null;
            }
            else if (to != LeadState.New)
            {
                lead.NextContactAt = null;       // kept the promise; the next date is the staff's own
            }
            lead.AssigneeId ??= scope.StaffId;
            if (lead.PassOn == PassOnState.Given)
                await forwards.AddAsync(db, lead, ForwardEvent.Updated, cancellationToken);
            return LeadOutcome.Done;
        }, $"改为{WishText.Of(to)}", cancellationToken);

    /// <summary>Words, the next date, or both; nothing of it when the lead is not the one that was seen.</summary>
    public Task<LeadOutcome> AddNoteAsync(long id, LeadNote note, StaffScope scope, CancellationToken cancellationToken) =>
        ChangeAsync(id, scope, (db, lead) => AddNoteAsync(db, lead, note, scope, cancellationToken), note.Text is null ? "改下次联系时间" : "添加备注", cancellationToken);

    /// <summary>The words on a lead from now on, at most <see cref="MostTags"/>.</summary>
    public Task<LeadOutcome> TagAsync(long id, IReadOnlyList<string> tags, StaffScope scope, CancellationToken cancellationToken) => ChangeAsync(id, scope, async (db, lead) =>
    {
        var wanted = tags.Select(tag => tag.Trim()).Where(tag => tag.Length is > 0 and <= LeadTag.MaxCharacters).Distinct(StringComparer.Ordinal).Take(MostTags).ToList();
        var known = await db.LeadTags.Where(t => t.LeadId == id).ToListAsync(cancellationToken);
        db.LeadTags.RemoveRange(known.Where(tag => !wanted.Contains(tag.Text)));
        db.LeadTags.AddRange(wanted.Except(known.Select(tag => tag.Text)).Select(text => new LeadTag { LeadId = id, Text = text }));
        intake.Happened(db, lead, LeadEventKind.Tagged, staffId: scope.StaffId, text: string.Join('、', wanted));
        return LeadOutcome.Done;
    }, "改标签", cancellationToken);

    /// <param name="staffId">An active member who may see the lead; null: to nobody.</param>
    public async Task<LeadOutcome> AssignAsync(long id, string? staffId, StaffScope scope, CancellationToken cancellationToken)
    {
        var assignee = staffId is null ? null : await staff.FindActiveAsync(staffId, cancellationToken);
        return await ChangeAsync(id, scope, (db, lead) =>
        {
            if (lead.OpenKey is null)
                return Task.FromResult(LeadOutcome.Closed);
            if (staffId is not null && assignee is null)
                return Task.FromResult(LeadOutcome.NoSuchStaff);
            if (assignee?.MaySee(lead.PassOn, AreaPathOf(lead)) is false)
                return Task.FromResult(LeadOutcome.NotForThatStaff);
            lead.AssigneeId = staffId;
            intake.Happened(db, lead, LeadEventKind.Assigned, staffId: scope.StaffId);
            return Task.FromResult(LeadOutcome.Done);
        }, "改派", cancellationToken);
    }

    /// <summary>The whole number, in national form. The event and the audit entry are committed before it is handed out.</summary>
    /// <param name="reason">Why, in Chinese, such as 联系业主; no personal data.</param>
    public async Task<PhoneDisclosure> DisclosePhoneAsync(long id, string reason, StaffScope scope, CancellationToken cancellationToken)
    {
        string? phone = null;
        var outcome = await ChangeAsync(id, scope, (db, lead) =>
        {
            if (lead.State == LeadState.Withdrawn)
                return Task.FromResult(LeadOutcome.Closed);
            if (lead.Phone is null)
                return Task.FromResult(LeadOutcome.NoPhone);
            phone = Masks.National(lead.Phone);
            intake.Happened(db, lead, LeadEventKind.PhoneDisclosed, staffId: scope.StaffId, text: reason);
            return Task.FromResult(LeadOutcome.Done);
        }, reason, cancellationToken, AuditKind.SawPhone);
        return new(outcome, outcome == LeadOutcome.Done ? phone : null);
    }

    /// <summary>
    /// Puts a lead of 待归属小区 under a community. The second consent, which could not be asked without a receiver, goes to the owner in the same conversation
    /// and the same transaction; the words 同意转交 and 不转交 answer it there at any time.
    /// </summary>
    public async Task<LeadOutcome> AttachCommunityAsync(long id, long communityId, StaffScope scope, CancellationToken cancellationToken)
    {
        long? asked = null;
        var outcome = await ChangeAsync(id, scope, async (db, lead) =>
        {
            if (lead.OpenKey is null)
                return LeadOutcome.Closed;
            if (directory.Find(communityId) is not { } community || !(community.AreaPath.StartsWith(scope.AreaPath, StringComparison.Ordinal) || scope.IsKeeper))
                return LeadOutcome.NoSuchCommunity;
            if (lead.CommunityId is not null)
                return LeadOutcome.NotAllowed;
            if (await intake.FindOpenAsync(db, lead.ContactId, communityId, community.Name, cancellationToken) is not null)
                return LeadOutcome.AlreadyOpen;
            intake.Attach(lead, community);
            intake.Happened(db, lead, LeadEventKind.CommunityAttached, staffId: scope.StaffId);
            if (await db.Contacts.SingleAsync(c => c.Id == lead.ContactId, cancellationToken) is { CommunityId: null } contact)
                contact.CommunityId = communityId;
            if (lead.PassOn == PassOnState.NotAsked && directory.ReceiverOf(community) is { } receiver
                && await log.AppendAsync(db, lead.ConversationId, Speaker.Bot, AskPassOn(community, receiver), $"pass-on/{lead.Key}/{communityId}", null, cancellationToken) is not null)
                asked = lead.ConversationId;
            return LeadOutcome.Done;
        }, "归属小区", cancellationToken);
        if (outcome == LeadOutcome.Done && asked is { } conversation)
            feed.Publish(conversation);
        return outcome;
    }

    /// <summary>Puts the failed forwards of a lead back into the queue.</summary>
    public Task<LeadOutcome> RetryForwardsAsync(long id, StaffScope scope, CancellationToken cancellationToken) =>
        ChangeAsync(id, scope, async (db, lead) =>
        {
            var now = clock.GetUtcNow();
            foreach (var forward in await db.LeadForwards.Where(f => f.LeadKey == lead.Key && f.State == ForwardState.Failed).ToListAsync(cancellationToken))
            {
                forward.State = ForwardState.Queued;
                forward.Tries = 1;          // it may have arrived: what withdraws it must still be sent
                forward.DueAt = now;
            }
            return LeadOutcome.Done;
        }, "重新转交", cancellationToken);

    /// <summary>After a restore from a backup: lets the held forwards go. What was delivered after that backup goes out again under its message id. Only for the keeper.</summary>
    /// <returns>How many were let go.</returns>
    public async Task<int> ReleaseHeldForwardsAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        if (!scope.IsKeeper)
            return 0;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await db.WriteAsync(async () =>
        {
            var released = await db.LeadForwards.Where(f => f.State == ForwardState.Held)
                .ExecuteUpdateAsync(set => set.SetProperty(f => f.State, ForwardState.Queued).SetProperty(f => f.DueAt, now), cancellationToken);
            audit.Add(db, AuditKind.ChangedLead, scope.StaffId, detail: $"放行 {released} 条停着的转交");
            await db.SaveChangesAsync(cancellationToken);
            return released;
        }, cancellationToken);
    }

    private async Task<LeadOutcome> AddNoteAsync(OutreachDb db, Lead lead, LeadNote note, StaffScope scope, CancellationToken cancellationToken)
    {
        if (lead.Version != note.Seen)
            return LeadOutcome.ChangedMeanwhile;
        if (note.Text?.Length > MaxNoteCharacters)
            return LeadOutcome.NoteTooLong;
        if (lead.State == LeadState.Withdrawn || (note.NextContactAt is not null && lead.OpenKey is null))
            return LeadOutcome.Closed;
        if (note.Text is { } text)
        {
            intake.Happened(db, lead, LeadEventKind.NoteAdded, staffId: scope.StaffId, text: text);
            var known = await db.LeadTerms.Where(t => t.LeadId == lead.Id).Select(t => t.Term).ToListAsync(cancellationToken);
            db.LeadTerms.AddRange(NoteTerms.Of(personal, text).Except(known).Select(term => new LeadTerm { LeadId = lead.Id, Term = term }));
        }
        if (note.NextContactAt is { } at)
        {
            lead.NextContactAt = at;
            intake.Happened(db, lead, LeadEventKind.Updated, staffId: scope.StaffId);
        }
        return LeadOutcome.Done;
    }

    private string? AreaPathOf(Lead lead) => lead.CommunityId is { } community ? directory.Find(community)?.AreaPath : null;

    private Activity AskPassOn(DirectoryCommunity community, Receiver receiver)
    {
        var question = consents.PassOn(receiver);
        return new Activity
        {
            Type = ActivityTypes.Message,
            Text = $"您登记的小区已经核对为{community.Name}。{question.Text}",
            SuggestedActions = new SuggestedActions { Actions = [Button("同意转交"), Button("不转交")] },
        };
    }

    private static CardAction Button(string words) => new() { Type = "imBack", Title = words, Value = JsonSerializer.SerializeToElement(words) };

    private async Task<bool> ReopenAsync(OutreachDb db, Lead lead, CancellationToken cancellationToken)
    {
        if (await intake.FindOpenAsync(db, lead.ContactId, lead.CommunityId, lead.CommunityTyped, cancellationToken) is not null)
            return false;
        intake.Reopen(lead);
        lead.ClosedAt = null;
        lead.NextContactAt = serviceTime.DueFrom(clock.GetUtcNow());
        return true;
    }

    private async Task<LeadOutcome> ChangeAsync(
        long id, StaffScope scope, Func<OutreachDb, Lead, Task<LeadOutcome>> change, string detail, CancellationToken cancellationToken, AuditKind kind = AuditKind.ChangedLead)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            return await db.WriteAsync(async () =>
            {
                if (await db.Leads.VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == id, cancellationToken) is not { } lead)
                    return LeadOutcome.NoSuchLead;
                var outcome = await change(db, lead);
                if (outcome == LeadOutcome.Done)
                {
                    intake.Touch(lead);
                    audit.Add(db, kind, scope.StaffId, id, detail);
                    await db.SaveChangesAsync(cancellationToken);
                }
                return outcome;
            }, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return LeadOutcome.ChangedMeanwhile;
        }
    }
}
