using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>Notices that come round again: each begins by planning the next, in the same commit, so that there is always exactly one ahead. Stopping that one ends the series.</summary>
internal static class Recurring
{
    /// <summary>Inside the caller's <see cref="OutreachDb.WriteAsync{T}"/>; the caller saves.</summary>
    public static async Task AddNextAsync(OutreachDb db, Campaign campaign, CityClock city)
    {
        var series = campaign.SeriesId ?? campaign.Id;
        if (campaign is not { Repeat: not Repeat.Never, StartAt: { } start } || await db.Campaigns.AnyAsync(c => c.SeriesId == series && c.Id > campaign.Id))
            return;      // resumed: it has planned the next before
        db.Campaigns.Add(new Campaign
        {
            Title = campaign.Title,
            Body = campaign.Body,
            Link = campaign.Link,
            Picture = campaign.Picture,
            Topic = campaign.Topic,
            Step = campaign.Step,
            Replies = campaign.Replies,
            AreaId = campaign.AreaId,
            Audience = campaign.Audience,
            State = CampaignState.Scheduled,
            ComposerId = campaign.ComposerId,
            ComposerName = campaign.ComposerName,
            ApproverId = campaign.ApproverId,
            ApproverName = campaign.ApproverName,
            CreatedAt = city.UtcNow,
            StartAt = Next(start, campaign.Repeat, city),
            Repeat = campaign.Repeat,
            SeriesId = series,
            FormToken = Guid.NewGuid(),
            Version = Guid.NewGuid(),
        });
    }

    /// <summary>The same hour of the city's day a week or a month on; the last day of a shorter month.</summary>
    public static DateTimeOffset Next(DateTimeOffset start, Repeat repeat, CityClock city)
    {
        var local = city.ToLocal(start).DateTime;
        return repeat switch
        {
            Repeat.Never => start,
            Repeat.Weekly => city.FromLocal(local.AddDays(7)),
            Repeat.Monthly => city.FromLocal(local.AddMonths(1)),
        };
    }
}
