using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The numbers of the navigation and of the live stream, each through the caller's scope.</summary>
internal static class ConsoleCounts
{
    /// <param name="Today">Late or due leads, owners waiting, open alerts: what today is for.</param>
    /// <param name="Leads">Open leads.</param>
    /// <param name="Waiting">Owners waiting for a person.</param>
    /// <param name="Newest">Changes whenever an owner or a colleague wrote in a conversation that someone attends to, or a lead came: pages look again.</param>
    public sealed record Numbers(int Today, int Leads, int Waiting, long Newest);

    public static async Task<Numbers> ReadAsync(OutreachDb db, StaffScope scope, CityClock city, CancellationToken cancellationToken)
    {
        var (open, due) = await LeadList.CountOpenAsync(db, scope, city, cancellationToken);
        var newestLead = await db.Leads.VisibleTo(db, scope).MaxAsync(l => (long?)l.Id, cancellationToken) ?? 0;
        var handovers = db.Handovers.VisibleTo(db, scope).Where(h => h.ClosedAt == null);
        var waiting = await handovers.CountAsync(h => h.State == HandoverState.Waiting, cancellationToken);
        var alerts = await db.Alerts.VisibleTo(db, scope).CountAsync(a => a.ResolvedAt == null, cancellationToken);
        var conversations = handovers.Select(h => h.ConversationId);
        var newestMessage = await db.Messages.Where(m => conversations.Contains(m.ConversationId)).MaxAsync(m => (long?)m.Id, cancellationToken) ?? 0;
        return new(due + waiting + alerts, open, waiting, newestMessage + newestLead);
    }
}
