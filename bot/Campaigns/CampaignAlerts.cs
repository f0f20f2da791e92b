using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>A campaign that stops by itself tells the staff why, once.</summary>
internal static class CampaignAlerts
{
    public static string Subject(long campaignId) => $"campaign/{campaignId}";

    /// <summary>Pauses a tracked campaign and raises the alert, inside the caller's <see cref="OutreachDb.WriteAsync{T}"/>.</summary>
    /// <param name="reason">One or two sentences in Chinese: what happened, what to do.</param>
    public static async Task PauseAsync(this OutreachDb db, Campaign campaign, string reason, DateTimeOffset now)
    {
        campaign.State = CampaignState.Paused;
        campaign.PauseReason = reason;
        campaign.Version = Guid.NewGuid();
        await db.RaiseAsync(AlertKind.CampaignPaused, Subject(campaign.Id), campaign.AreaId, $"通知“{campaign.Title}”停着：{reason}", now, CancellationToken.None);
        await db.SaveChangesAsync();
    }
}
