using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>
/// The numbers of the week for an office, on Monday morning, over the destinations that want it. Numbers of owners alone, none below five:
/// a robot's group is a room of readers.
/// </summary>
internal sealed class WeeklySummary(LeadDestinations destinations, CityClock city)
{
    private static readonly TimeOnly From = new(8, 30);

    /// <summary>Queues what is due this week and not queued yet; the caller has no transaction open.</summary>
    public async Task QueueAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        var local = city.ToLocal(city.UtcNow);
        if (local.DayOfWeek != DayOfWeek.Monday || TimeOnly.FromDateTime(local.DateTime) < From || destinations.ForSummaries is not { Count: > 0 } wanting)
            return;
        var key = string.Create(CultureInfo.InvariantCulture, $"W-{ISOWeek.GetYear(local.DateTime)}-{ISOWeek.GetWeekOfYear(local.DateTime):00}");
        var queued = await db.LeadForwards.Where(f => f.LeadKey == key).Select(f => f.Destination).ToListAsync(cancellationToken);
        var missing = wanting.Except(queued).ToList();
        if (missing.Count == 0)
            return;
        db.LeadForwards.AddRange(missing.Select(destination => new LeadForward
        {
            LeadKey = key,
            Destination = destination,
            Event = ForwardEvent.Summary,
            MessageId = LeadKeys.NewMessageId(),
            DueAt = city.UtcNow,
            CreatedAt = city.UtcNow,
        }));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What one destination is told: the leads passed on in the communities that it covers.</summary>
    public static async Task<LeadNotice> NoticeAsync(OutreachDb db, LeadForward forward, LeadDestinations destinations, CommunityDirectory directory, string publicUrl)
    {
        var covered = directory.Current.Communities.Where(c => destinations.Covering(c).Contains(forward.Destination)).Select(c => c.Id).ToList();
        var weekAgo = forward.CreatedAt.AddDays(-7);
        var leads = db.Leads.Where(l => l.PassOn == PassOnState.Given && covered.Contains(l.CommunityId!.Value));
        var fresh = await leads.CountAsync(l => l.CreatedAt >= weekAgo && l.CreatedAt < forward.CreatedAt);
        var open = await leads.CountAsync(l => l.OpenKey != null);
        var late = await leads.CountAsync(l => l.OpenKey != null && l.State == LeadState.New && l.NextContactAt != null && l.NextContactAt < forward.CreatedAt);
        return new(ForwardEvent.Summary, forward.MessageId, forward.CreatedAt, forward.LeadKey, null, null, Wishes.None, LeadRole.Owner, null, $"{publicUrl.TrimEnd('/')}/staff/leads", null)
        {
            Summary = $"上周汇总：新登记{Number(fresh)}，在跟进{Number(open)}，过了时间没联系{Number(late)}",
        };
    }

    private static string Number(int number) => number switch
    {
        0 => "没有",
        < Progress.Floor => "不到5条",
        _ => string.Create(CultureInfo.InvariantCulture, $"{number}条"),
    };
}
