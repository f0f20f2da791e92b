using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Campaigns;

public enum CampaignState { Draft, AwaitingApproval, Scheduled, Sending, Paused, Done, Cancelled }

/// <summary>One notice to one audience.</summary>
public sealed class Campaign
{
    public long Id { get; init; }
    public required string Title { get; set; }
    public required string Body { get; set; }
    public string? Link { get; set; }
    public required NoticeTopics Topic { get; set; }
    /// <summary>The area subtree that may receive it (composer's scope or below).</summary>
    public required long AreaId { get; set; }
    /// <summary>Ids of the chosen communities, as <c>,3,17,</c>; null: every community of the area.</summary>
    public string? CommunityIds { get; set; }
    public CampaignState State { get; set; }
    /// <summary>Why it is paused, for the staff who see it.</summary>
    public string? PauseReason { get; set; }
    public required string ComposerId { get; init; }
    /// <summary>The composer's display name at that time: a sent notice shows who wrote and who approved it.</summary>
    public required string ComposerName { get; init; }
    public string? ApproverId { get; set; }
    public string? ApproverName { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartAt { get; set; }
    /// <summary>When the snapshot was complete; from then on the audience is fixed.</summary>
    public DateTimeOffset? SnapshotAt { get; set; }
    /// <summary>The last contact id that the snapshot has reached: a crash continues there.</summary>
    public long SnapshotCursor { get; set; }
    public DateTimeOffset? DoneAt { get; set; }
    /// <summary>Set by the form, unique: a double click makes one campaign.</summary>
    public required Guid FormToken { get; init; }
    public Guid Version { get; set; }
}

/// <summary>State of one delivery. Queued and Sending change; the other four are final, but for a Sent that the vendor itself takes back later (<see cref="DeliveryReports"/>).</summary>
public enum DeliveryState { Queued, Sending, Sent, Failed, Skipped, Unknown }

public enum SkipReason { None, OptedOut, TopicLeft, WindowClosed, RecipientGone, ChannelOff, Cancelled, SignUpEnded, WeeklyLimit }

/// <summary>One copy of a campaign for one contact.</summary>
public sealed class Delivery
{
    public long Id { get; init; }
    public required long CampaignId { get; init; }
    public required long ContactId { get; init; }
    /// <summary>The community for whose sake the contact is in the audience; fills {小区}.</summary>
    public required long CommunityId { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    public DeliveryState State { get; set; }
    public SkipReason SkipReason { get; set; }
    public required DateTimeOffset DueAt { get; set; }
    public string? ClaimedBy { get; set; }
    public int Tries { get; set; }
    /// <summary>The vendor's id of the message, or of the batch that it went out with.</summary>
    public string? MessageId { get; set; }
    /// <summary>The batch with which it was handed to an <see cref="Activities.IBulkChannel"/>; null: not yet, or alone.</summary>
    public string? Batch { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? LastError { get; set; }
}

/// <summary>What a channel account may still send in its window; written before sending, so a crash sends less, never more.</summary>
public sealed class ChannelQuota
{
    /// <summary>Such as <c>wechat/gh_abc</c>.</summary>
    public required string Account { get; init; }
    public required DateTimeOffset WindowStart { get; set; }
    public required int Used { get; set; }
    /// <summary>Until when the account rests; null: it works.</summary>
    public DateTimeOffset? PausedUntil { get; set; }
    public string? PauseReason { get; set; }
    public Guid Version { get; set; }
}

internal sealed class CampaignTable : IEntityTypeConfiguration<Campaign>
{
    public void Configure(EntityTypeBuilder<Campaign> campaign)
    {
        campaign.ToTable("Campaigns");
        campaign.Property(c => c.Title).HasMaxLength(64);
        campaign.Property(c => c.Body).HasMaxLength(4000);
        campaign.Property(c => c.ComposerName).HasMaxLength(64);
        campaign.Property(c => c.ApproverName).HasMaxLength(64);
        campaign.Property(c => c.Version).IsConcurrencyToken();
        campaign.HasIndex(c => c.FormToken).IsUnique();
        campaign.HasIndex(c => new { c.State, c.StartAt });
    }
}

internal sealed class DeliveryTable : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> delivery)
    {
        delivery.ToTable("Deliveries");
        delivery.Property(d => d.Channel).HasMaxLength(32);
        delivery.Property(d => d.Account).HasMaxLength(64);
        delivery.Property(d => d.MessageId).HasMaxLength(128);
        delivery.Property(d => d.Batch).HasMaxLength(64);
        delivery.Property(d => d.LastError).HasMaxLength(128);
        delivery.HasIndex(d => new { d.CampaignId, d.ContactId }).IsUnique();
        delivery.HasIndex(d => new { d.CampaignId, d.State, d.DueAt });
        delivery.HasIndex(d => new { d.State, d.DueAt });
        delivery.HasIndex(d => d.ContactId);
        delivery.HasIndex(d => d.MessageId).HasFilter("\"MessageId\" IS NOT NULL");
        delivery.HasOne<Campaign>().WithMany().HasForeignKey(d => d.CampaignId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ChannelQuotaTable : IEntityTypeConfiguration<ChannelQuota>
{
    public void Configure(EntityTypeBuilder<ChannelQuota> quota)
    {
        quota.ToTable("ChannelQuotas");
        quota.HasKey(q => q.Account);
        quota.Property(q => q.Account).HasMaxLength(96);
        quota.Property(q => q.Version).IsConcurrencyToken();
    }
}

public static class CampaignSets
{
    extension(OutreachDb db)
    {
        public DbSet<Campaign> Campaigns => db.Set<Campaign>();
        public DbSet<Delivery> Deliveries => db.Set<Delivery>();
        public DbSet<ChannelQuota> ChannelQuotas => db.Set<ChannelQuota>();
    }
}
