using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>Saved filters. Due: to be contacted until the end of the city's day, the late ones among them. Today: signed up today. Willing: wants to join the group or to stand.</summary>
public enum LeadTab { Open, Mine, Due, Late, Today, Willing, Unattached, Closed, All }

public enum LeadSort { NextContact, Newest, Community }

/// <summary>What the leads page asks for; every part may be left out.</summary>
public sealed record LeadQuery
{
    public const int MostPerPage = 100;

    public LeadTab Tab { get; init; } = LeadTab.Open;
    public LeadState? State { get; init; }
    /// <summary>Leads with any of these wishes.</summary>
    public Wishes Wishes { get; init; }
    public long? CommunityId { get; init; }
    /// <summary>Root of a subtree of areas.</summary>
    public long? AreaId { get; init; }
    public PassOnState? PassOn { get; init; }
    /// <summary>A lead's key, a whole phone number, a whole name, a tag, a part of a community's name, or words of a note.</summary>
    public string? Search { get; init; }
    public LeadSort Sort { get; init; } = LeadSort.NextContact;
    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;
    public int PageSize { get; init; } = 20;
}

/// <param name="MaskedPhone">Null: none was left.</param>
/// <param name="Late">The promised contact is over.</param>
/// <param name="IsUnattached">The community is as the owner typed it.</param>
public sealed record LeadRow(
    long Id, string Key, string Community, string? Street, string? Name, string? Room, Wishes Wishes, LeadRole Role, LeadState State, PassOnState PassOn,
    string? MaskedPhone, DateTimeOffset CreatedAt, DateTimeOffset? NextContactAt, bool Late, string? AssigneeId, bool IsUnattached)
{
    public bool HasPhone => MaskedPhone is not null;
}

/// <param name="Total">Over all pages.</param>
public sealed record LeadPage(IReadOnlyList<LeadRow> Rows, int Total, int Page, int PageSize)
{
    public int Pages => Math.Max(1, (Total + PageSize - 1) / PageSize);
}

/// <summary>Numbers on the tabs.</summary>
public sealed record LeadCounts(int Open, int Mine, int Due, int Late, int Today, int Willing, int Unattached, int Closed)
{
    public static readonly LeadCounts None = new(0, 0, 0, 0, 0, 0, 0, 0);
}

/// <param name="Phone">Masked; in full only by <see cref="LeadWorkflow.DisclosePhoneAsync"/>.</param>
/// <param name="Moves">The states to which staff may move it now.</param>
public sealed record LeadView(
    LeadRow Row, string CommunityTyped, DirectoryCommunity? Community, long ConversationId, string? Phone, DateTimeOffset UpdatedAt, DateTimeOffset EraseAt, Guid Version,
    IReadOnlyList<LeadState> Moves, IReadOnlyList<LeadEvent> Events, IReadOnlyList<Consent> Consents, IReadOnlyList<LeadForward> Forwards, IReadOnlyList<CommunityMatch> Suggestions,
    IReadOnlyList<string> Tags);

/// <summary>
/// Reads leads for the console, always through <see cref="LeadScope.VisibleTo(IQueryable{Lead}, OutreachDb, StaffScope)"/>. What is counted, searched and sorted by stands in
/// one index of the leads (see <see cref="LeadTable"/>): the rows themselves, long because they are encrypted, are read only for the page that is shown.
/// </summary>
public sealed class LeadList(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, PersonalData personal, CityClock clock)
{
    public async Task<LeadPage> ListAsync(LeadQuery query, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.UtcNow;
        var leads = Filter(db, db.Leads.VisibleTo(db, scope), query, scope, now);
        var size = Math.Clamp(query.PageSize, 1, LeadQuery.MostPerPage);
        int total, page;
        IQueryable<Lead> sorted;
        if (query.Sort == LeadSort.Community)
        {
            (total, page, sorted) = await OfCommunitiesAsync(leads, query.Page, size, cancellationToken);
        }
        else
        {
            total = await leads.CountAsync(cancellationToken);
            page = PageOf(query.Page, size, total);
            sorted = Sort(leads, query.Sort).Skip((page - 1) * size);
        }
        var ids = await sorted.Take(size).Select(l => l.Id).ToListAsync(cancellationToken);
        var rows = await db.Leads.AsNoTracking().VisibleTo(db, scope).Where(l => ids.Contains(l.Id)).ToDictionaryAsync(l => l.Id, cancellationToken);
        return new([.. ids.Where(rows.ContainsKey).Select(id => Row(rows[id], now))], total, page, size);
    }

    private static int PageOf(int asked, int size, int total) => Math.Clamp(asked, 1, Math.Max(1, (total + size - 1) / size));

    /// <summary>
    /// The leads from the first one of a page on, by community. How many leads each community has tells which ones the page shows: only theirs are sorted.
    /// </summary>
    private async Task<(int Total, int Page, IQueryable<Lead> Sorted)> OfCommunitiesAsync(IQueryable<Lead> leads, int asked, int size, CancellationToken cancellationToken)
    {
        var counts = await leads.GroupBy(l => l.CommunityId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var total = counts.Sum(c => c.Count);
        var page = PageOf(asked, size, total);
        var skipped = (page - 1) * size;
        var (shown, wanted) = (new List<long?>(), size);
        foreach (var (community, count) in counts.OrderBy(c => c.Key is null).ThenBy(c => c.Key is { } id ? directory.Find(id)?.Name : null, StringComparer.Ordinal).ThenBy(c => c.Key).Select(c => (c.Key, c.Count)))
        {
            if (shown.Count == 0 && skipped >= count)
            {
                skipped -= count;
                continue;
            }
            shown.Add(community);
            wanted -= count - (shown.Count == 1 ? skipped : 0);
            if (wanted <= 0)
                break;
        }
        var (ids, withNone) = (shown.OfType<long>().ToList(), shown.Contains(null));
        return (total, page, Sort(leads.Where(l => l.CommunityId == null ? withNone : ids.Contains(l.CommunityId.Value)), LeadSort.Community).Skip(skipped));
    }

    /// <summary>All leads of a query, in its order, on no page.</summary>
    internal IQueryable<Lead> Sorted(OutreachDb db, LeadQuery query, StaffScope scope) =>
        Sort(Filter(db, db.Leads.AsNoTracking().VisibleTo(db, scope), query, scope, clock.UtcNow), query.Sort);

    /// <summary>
    /// Each number is what <see cref="Tab"/> leaves of the leads. All but the last in one pass over the open ones: counted for each community, in the order in which the index
    /// holds them, and added up here, because one group of all would be sorted before it is counted.
    /// </summary>
    public async Task<LeadCounts> CountAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (staff, now) = (scope.StaffId, clock.UtcNow);
        var (today, tomorrow) = DayOf(clock);
        var visible = db.Leads.VisibleTo(db, scope);
        var counts = await visible.Where(l => l.ClosedAt == null).GroupBy(l => l.CommunityId).Select(open => new
        {
            Community = open.Key,
            Open = open.Count(),
            Mine = open.Count(l => l.AssigneeId == staff),
            Due = open.Count(l => l.NextContactAt < tomorrow),
            Late = open.Count(l => l.NextContactAt < now),
            Today = open.Count(l => l.CreatedAt >= today),
            Willing = open.Count(l => (l.Wishes & (Wishes.JoinGroup | Wishes.Candidate)) != 0),
        }).ToListAsync(cancellationToken);
        return new(
            counts.Sum(c => c.Open), counts.Sum(c => c.Mine), counts.Sum(c => c.Due), counts.Sum(c => c.Late), counts.Sum(c => c.Today), counts.Sum(c => c.Willing),
            counts.Where(c => c.Community is null).Sum(c => c.Open), await visible.CountAsync(l => l.ClosedAt != null, cancellationToken));
    }

    /// <summary>Two of the same numbers, for every page.</summary>
    internal static async Task<(int Open, int Due)> CountOpenAsync(OutreachDb db, StaffScope scope, CityClock clock, CancellationToken cancellationToken)
    {
        var (_, tomorrow) = DayOf(clock);
        var counts = await db.Leads.VisibleTo(db, scope).Where(l => l.ClosedAt == null).GroupBy(l => l.CommunityId)
            .Select(open => new { Open = open.Count(), Due = open.Count(l => l.NextContactAt < tomorrow) }).ToListAsync(cancellationToken);
        return (counts.Sum(c => c.Open), counts.Sum(c => c.Due));
    }

    private static (DateTimeOffset Today, DateTimeOffset Tomorrow) DayOf(CityClock clock) =>
        (clock.FromLocal(clock.Today.ToDateTime(TimeOnly.MinValue)), clock.FromLocal(clock.Today.AddDays(1).ToDateTime(TimeOnly.MinValue)));

    /// <summary>One lead with its history; null when it does not exist or is not for these eyes.</summary>
    public async Task<LeadView?> ReadAsync(long id, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Leads.AsNoTracking().VisibleTo(db, scope).SingleOrDefaultAsync(l => l.Id == id, cancellationToken) is not { } lead)
            return null;
        var events = await db.LeadEvents.AsNoTracking().Where(e => e.LeadId == id).OrderByDescending(e => e.Id).ToListAsync(cancellationToken);
        var consents = await db.Consents.AsNoTracking().Where(c => c.LeadKey == lead.Key).OrderBy(c => c.Id).ToListAsync(cancellationToken);
        var forwards = await db.LeadForwards.AsNoTracking().Where(f => f.LeadKey == lead.Key).OrderBy(f => f.Id).ToListAsync(cancellationToken);
        var tags = await db.LeadTags.Where(t => t.LeadId == id).OrderBy(t => t.Id).Select(t => t.Text).ToListAsync(cancellationToken);
        var suggestion = lead.CommunityId is null ? directory.Resolve(lead.CommunityTyped) : CommunityMatch.Nothing;
        return new(Row(lead, clock.UtcNow), lead.CommunityTyped, lead.CommunityId is { } community ? directory.Find(community) : null, lead.ConversationId,
            lead.Phone is { } phone ? Masks.Phone(phone) : null, lead.UpdatedAt, lead.EraseAt, lead.Version,
            LeadMoves.From(lead.State), events, consents, forwards, suggestion.Communities.Count > 0 ? [suggestion] : [], tags);
    }

    private static IQueryable<Lead> Sort(IQueryable<Lead> leads, LeadSort sort) => sort switch
    {
        LeadSort.NextContact => leads.OrderBy(l => l.NextContactAt == null).ThenBy(l => l.NextContactAt).ThenBy(l => l.Id),
        LeadSort.Newest => leads.OrderByDescending(l => l.CreatedAt).ThenByDescending(l => l.Id),
        LeadSort.Community => leads.OrderBy(l => l.Community == null).ThenBy(l => l.Community!.Name).ThenBy(l => l.CommunityId).ThenBy(l => l.Id),
    };

    private IQueryable<Lead> Filter(OutreachDb db, IQueryable<Lead> visible, LeadQuery query, StaffScope scope, DateTimeOffset now)
    {
        var leads = Tab(visible, query.Tab, scope, now);
        if (query.State is { } state)
            leads = leads.Where(l => l.State == state);
        if (query.Wishes is not Wishes.None and var wishes)
            leads = leads.Where(l => (l.Wishes & wishes) != 0);
        if (query.CommunityId is { } community)
            leads = leads.Where(l => l.CommunityId == community);
        if (query.PassOn is { } passOn)
            leads = leads.Where(l => l.PassOn == passOn);
        if (query.AreaId is { } area && directory.Current.FindArea(area) is { Path: var path })
            leads = leads.Within(db, path);
        if (query.Search?.Trim() is { Length: > 0 } search)
            leads = Search(db, leads, search);
        return leads;
    }

    private IQueryable<Lead> Search(OutreachDb db, IQueryable<Lead> leads, string search)
    {
        var key = search.ToUpperInvariant();
        if (key.StartsWith("L-", StringComparison.Ordinal))
            return leads.Where(l => l.Key == key);
        if (Phones.Parse(search) is { E164: { } e164 })
        {
            var hash = LeadKeys.PhoneHash(personal, e164);
            return leads.Where(l => l.PhoneHash == hash);
        }
        var named = CommunityNames.Key(search);
        var ids = directory.Current.Communities.Where(c => CommunityNames.Key(c.Name).Contains(named, StringComparison.Ordinal)).Select(c => c.Id).ToList();
        var name = LeadKeys.NameHash(personal, search);
        var found = db.LeadTags.Where(t => t.Text == search).Select(t => t.LeadId).Union(db.Leads.Where(l => l.NameHash == name).Select(l => l.Id));
        var terms = NoteTerms.Of(personal, search);
        if (terms.Count > 0)
            found = found.Union(db.LeadTerms.Where(t => terms.Contains(t.Term)).GroupBy(t => t.LeadId).Where(g => g.Count() == terms.Count).Select(g => g.Key));
        return leads.Where(l => (l.CommunityId != null && ids.Contains(l.CommunityId.Value)) || found.Contains(l.Id));
    }

    private IQueryable<Lead> Tab(IQueryable<Lead> leads, LeadTab tab, StaffScope scope, DateTimeOffset now)
    {
        var staff = scope.StaffId;
        var (today, tomorrow) = DayOf(clock);
        return tab switch
        {
            LeadTab.Open => leads.Where(l => l.ClosedAt == null),
            LeadTab.Mine => leads.Where(l => l.ClosedAt == null && l.AssigneeId == staff),
            LeadTab.Due => leads.Where(l => l.ClosedAt == null && l.NextContactAt < tomorrow),
            LeadTab.Late => leads.Where(l => l.ClosedAt == null && l.NextContactAt < now),
            LeadTab.Today => leads.Where(l => l.ClosedAt == null && l.CreatedAt >= today),
            LeadTab.Willing => leads.Where(l => l.ClosedAt == null && (l.Wishes & (Wishes.JoinGroup | Wishes.Candidate)) != 0),
            LeadTab.Unattached => leads.Where(l => l.ClosedAt == null && l.CommunityId == null),
            LeadTab.Closed => leads.Where(l => l.ClosedAt != null),
            LeadTab.All => leads,
        };
    }

    internal LeadRow Row(Lead lead, DateTimeOffset now)
    {
        var community = lead.CommunityId is { } id ? directory.Find(id) : null;
        return new(lead.Id, lead.Key, community?.Name ?? lead.CommunityTyped, community?.Street, lead.Name, lead.Room, lead.Wishes, lead.Role, lead.State, lead.PassOn,
            lead.Phone is { } phone ? Masks.Phone(phone) : null, lead.CreatedAt, lead.NextContactAt, lead.ClosedAt is null && lead.NextContactAt < now, lead.AssigneeId,
            lead.CommunityId is null);
    }
}
