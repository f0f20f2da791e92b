using Microsoft.EntityFrameworkCore;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>Who is meant: owners with a sign-up (and so a consent that covers notices) in these communities.</summary>
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

    public IReadOnlyDictionary<SkipReason, int> Excluded =>
        Channels.SelectMany(channel => channel.Excluded).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));
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
        return db.Contacts.Where(contact => contact.ErasedAt == null && leads.Any(lead => lead.ContactId == contact.Id));
    }

    /// <summary>Those of them who may be written to now: the same test at the preview, the snapshot and the send.</summary>
    public static IQueryable<Contact> Reachable(this IQueryable<Contact> contacts, NoticeTopics topic) =>
        contacts.Where(c => c.OptedOutAt == null && c.UnreachableSince == null && c.ConversationId != null && (c.Topics & topic) != 0);

    public static SkipReason? WhyNot(Contact contact, NoticeTopics topic) =>
        contact.OptedOutAt is not null || contact.ErasedAt is not null ? SkipReason.OptedOut
        : (contact.Topics & topic) == 0 ? SkipReason.TopicLeft
        : contact.UnreachableSince is not null || contact.ConversationId is null ? SkipReason.RecipientGone
        : null;

    public static async Task<AudiencePreview> PreviewAsync(this OutreachDb db, AudienceChoice choice, string areaPath, CancellationToken cancellationToken)
    {
        var topic = choice.Topic;
        var counts = await db.Meant(choice, areaPath)
            .GroupBy(c => new
            {
                c.Channel,
                Reason = c.OptedOutAt != null ? 1 : (c.Topics & topic) == 0 ? 2 : c.UnreachableSince != null || c.ConversationId == null ? 3 : 0,
            })
            .Select(group => new { group.Key.Channel, group.Key.Reason, Count = group.Count() })
            .ToListAsync(cancellationToken);
        return new([.. counts.GroupBy(c => c.Channel).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new ChannelAudience(
            group.Key,
            group.Where(c => c.Reason == 0).Sum(c => c.Count),
            group.Where(c => c.Reason != 0).ToDictionary(c => Reasons[c.Reason], c => c.Count)))]);
    }

    private static readonly SkipReason[] Reasons = [SkipReason.None, SkipReason.OptedOut, SkipReason.TopicLeft, SkipReason.RecipientGone];
}
