using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Campaigns;

public static class CampaignsSetup
{
    public static IServiceCollection AddCampaigns(this IServiceCollection services)
    {
        services.AddOptions<CampaignOptions>().BindConfiguration("Campaigns")
            .Validate(o => o.PageSize is >= 1 and <= 5000, "Campaigns:PageSize must be between 1 and 5000 (deliveries claimed at once).")
            .Validate(o => o.ApprovalAbove >= 0, "Campaigns:ApprovalAbove must be 0 or more (owners above which a second person approves a notice).")
            .Validate(o => o.ApprovalAboveOn.Values.All(above => above >= 0), "Campaigns:ApprovalAboveOn:<channel> must be 0 or more (owners on that channel above which a second person approves a notice).")
            .Validate(o => o.Concurrency is >= 1 and <= 64, "Campaigns:Concurrency must be between 1 and 64 (messages on their way at once per channel account).")
            .Validate(o => o.QuietUntilHour is >= 0 and <= 23 && o.QuietFromHour is >= 1 and <= 24 && o.QuietUntilHour < o.QuietFromHour,
                "Campaigns:QuietUntilHour and Campaigns:QuietFromHour must be hours of the day, the first before the second (notices go out between them).")
            .Validate(o => o.PerOwnerPerWeek is >= 0 and <= 50, "Campaigns:PerOwnerPerWeek must be between 0 and 50 (notices that one owner gets in seven days; 0: no limit).")
            .Validate(o => o.Quotas.Values.All(q => q.Limit >= 0 && q.Window > TimeSpan.Zero), "Campaigns:Quotas:<channel> needs Limit (0 or more messages) and Window (such as 1.00:00:00).")
            .ValidateOnStart();
        services.AddSingleton<SendingHours>();
        services.AddSingleton<CampaignDesk>();
        services.AddSingleton<FollowUps>();
        services.AddSingleton<NoticePictures>();
        services.AddSingleton<Contacts.IRetained, PictureRetention>();
        services.AddSingleton<Segments>();
        services.AddSingleton<CampaignReport>();
        services.AddSingleton<CampaignPace>();
        services.AddSingleton<QuotaKeeper>();
        services.AddSingleton<CampaignChannels>();
        services.AddSingleton<Audience>();
        services.AddSingleton<AudienceSnapshot>();
        services.AddSingleton<Sequences>();
        services.AddSingleton<DeliveryEnds>();
        services.AddSingleton<NoticeSender>();
        services.AddSingleton<AccountSender>();
        services.AddSingleton<CampaignRun>();
        services.AddSingleton<DeliveryReports>();
        services.AddSingleton<VendorReports>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<VendorReports>());
        services.AddSingleton<Contacts.IRetained, VendorReportRetention>();
        services.AddSingleton<IDueWork, DueCampaigns>();
        services.AddSingleton<IDemoContent, DemoCampaigns>();
        return services;
    }

    /// <summary>The pictures of notices, to whoever was told of one.</summary>
    public static void MapCampaigns(this IEndpointRouteBuilder routes) =>
        routes.MapGet(NoticePicture.PathOf("{id}"), ServedPicture.Read);
}

/// <summary>Finds the campaigns that have something to do and lets their grains carry on.</summary>
internal sealed class DueCampaigns(IDbContextFactory<OutreachDb> databases, IGrainFactory grains, TimeProvider clock) : IDueWork
{
    public string Name => "campaigns";

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var due = await db.Campaigns.Where(c => (c.State == CampaignState.Sending && (c.DripDay == null || c.StartAt <= now
                    || db.Set<Delivery>().Any(d => d.CampaignId == c.Id && (d.State == DeliveryState.Queued || d.State == DeliveryState.Sending)))) || (c.State == CampaignState.Scheduled && c.StartAt <= now)
                || (c.State == CampaignState.Cancelled && db.Set<Delivery>().Any(d => d.CampaignId == c.Id && (d.State == DeliveryState.Queued || d.State == DeliveryState.Sending))))
            .Select(c => c.Id).ToListAsync(cancellationToken);
        await Task.WhenAll(due.Select(id => grains.GetGrain<ICampaignGrain>(id).CarryOnAsync().WaitAsync(cancellationToken)));
    }
}
