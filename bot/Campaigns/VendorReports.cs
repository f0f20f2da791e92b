using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Campaigns;

/// <summary>What a vendor told of one message, or of one mass send with its counts, after it took it.</summary>
public sealed class VendorReport
{
    public long Id { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    /// <summary>As <see cref="SendResult.MessageId"/> gave it.</summary>
    public required string MessageId { get; init; }
    /// <summary>Whose copy, encrypted until it is applied; null: everybody's.</summary>
    public string? UserId { get; set; }
    public required SendClass Class { get; init; }
    /// <summary>In the vendor's words.</summary>
    public required string Status { get; init; }
    /// <summary>Whom the mass send named.</summary>
    public int? Total { get; init; }
    /// <summary>Of these, left after those whose quota is used up or who refuse.</summary>
    public int? Filtered { get; init; }
    public int? Sent { get; init; }
    public int? Failed { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>When it was matched to its deliveries; null: they are not written yet.</summary>
    public DateTimeOffset? AppliedAt { get; set; }
}

/// <summary>
/// Takes reports and matches them to deliveries by the vendor's message id. A report may be faster than our own row of the send, so it is a row itself and tried again
/// until the deliveries are there, or for a day.
/// </summary>
public sealed class VendorReports(IDbContextFactory<OutreachDb> databases, DeliveryReports deliveries, TimeProvider clock) : IDueWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    public string Name => "vendor-reports";

    /// <summary>The same report twice is one.</summary>
    public async Task TakeAsync(VendorReport report, CancellationToken cancellationToken)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            var isNew = await db.WriteAsync(async () =>
            {
                var earlier = db.Set<VendorReport>().Where(r => r.Channel == report.Channel && r.Account == report.Account && r.MessageId == report.MessageId);
                if (report.UserId is null && await earlier.AnyAsync(r => r.Total != null, cancellationToken))
                    return false;
                if (report.UserId is not null && report.Class == SendClass.Ok)
                    return false;      // nothing to do, and nothing to count
                db.Add(report);
                await db.SaveChangesAsync(cancellationToken);
                return true;
            }, cancellationToken);
            if (!isNew)
                return;
        }
        await ApplyAsync(report.Id, cancellationToken);
    }

    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var since = clock.GetUtcNow() - Patience;
        foreach (var id in await db.Set<VendorReport>().Where(r => r.AppliedAt == null && r.At > since).OrderBy(r => r.Id).Select(r => r.Id).Take(100).ToListAsync(cancellationToken))
            await ApplyAsync(id, cancellationToken);
    }

    private async Task ApplyAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var report = await db.Set<VendorReport>().SingleAsync(r => r.Id == id, cancellationToken);
        var known = db.Deliveries.Where(d => d.MessageId == report.MessageId && d.Channel == report.Channel && d.Account == report.Account);
        if (!await known.AnyAsync(cancellationToken))
            return;
        if (report.Class != SendClass.Ok)
            await deliveries.FailedAsync(report.Channel, report.Account, report.MessageId, report.UserId, new(report.Class, report.MessageId, report.Status), cancellationToken);
        await db.WriteAsync(async () =>
        {
            report.AppliedAt = clock.GetUtcNow();
            report.UserId = null;
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }
}

internal sealed class VendorReportTable : IEntityTypeConfiguration<VendorReport>
{
    public void Configure(EntityTypeBuilder<VendorReport> report)
    {
        report.ToTable("VendorReports");
        report.Property(r => r.Channel).HasMaxLength(32);
        report.Property(r => r.Account).HasMaxLength(64);
        report.Property(r => r.MessageId).HasMaxLength(128);
        report.Property(r => r.UserId).IsPersonal();
        report.Property(r => r.Status).HasMaxLength(64);
        report.HasIndex(r => new { r.Channel, r.Account, r.MessageId });
        report.HasIndex(r => r.AppliedAt);
    }
}

/// <summary>Reports after <c>Privacy:DedupeDays</c>: those of single followers; the counts of mass sends stay with their notice.</summary>
internal sealed class VendorReportRetention(Microsoft.Extensions.Options.IOptions<SiteOptions> site) : IRetained
{
    public RetentionKind Kind => RetentionKind.DedupeKeys;

    public Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now.AddDays(-site.Value.Privacy.DedupeDays);
        return db.Set<VendorReport>().Where(r => r.At < before && r.Total == null).ExecuteDeleteAsync(cancellationToken);
    }
}
