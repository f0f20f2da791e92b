using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>
/// Notices that follow a sign-up by so many days (0, 3, 10 …), until the owner acts: writes after one of them, or is taken up by the staff. Each day is a campaign whose
/// snapshot grows; the unique row of a person keeps it to one copy.
/// </summary>
internal sealed class Sequences(Audience audiences, TimeProvider clock)
{
    // How often the sign-ups are looked at, and how late a day may be after an outage.
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AtMostLate = TimeSpan.FromDays(2);

    /// <summary>Adds those whose day has come, inside the caller's <see cref="OutreachDb.WriteAsync{T}"/>. Null: the area is gone.</summary>
    public async Task<bool?> TakeDueAsync(OutreachDb db, Campaign campaign)
    {
        var now = clock.GetUtcNow();
        if (campaign.StartAt > now)
            return true;
        if (await audiences.ResolveAsync(db, AudienceChoice.Of(campaign), CancellationToken.None) is not { } audience)
            return null;
        var until = now.AddDays(-campaign.DripDay!.Value);
        var since = Later(campaign.CreatedAt, until - AtMostLate);
        var leads = db.MeantLeads(audience).Where(l => l.State == LeadState.New && l.CreatedAt >= since && l.CreatedAt <= until);
        var drip = campaign.DripId;
        var people = db.Meant(audience).Where(p => leads.Any(l => l.ContactId == p.Id) && !db.Set<Delivery>().Any(d => d.PersonId == p.Id && d.State == DeliveryState.Sent
            && db.Set<Campaign>().Any(m => m.Id == d.CampaignId && m.DripId == drip)
            && db.Set<Message>().Any(m => m.ConversationId == p.ConversationId && m.From == Speaker.Owner && m.At > d.EndedAt)));
        campaign.StartAt = now;
        await db.SaveChangesAsync();      // the rows are due from it
        await AudienceSnapshot.InsertAsync(db, campaign, audience, people);
        campaign.StartAt = now + Every;
        await db.SaveChangesAsync();
        return true;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
