using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MiniExcelLibs;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>What became of a notice, step by step. What no channel tells is null, never zero.</summary>
/// <param name="Audience">Rows of the snapshot.</param>
/// <param name="Delivered">Of the mass sends, what the vendors counted as delivered; null: none of the channels tells.</param>
/// <param name="Replied">People who wrote after their copy, until 72 hours after the end of the sending.</param>
/// <param name="SignUps">Sign-ups that these people made or changed after it, until seven days after the end.</param>
/// <param name="OptOuts">Of these people, who left the notices after it, until seven days after the end.</param>
public sealed record CampaignFunnel(int Audience, int Sent, int? Delivered, int Replied, IReadOnlyDictionary<NoticeAnswer, (int People, int Owners)> Answers, int SignUps, int OptOuts);

/// <summary>One line of the log: no name, no phone.</summary>
public sealed record DeliveryLine(long Id, string LeadKey, long? LeadId, string Community, string Channel, DeliveryState State, SkipReason Reason, int Tries, DateTimeOffset? EndedAt, string? LastError);

/// <summary>An owner whom a notice did not reach and whom the law wants to be told in writing.</summary>
/// <param name="Building">Such as 3; "" when the owner gave no room.</param>
public sealed record NotReached(string Community, string Building, string Room, string Name, SkipReason Why);

/// <param name="Hidden">Owners who did not agree to be passed on: only the keeper of the data sees them.</param>
public sealed record NotReachedList(IReadOnlyList<NotReached> Owners, int Hidden);

/// <summary>What staff read of a campaign afterwards. Every call is limited to the caller's subtree.</summary>
internal sealed class CampaignReport(IDbContextFactory<OutreachDb> databases, Audience audiences, AuditLog audit, CityClock clock)
{
    private const string Sheet = "发送记录";
    private static readonly TimeSpan ReplyTime = TimeSpan.FromHours(72);
    private static readonly TimeSpan ActTime = TimeSpan.FromDays(7);

    /// <summary>Null: not the caller's.</summary>
    public async Task<CampaignFunnel?> FunnelAsync(StaffScope scope, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, scope, id, cancellationToken) is not { DoneAt: var doneAt } campaign)
            return null;
        var rows = db.Deliveries.Where(d => d.CampaignId == id);
        var sent = rows.Where(d => d.State == DeliveryState.Sent);
        var from = campaign.StartAt ?? campaign.CreatedAt;
        var (untilReply, untilAct) = ((doneAt ?? clock.UtcNow) + ReplyTime, (doneAt ?? clock.UtcNow) + ActTime);
        var mass = await db.Set<VendorReport>().Where(r => r.Total != null && rows.Any(d => d.MessageId == r.MessageId && d.Channel == r.Channel && d.Account == r.Account))
            .Select(r => r.Sent ?? 0).ToListAsync(cancellationToken);
        var answers = await db.NoticeReplies.Where(r => r.At >= from && db.Set<Conversation>().Any(v => v.Id == r.ConversationId && rows.Any(d => d.PersonId == v.ContactId && r.Notice == RecentNotice.KeyPrefix + d.Id)))
            .GroupBy(r => r.Answer).Select(group => new { Answer = group.Key, Owners = group.Count(), People = group.Sum(r => r.People) }).ToListAsync(cancellationToken);
        return new(
            await rows.CountAsync(cancellationToken),
            await sent.CountAsync(cancellationToken),
            mass.Count == 0 ? null : mass.Sum(),
            await sent.Where(d => db.Set<Contact>().Any(c => c.Id == d.PersonId
                && db.Set<Message>().Any(m => m.ConversationId == c.ConversationId && m.From == Speaker.Owner && m.At > d.EndedAt && m.At <= untilReply))).CountAsync(cancellationToken),
            answers.ToDictionary(a => a.Answer, a => (a.People, a.Owners)),
            await db.LeadEvents.Where(e => (e.Kind == LeadEventKind.Created || e.Kind == LeadEventKind.Updated) && e.StaffId == null && e.At >= from && e.At <= untilAct
                && sent.Any(d => d.PersonId == e.Lead!.ContactId && d.EndedAt < e.At)).Select(e => e.LeadId).Distinct().CountAsync(cancellationToken),
            await sent.Where(d => db.Set<Contact>().Any(c => c.Id == d.ContactId && c.OptedOutAt > d.EndedAt && c.OptedOutAt <= untilAct)).CountAsync(cancellationToken));
    }

    /// <summary>One page of the log, oldest row first. Null: not the caller's.</summary>
    public async Task<IReadOnlyList<DeliveryLine>?> LogAsync(StaffScope scope, long id, DeliveryState? state, int skip, int take, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, scope, id, cancellationToken) is null ? null
            : await Lines(db, scope, id, state).Skip(skip).Take(take).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The log as an Excel file in memory. The audit entry is committed before it is handed out. Null: not the caller's.
    /// </summary>
    /// <param name="reason">Why, in Chinese; goes into the audit.</param>
    public async Task<MemoryStream?> ExportAsync(StaffScope scope, long id, string reason, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, scope, id, cancellationToken) is null)
            return null;
        var count = await db.Deliveries.CountAsync(d => d.CampaignId == id, cancellationToken);
        await audit.RecordAsync(AuditKind.Exported, scope.StaffId, id, string.Create(CultureInfo.InvariantCulture, $"通知发送记录 {count} 行：{reason}"), cancellationToken);
        var file = new MemoryStream();
        await file.SaveAsAsync(Lines(db, scope, id, null).AsEnumerable().Select(Cells), sheetName: Sheet, cancellationToken: cancellationToken);      // read while it is written: a million rows are not held
        file.Position = 0;
        return file;
    }

    /// <summary>
    /// Everyone meant who holds no copy, of this notice or of one that sent it again: to be told in writing or by a posted notice. Names and rooms only of those whom the
    /// caller may see. Null: not the caller's, or no notice that the law asks for.
    /// </summary>
    public async Task<NotReachedList?> NotReachedAsync(StaffScope scope, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, scope, id, cancellationToken) is not { Step: not null } campaign
            || await audiences.ResolveAsync(db, AudienceChoice.Of(campaign), cancellationToken) is not { } audience)
            return null;
        var chain = await FollowUps.ChainAsync(db, id, cancellationToken);
        var by = campaign.SnapshotAt ?? clock.UtcNow;
        var missed = db.MeantLeads(audience).Where(l => l.CreatedAt <= by && !db.Set<Delivery>().Any(d => d.PersonId == l.ContactId && chain.Contains(d.CampaignId) && d.State == DeliveryState.Sent));
        var rows = await missed.VisibleTo(db, scope).Select(l => new
        {
            Community = l.Community!.Name,
            l.Room,
            l.Name,
            Row = db.Set<Delivery>().Where(d => d.PersonId == l.ContactId && chain.Contains(d.CampaignId)).OrderByDescending(d => d.Id).Select(d => new { d.State, d.SkipReason }).FirstOrDefault(),
            Contact = db.Set<Contact>().Where(c => c.Id == l.ContactId).Select(c => new { c.OptedOutAt, c.Topics }).Single(),
        }).ToListAsync(cancellationToken);
        var topic = campaign.Topic;
        return new(
            [.. rows.Select(row => new NotReached(row.Community, Building(row.Room), row.Room ?? "", row.Name ?? "",
                    row.Row is { State: DeliveryState.Skipped } skipped ? skipped.SkipReason
                    : row.Contact.OptedOutAt is not null ? SkipReason.OptedOut
                    : (row.Contact.Topics & topic) == 0 ? SkipReason.TopicLeft
                    : row.Row is null ? SkipReason.RecipientGone : SkipReason.None))
                .OrderBy(owner => owner.Community, StringComparer.Ordinal).ThenBy(owner => Padded(owner.Building), StringComparer.Ordinal).ThenBy(owner => Padded(RoomNumber.Key(owner.Room)), StringComparer.Ordinal)],
            await missed.CountAsync(cancellationToken) - rows.Count);
    }

    private static string Building(string? room) => room is null ? "" : RoomNumber.Key(room).Split('-')[0];

    // Numbers in the order of numbers.
    private static string Padded(string key) => string.Join('-', key.Split('-').Select(part => part.PadLeft(6, '0')));

    private static Task<Campaign?> FindAsync(OutreachDb db, StaffScope scope, long id, CancellationToken cancellationToken) =>
        !CampaignDesk.MayCompose(scope) ? Task.FromResult<Campaign?>(null)
        : db.Campaigns.AsNoTracking().VisibleTo(db, scope).SingleOrDefaultAsync(c => c.Id == id, cancellationToken);

    private static IQueryable<DeliveryLine> Lines(OutreachDb db, StaffScope scope, long id, DeliveryState? state)
    {
        var visible = db.Leads.VisibleTo(db, scope);
        return
            from d in db.Deliveries.AsNoTracking()
            where d.CampaignId == id && (state == null || d.State == state)
            orderby d.Id
            select new DeliveryLine(
                d.Id,
                db.Set<Lead>().Where(l => l.ContactId == d.PersonId && l.CommunityId == d.CommunityId).OrderByDescending(l => l.Id).Select(l => l.Key).FirstOrDefault() ?? "",
                visible.Where(l => l.ContactId == d.PersonId && l.CommunityId == d.CommunityId).OrderByDescending(l => l.Id).Select(l => (long?)l.Id).FirstOrDefault(),
                db.Set<Community>().Where(c => c.Id == d.CommunityId).Select(c => c.Name).FirstOrDefault() ?? "",
                d.Channel, d.State, d.SkipReason, d.Tries, d.EndedAt, d.LastError);
    }

    private Dictionary<string, object?> Cells(DeliveryLine line) => new()
    {
        ["登记编号"] = line.LeadKey,
        ["小区"] = line.Community,
        ["渠道"] = NoticeNames.Channel(line.Channel),
        ["结果"] = NoticeNames.Of(line.State),
        ["原因"] = line.Reason == SkipReason.None ? null : NoticeNames.Of(line.Reason),
        ["发了几次"] = line.Tries,
        ["时间"] = line.EndedAt is { } at ? clock.ToLocal(at).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : null,
        ["平台说"] = line.LastError,
    };
}
