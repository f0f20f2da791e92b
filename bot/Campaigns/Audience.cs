using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>
/// Who is meant: owners with a sign-up (and so a consent that covers notices) in these communities, and the phones and mailboxes at which they asked for notices as well.
/// </summary>
/// <param name="AreaId">Root of the subtree.</param>
/// <param name="CommunityIds">The chosen communities; null: all of the subtree.</param>
public sealed record AudienceChoice(long AreaId, IReadOnlyList<long>? CommunityIds, NoticeTopics Topic);

/// <summary>One line of the preview: how many of a channel get the notice, and why others do not.</summary>
public sealed record ChannelAudience(string Channel, int WillSend, IReadOnlyDictionary<SkipReason, int> Excluded)
{
    public int NotSent => Excluded.Values.Sum();
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
/// How many notices one owner gets in seven days. Notices of the committee's procedure are neither counted nor held back: who misses such a step cannot make up for it.
/// </summary>
/// <param name="PerWeek">0: no limit.</param>
public sealed record WeeklyLimit(int PerWeek, DateTimeOffset Now)
{
    public DateTimeOffset Since => Now.AddDays(-7);

    public bool Holds(NoticeTopics topic) => PerWeek > 0 && topic != NoticeTopics.Procedure;
}

/// <summary>The one place that says who belongs to an audience and who of it may be written to.</summary>
internal static class Audience
{
    /// <summary>The sign-ups for whose sake someone is meant: those that stand, in the chosen communities.</summary>
    public static IQueryable<Lead> MeantLeads(this OutreachDb db, AudienceChoice choice, string areaPath)
    {
        var leads = db.Leads.Where(l => l.State != LeadState.Withdrawn && l.State != LeadState.Invalid && l.Community != null && l.Community.Area.Path.StartsWith(areaPath));
        return choice.CommunityIds is { } ids ? leads.Where(l => ids.Contains(l.CommunityId!.Value)) : leads;
    }

    /// <summary>Everyone meant, whether or not they may be written to.</summary>
    public static IQueryable<Contact> Meant(this OutreachDb db, AudienceChoice choice, string areaPath)
    {
        var leads = db.MeantLeads(choice, areaPath);
        return db.Contacts.Where(contact => contact.ErasedAt == null && leads.Any(lead => lead.ContactId == contact.Id || lead.ContactId == contact.OwnerId));
    }

    /// <summary>Those of them who may be written to now: the same test at the preview, the snapshot and the send.</summary>
    public static IQueryable<Contact> Reachable(this IQueryable<Contact> contacts, NoticeTopics topic) =>
        contacts.Where(c => c.OptedOutAt == null && c.UnreachableSince == null && (c.ConversationId != null || c.OwnerId != null) && (c.Topics & topic) != 0);

    /// <summary>Those who have had all the notices that the limit allows; nobody where it does not hold.</summary>
    public static IQueryable<Contact> AtLimit(this IQueryable<Contact> contacts, OutreachDb db, NoticeTopics topic, WeeklyLimit limit)
    {
        var (perWeek, since) = (limit.PerWeek, limit.Since);
        return !limit.Holds(topic) ? contacts.Where(c => false) : contacts.Where(c => db.Set<Delivery>().Count(d =>
            d.ContactId == c.Id && (d.State == DeliveryState.Sent || d.State == DeliveryState.Unknown) && d.EndedAt >= since
            && db.Set<Campaign>().Any(m => m.Id == d.CampaignId && m.Topic != NoticeTopics.Procedure)) >= perWeek);
    }

    public static SkipReason? WhyNot(Contact contact, NoticeTopics topic) =>
        contact.OptedOutAt is not null || contact.ErasedAt is not null ? SkipReason.OptedOut
        : (contact.Topics & topic) == 0 ? SkipReason.TopicLeft
        : contact.UnreachableSince is not null || contact is { ConversationId: null, OwnerId: null } ? SkipReason.RecipientGone
        : null;

    public static async Task<AudiencePreview> PreviewAsync(this OutreachDb db, AudienceChoice choice, string areaPath, WeeklyLimit limit, CancellationToken cancellationToken)
    {
        var topic = choice.Topic;
        var counts = await db.Meant(choice, areaPath)
            .GroupBy(c => new
            {
                c.Channel,
                Reason = c.OptedOutAt != null ? 1 : (c.Topics & topic) == 0 ? 2 : c.UnreachableSince != null || (c.ConversationId == null && c.OwnerId == null) ? 3 : 0,
            })
            .Select(group => new { group.Key.Channel, group.Key.Reason, Count = group.Count() })
            .ToListAsync(cancellationToken);
        var full = await db.Meant(choice, areaPath).Reachable(topic).AtLimit(db, topic, limit)
            .GroupBy(c => c.Channel).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        return new([.. counts.GroupBy(c => c.Channel).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
        {
            var excluded = group.Where(c => c.Reason != 0).ToDictionary(c => Reasons[c.Reason], c => c.Count);
            if (full.TryGetValue(group.Key, out var atLimit))
                excluded[SkipReason.WeeklyLimit] = atLimit;
            return new ChannelAudience(group.Key, group.Where(c => c.Reason == 0).Sum(c => c.Count) - atLimit, excluded);
        })]);
    }

    private static readonly SkipReason[] Reasons = [SkipReason.None, SkipReason.OptedOut, SkipReason.TopicLeft, SkipReason.RecipientGone];
}
