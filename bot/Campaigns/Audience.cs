using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>One line of the preview: how many a channel reaches, and why others are not written to. Everybody who is meant stands in one line once.</summary>
/// <param name="Channel">The one that a person's copy goes to; of who gets none, the one they signed up on.</param>
/// <param name="QuotaLeft">What the channel may still send in the running window; null: no limit of ours.</param>
public sealed record ChannelAudience(string Channel, int WillSend, IReadOnlyDictionary<SkipReason, int> Excluded, int? QuotaLeft = null)
{
    public int NotSent => Excluded.Values.Sum();

    /// <summary>Those whose copy waits until the channel may send again.</summary>
    public int OverQuota => QuotaLeft is { } left ? Math.Max(0, WillSend - left) : 0;
}

/// <summary>The exact audience at the moment of asking.</summary>
public sealed record AudiencePreview(IReadOnlyList<ChannelAudience> Channels)
{
    public int Total => Channels.Sum(channel => channel.WillSend);

    /// <summary>With those whose weekly limit may have passed by the start.</summary>
    public int AtMost => Total + Excluded.GetValueOrDefault(SkipReason.WeeklyLimit);

    public IReadOnlyDictionary<SkipReason, int> Excluded =>
        Channels.SelectMany(channel => channel.Excluded).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));
}

/// <summary>
/// How many notices one owner gets in seven days, over all channels and campaigns. Notices that the law asks for are neither counted nor held back: who misses such a
/// step cannot make up for it.
/// </summary>
/// <param name="PerWeek">0: no limit.</param>
public sealed record WeeklyLimit(int PerWeek, DateTimeOffset Now)
{
    public DateTimeOffset Since => Now.AddDays(-7);

    public bool Holds(LegalNotice? step) => PerWeek > 0 && step is null;
}

/// <summary>An audience with what the database says of it at this moment: the communities that its filter leaves, and the ways that are open.</summary>
/// <param name="CommunityIds">Null: every community below the path.</param>
internal sealed record ResolvedAudience(AudienceChoice Choice, string AreaPath, IReadOnlyList<long>? CommunityIds, OpenWays Ways, DateTimeOffset Now);

/// <summary>The one place that says who belongs to an audience, who of it may be written to, and where.</summary>
internal sealed class Audience(CampaignChannels channels, TimeProvider clock)
{
    /// <summary>Null: the area is gone.</summary>
    public async Task<ResolvedAudience?> ResolveAsync(OutreachDb db, AudienceChoice choice, CancellationToken cancellationToken) =>
        await db.Areas.Where(a => a.Id == choice.AreaId).Select(a => a.Path).SingleOrDefaultAsync(cancellationToken) is { } path
            ? new(choice, path, await CommunitiesAsync(db, choice, path, cancellationToken), channels.Open(), clock.GetUtcNow())
            : null;

    /// <summary>Of the chosen communities those that the directory no longer has.</summary>
    public static async Task<IReadOnlyList<long>> GoneAsync(OutreachDb db, AudienceChoice choice, CancellationToken cancellationToken) =>
        choice.CommunityIds is not { } ids ? [] : [.. ids.Except(await db.Communities.Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken))];

    private static async Task<IReadOnlyList<long>?> CommunitiesAsync(OutreachDb db, AudienceChoice choice, string path, CancellationToken cancellationToken)
    {
        var filter = choice.Filter;
        if (filter is { Except.Count: 0, Stages.Count: 0, FromPercent: null, BelowPercent: null })
            return filter.Communities;
        var all = await db.Communities.Where(c => c.Area.Path.StartsWith(path)).Select(c => new { c.Id, c.Stage, c.Households }).ToListAsync(cancellationToken);
        var left = all.Where(c => (filter.Communities?.Contains(c.Id) ?? true) && !filter.Except.Contains(c.Id) && (filter.Stages.Count == 0 || filter.Stages.Contains(c.Stage))).ToList();
        if (filter is { FromPercent: null, BelowPercent: null })
            return left.ConvertAll(c => c.Id);
        var counted = await ProgressReader.CountAsync(db, left.ConvertAll(c => c.Id), cancellationToken);
        return [.. left.Where(c => c.Households is > 0 and var households && Percent(counted.GetValueOrDefault(c.Id), households) is var percent
            && (filter.FromPercent is not { } from || percent >= from) && (filter.BelowPercent is not { } below || percent < below)).Select(c => c.Id)];
    }

    private static double Percent(int signedUp, int households) => 100.0 * signedUp / households;
}

internal static class AudienceQueries
{
    /// <summary>The sign-ups for whose sake someone is meant: those that stand, in the chosen communities.</summary>
    public static IQueryable<Lead> MeantLeads(this OutreachDb db, ResolvedAudience audience)
    {
        var (path, wishes) = (audience.AreaPath, audience.Choice.Filter.Wishes);
        var leads = db.Leads.Where(l => l.State != LeadState.Withdrawn && l.State != LeadState.Invalid).Within(db, path);
        if (audience.CommunityIds is { } ids)
            leads = leads.Where(l => ids.Contains(l.CommunityId!.Value));
        return wishes == Wishes.None ? leads : leads.Where(l => (l.Wishes & wishes) != 0);
    }

    /// <summary>Everyone meant, whether or not they may be written to: the contacts in whose name people signed up.</summary>
    public static IQueryable<Contact> Meant(this OutreachDb db, ResolvedAudience audience) => db.Meant(audience, db.MeantLeads(audience));

    /// <summary>Those of them whose number is above the one and not above the other.</summary>
    public static IQueryable<Contact> MeantFrom(this OutreachDb db, ResolvedAudience audience, long after, long to) =>
        db.Meant(audience, db.MeantLeads(audience).Where(lead => lead.ContactId > after && lead.ContactId <= to));

    private static IQueryable<Contact> Meant(this OutreachDb db, ResolvedAudience audience, IQueryable<Lead> leads)
    {
        var owners = leads.Select(lead => lead.ContactId);
        var people = db.Contacts.Where(p => p.OwnerId == null && p.ErasedAt == null && owners.Contains(p.Id));
        var filter = audience.Choice.Filter;
        if (filter.WroteWithinDays is { } within && audience.Now.AddDays(-within) is var since)
            people = people.Where(p => p.LastSeenAt >= since);
        if (filter.SilentForDays is { } silent && audience.Now.AddDays(-silent) is var before)
            people = people.Where(p => p.LastSeenAt < before);
        if (filter.Languages is { Count: > 0 } languages)
            people = people.Where(p => languages.Contains(p.Language));
        if (filter.Channels is { Count: > 0 } only)
            people = people.Where(p => only.Contains(p.Channel) || db.Set<Contact>().Any(c => c.OwnerId == p.Id && only.Contains(c.Channel)));
        return people;
    }

    /// <summary>Contacts at which a notice may arrive now: the same test at the preview, the snapshot and the fall-back. Whom the channel takes for gone is not among them.</summary>
    public static IQueryable<Contact> Reachable(this IQueryable<Contact> contacts, ResolvedAudience audience)
    {
        var (topic, ways, filter) = (audience.Choice.Topic, audience.Ways, audience.Choice.Filter.Channels);
        var open = ways.Open;
        var reachable = contacts.Where(c => c.OptedOutAt == null && c.UnreachableSince == null && (c.ConversationId != null || c.OwnerId != null) && (c.Topics & topic) != 0
            && open.Contains(c.Channel));
        foreach (var (channel, since) in ways.Windows(audience.Now))
            reachable = reachable.Where(c => c.Channel != channel || c.LastSeenAt >= since);
        return filter.Count == 0 ? reachable : reachable.Where(c => filter.Contains(c.Channel));
    }

    /// <summary>Everyone meant with the contact that their one copy goes to; null: there is none. Who gave no other address, as nearly all, has nothing to be ranked.</summary>
    public static IQueryable<MeantPerson> WithBest(this IQueryable<Contact> people, OutreachDb db, ResolvedAudience audience)
    {
        var reachable = db.Contacts.Reachable(audience);
        var rank = audience.Ways.Rank;
        return people.Select(p => new MeantPerson
        {
            PersonId = p.Id,
            ContactId = db.Set<Contact>().Any(c => c.OwnerId == p.Id)
                ? reachable.Where(c => c.Id == p.Id || c.OwnerId == p.Id).OrderBy(rank).ThenBy(c => c.Id).Select(c => (long?)c.Id).FirstOrDefault()
                : reachable.Any(c => c.Id == p.Id) ? (long?)p.Id : null,
        });
    }

    /// <summary>Those who have had all the notices that the limit allows; nobody where it does not hold.</summary>
    public static IQueryable<Contact> AtLimit(this IQueryable<Contact> people, OutreachDb db, LegalNotice? step, WeeklyLimit limit)
    {
        var (perWeek, counted) = (limit.PerWeek, db.Counted(limit));
        return !limit.Holds(step) ? people.Where(c => false) : people.Where(c => counted.Count(d => d.PersonId == c.Id) >= perWeek);
    }

    /// <summary>The notices that count towards the limit.</summary>
    private static IQueryable<Delivery> Counted(this OutreachDb db, WeeklyLimit limit)
    {
        var since = limit.Since;
        return db.Deliveries.Where(d => (d.State == DeliveryState.Sent || d.State == DeliveryState.Unknown) && d.EndedAt >= since
            && db.Set<Campaign>().Any(m => m.Id == d.CampaignId && m.Step == null));
    }

    public static SkipReason? WhyNot(Contact contact, NoticeTopics topic) =>
        contact.OptedOutAt is not null || contact.ErasedAt is not null ? SkipReason.OptedOut
        : (contact.Topics & topic) == 0 ? SkipReason.TopicLeft
        : contact.UnreachableSince is not null || contact is { ConversationId: null, OwnerId: null } ? SkipReason.RecipientGone
        : null;

    public static async Task<AudiencePreview> PreviewAsync(
        this OutreachDb db, ResolvedAudience audience, WeeklyLimit limit, IReadOnlyDictionary<string, int> quotaLeft, CancellationToken cancellationToken)
    {
        var topic = audience.Choice.Topic;
        var open = audience.Ways.Open;
        var meant = db.Meant(audience);
        var (holds, perWeek, counted) = (limit.Holds(audience.Choice.Step), limit.PerWeek, db.Counted(limit));
        var counts = await (
            from person in meant.WithBest(db, audience)
            from own in db.Set<Contact>().Where(c => c.Id == person.PersonId)
            select new
            {
                Channel = db.Set<Contact>().Where(c => c.Id == person.ContactId).Select(c => c.Channel).FirstOrDefault() ?? own.Channel,
                Reason = person.ContactId != null ? holds && counted.Count(d => d.PersonId == person.PersonId) >= perWeek ? Full : Fine
                    : own.OptedOutAt != null ? OptedOut
                    : (own.Topics & topic) == 0 ? TopicLeft
                    : own.UnreachableSince != null || own.ConversationId == null ? Gone
                    : open.Contains(own.Channel) ? Closed : Off,
            }).GroupBy(row => new { row.Channel, row.Reason }).Select(group => new { group.Key.Channel, group.Key.Reason, Count = group.Count() }).ToListAsync(cancellationToken);
        return new([.. counts.GroupBy(c => c.Channel).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new ChannelAudience(
            group.Key,
            group.Where(c => c.Reason == Fine).Sum(c => c.Count),
            group.Where(c => c.Reason != Fine).ToDictionary(c => Reasons[c.Reason], c => c.Count),
            quotaLeft.TryGetValue(group.Key, out var left) ? left : null))]);
    }

    // Numbers, because a query groups by them.
    private const int Fine = 0, OptedOut = 1, TopicLeft = 2, Gone = 3, Off = 4, Closed = 5, Full = 6;

    private static readonly SkipReason[] Reasons =
        [SkipReason.None, SkipReason.OptedOut, SkipReason.TopicLeft, SkipReason.RecipientGone, SkipReason.ChannelOff, SkipReason.WindowClosed, SkipReason.WeeklyLimit];
}

/// <summary>A person of an audience.</summary>
internal sealed class MeantPerson
{
    public required long PersonId { get; init; }
    public required long? ContactId { get; init; }
}

/// <summary>The channels that notices may go out on at this moment.</summary>
/// <param name="Open">Ids of those that are on.</param>
/// <param name="Limited">Of these, those that take a message only so long after the person's last one.</param>
/// <param name="Order">Ids in the order in which a person's copy prefers them; the others follow, alike.</param>
internal sealed record OpenWays(IReadOnlyList<string> Open, IReadOnlyDictionary<string, TimeSpan> Limited, IReadOnlyList<string> Order)
{
    public IEnumerable<(string Channel, DateTimeOffset Since)> Windows(DateTimeOffset now) => Limited.Select(pair => (pair.Key, now - pair.Value));

    public int RankOf(string channel) => Order.Contains(channel) ? Order.ToList().IndexOf(channel) : Order.Count;

    /// <summary>The same for queries: <c>channel == "sms" ? 0 : channel == "email" ? 1 : 2</c>.</summary>
    public Expression<Func<Contact, int>> Rank
    {
        get
        {
            var contact = Expression.Parameter(typeof(Contact), "c");
            Expression rank = Expression.Constant(Order.Count);
            for (var i = Order.Count - 1; i >= 0; i--)
                rank = Expression.Condition(Expression.Equal(Expression.Property(contact, nameof(Contact.Channel)), Expression.Constant(Order[i])), Expression.Constant(i), rank);
            return Expression.Lambda<Func<Contact, int>>(rank, contact);
        }
    }
}
