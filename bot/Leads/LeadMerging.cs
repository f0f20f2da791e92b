using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Another sign-up under the same phone.</summary>
/// <param name="MergeId">Set when the two were made one: it can be taken back.</param>
/// <param name="IsKept">With <paramref name="MergeId"/>: this other one is the one that goes on.</param>
public sealed record SamePhone(LeadRow Lead, string Channel, long? MergeId, bool IsKept);

/// <summary>
/// Sign-ups of one person over several channels. An equal phone is a suggestion and no more; a person of the staff calls, and then makes two of the same community one.
/// The channel identities stay apart: an opt-out of either holds as before, also after the merge, its undoing, and erasure.
/// </summary>
public sealed class LeadMerging(
    IDbContextFactory<OutreachDb> databases, LeadList leads, LeadIntake intake, ForwardOutbox forwards, AuditLog audit, TimeProvider clock)
{
    private const int Most = 10;

    /// <summary>Other sign-ups with the phone of this one that these eyes may see.</summary>
    public async Task<IReadOnlyList<SamePhone>> SuggestAsync(long id, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Leads.AsNoTracking().VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == id, cancellationToken) is not { PhoneHash: { } phone } lead)
            return [];
        var others = await db.Leads.AsNoTracking().VisibleTo(db, scope).Where(l => l.PhoneHash == phone && l.Id != id && l.State != LeadState.Withdrawn).OrderBy(l => l.Id).Take(Most).ToListAsync(cancellationToken);
        if (others.Count == 0)
            return [];
        var ids = others.ConvertAll(other => other.Id);
        var merges = await db.LeadMerges.AsNoTracking().Where(m => m.UndoneAt == null && ((m.KeptId == id && ids.Contains(m.MergedId)) || (m.MergedId == id && ids.Contains(m.KeptId)))).ToListAsync(cancellationToken);
        var contacts = others.ConvertAll(other => other.ContactId);
        var channels = await db.Set<Contacts.Contact>().Where(c => contacts.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Channel, cancellationToken);
        return [.. others.Select(other => new SamePhone(leads.Row(other, clock.GetUtcNow()), channels[other.ContactId],
            merges.Find(m => m.KeptId == other.Id || m.MergedId == other.Id)?.Id, merges.Exists(m => m.KeptId == other.Id)))];
    }

    /// <summary>After a call: the other sign-up of the same person and community is closed, this one goes on.</summary>
    public async Task<LeadOutcome> MergeAsync(long keptId, long mergedId, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var kept = await db.Leads.VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == keptId, cancellationToken);
            var merged = await db.Leads.VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == mergedId, cancellationToken);
            if (kept is null || merged is null || keptId == mergedId)
                return LeadOutcome.NoSuchLead;
            if (kept.PhoneHash is null || kept.PhoneHash != merged.PhoneHash || kept.CommunityId != merged.CommunityId || kept.CommunityId is null)
                return LeadOutcome.NotAllowed;
            if (kept.OpenKey is null || merged.OpenKey is null)
                return LeadOutcome.Closed;
            db.LeadMerges.Add(new LeadMerge { KeptId = keptId, MergedId = mergedId, StaffId = scope.StaffId, At = clock.GetUtcNow(), Was = merged.State, NextContactWas = merged.NextContactAt });
            intake.Happened(db, kept, LeadEventKind.Merged, staffId: scope.StaffId, text: merged.Key);
            intake.Happened(db, merged, LeadEventKind.Merged, merged.State, LeadState.Invalid, scope.StaffId, kept.Key);
            merged.State = LeadState.Invalid;
            merged.ClosedAt = clock.GetUtcNow();
            merged.OpenKey = null;
            merged.NextContactAt = null;
            await DoneAsync(db, kept, merged, $"{merged.Key} 并到 {kept.Key}，已打电话核对", scope, cancellationToken);
            return LeadOutcome.Done;
        }, cancellationToken);
    }

    /// <summary>The merged sign-up stands again where it stood.</summary>
    public async Task<LeadOutcome> UndoAsync(long mergeId, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var merge = await db.LeadMerges.SingleOrDefaultAsync(m => m.Id == mergeId && m.UndoneAt == null, cancellationToken);
            var kept = merge is null ? null : await db.Leads.VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == merge.KeptId, cancellationToken);
            var merged = merge is null ? null : await db.Leads.VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == merge.MergedId, cancellationToken);
            if (merge is null || kept is null || merged is null)
                return LeadOutcome.NoSuchLead;
            if (merged.State != LeadState.Invalid)
                return LeadOutcome.NotAllowed;
            if (await intake.FindOpenAsync(db, merged.ContactId, merged.CommunityId, merged.CommunityTyped, cancellationToken) is not null)
                return LeadOutcome.AlreadyOpen;
            merge.UndoneAt = clock.GetUtcNow();
            intake.Happened(db, kept, LeadEventKind.MergeUndone, staffId: scope.StaffId, text: merged.Key);
            intake.Happened(db, merged, LeadEventKind.MergeUndone, merged.State, merge.Was, scope.StaffId, kept.Key);
            merged.State = merge.Was;
            merged.ClosedAt = null;
            merged.NextContactAt = merge.NextContactWas;
            intake.Reopen(merged);
            await DoneAsync(db, kept, merged, $"{merged.Key} 和 {kept.Key} 分开", scope, cancellationToken);
            return LeadOutcome.Done;
        }, cancellationToken);
    }

    private async Task DoneAsync(OutreachDb db, Lead kept, Lead merged, string detail, StaffScope scope, CancellationToken cancellationToken)
    {
        intake.Touch(kept);
        intake.Touch(merged);
        if (merged.PassOn == PassOnState.Given)
            await forwards.AddAsync(db, merged, ForwardEvent.Updated, cancellationToken);
        audit.Add(db, AuditKind.ChangedLead, scope.StaffId, kept.Id, detail);
        await db.SaveChangesAsync(cancellationToken);
    }
}
