using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Campaigns;

public enum CampaignState { Draft, AwaitingApproval, Scheduled, Sending, Paused, Done, Cancelled }

/// <summary>
/// A step of the procedure whose notice the law asks for. Such a notice is a kind of its own: the weekly limit neither holds it back nor counts it, and whom it did not
/// reach must be told in writing.
/// </summary>
public enum LegalNotice { PreparatoryGroup, Candidates, FirstMeeting, Result, TermEnds }

/// <summary>What a follow-up campaign sends again: the rows of an earlier one that ended so.</summary>
public enum FollowUpKind { Failed, Unknown }

public enum Repeat { Never, Weekly, Monthly }

/// <summary>What an owner may answer with one press.</summary>
public enum ReplyChoices { None, Attend }

/// <summary>One notice to one audience.</summary>
public sealed class Campaign
{
    public long Id { get; init; }
    public required string Title { get; set; }
    public required string Body { get; set; }
    public string? Link { get; set; }
    /// <summary>Null: the notice has none.</summary>
    public NoticePicture? Picture
    {
        get => PictureId is null ? null : new(PictureId, PictureDescription!, PictureWidth!.Value, PictureHeight!.Value);
        set => (PictureId, PictureDescription, PictureWidth, PictureHeight) = (value?.Id, value?.Description, value?.Width, value?.Height);
    }
    public string? PictureId { get; private set; }
    public string? PictureDescription { get; private set; }
    public int? PictureWidth { get; private set; }
    public int? PictureHeight { get; private set; }
    public required NoticeTopics Topic { get; set; }
    /// <summary>Null: no notice that the law asks for.</summary>
    public LegalNotice? Step { get; set; }
    public ReplyChoices Replies { get; set; }
    /// <summary>The area subtree that may receive it (composer's scope or below).</summary>
    public required long AreaId { get; set; }
    /// <summary>Who of the area is meant (<see cref="AudienceFilter"/> as JSON); null: everyone.</summary>
    public string? Audience { get; set; }
    public CampaignState State { get; set; }
    /// <summary>Why it is paused, for the staff who see it.</summary>
    public string? PauseReason { get; set; }
    /// <summary>Who wrote it, or changed it last.</summary>
    public required string ComposerId { get; set; }
    /// <summary>The composer's display name at that time: a sent notice shows who wrote and who approved it.</summary>
    public required string ComposerName { get; set; }
    public string? ApproverId { get; set; }
    public string? ApproverName { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartAt { get; set; }
    /// <summary>When the snapshot was complete; from then on the audience is fixed.</summary>
    public DateTimeOffset? SnapshotAt { get; set; }
    /// <summary>The campaign whose rows this one sends again; null: it has an audience of its own.</summary>
    public long? FollowsId { get; init; }
    public FollowUpKind? FollowUp { get; init; }
    public Repeat Repeat { get; set; }
    /// <summary>The first campaign of a recurring notice; null: it is the first, or does not recur.</summary>
    public long? SeriesId { get; init; }
    /// <summary>Of a sequence: days after the sign-up at which an owner gets this one; null: it belongs to none. Its snapshot grows until it is stopped.</summary>
    public int? DripDay { get; init; }
    /// <summary>The sequence that it belongs to.</summary>
    public Guid? DripId { get; init; }
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

/// <summary>One copy of a campaign for one person, on one channel at a time.</summary>
public sealed class Delivery
{
    public long Id { get; init; }
    public required long CampaignId { get; init; }
    /// <summary>The contact in whose name the person signed up: one row a person, whatever channels reach them.</summary>
    public required long PersonId { get; init; }
    /// <summary>Where the copy goes: the person's own contact, or one that stands for an address of theirs. A channel that cannot reach them passes the row on to the next.</summary>
    public required long ContactId { get; set; }
    /// <summary>The community for whose sake the contact is in the audience; fills {小区}.</summary>
    public required long CommunityId { get; init; }
    public required string Channel { get; set; }
    public required string Account { get; set; }
    public DeliveryState State { get; set; }
    public SkipReason SkipReason { get; set; }
    public required DateTimeOffset DueAt { get; set; }
    public string? ClaimedBy { get; set; }
    public int Tries { get; set; }
    /// <summary>An answer was lost, or a process died, after the message may have left: it is tried again under its key only, and ends as Sent or Unknown.</summary>
    public bool MayHaveArrived { get; set; }
    /// <summary>The vendor's id of the message, or of the batch that it went out with.</summary>
    public string? MessageId { get; set; }
    /// <summary>The batch with which it was handed to an <see cref="Activities.IBulkChannel"/>. Elsewhere set only while the message may be on the wire. Null: nothing has left the house.</summary>
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
        campaign.Ignore(c => c.Picture);
        campaign.Property(c => c.PictureDescription).HasMaxLength(256);
        campaign.HasOne<PictureFile>().WithMany().HasForeignKey(c => c.PictureId).OnDelete(DeleteBehavior.Restrict);
        campaign.Property(c => c.ComposerName).HasMaxLength(64);
        campaign.Property(c => c.ApproverName).HasMaxLength(64);
        campaign.Property(c => c.Version).IsConcurrencyToken();
        campaign.HasIndex(c => c.FormToken).IsUnique();
        campaign.HasIndex(c => new { c.State, c.StartAt });
        campaign.HasIndex(c => new { c.FollowsId, c.FollowUp }).IsUnique().HasFilter("\"State\" <> 'Cancelled' AND \"FollowsId\" IS NOT NULL");      // two people who retry make one
        campaign.HasIndex(c => c.DripId);
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
        delivery.HasIndex(d => new { d.CampaignId, d.PersonId }).IsUnique();
        delivery.HasIndex(d => new { d.CampaignId, d.State, d.Channel, d.Account, d.DueAt });
        delivery.HasIndex(d => d.PersonId);
        delivery.HasIndex(d => new { d.CampaignId, d.EndedAt }).HasFilter("\"EndedAt\" IS NOT NULL");
        delivery.HasIndex(d => new { d.CampaignId, d.Channel, d.Account, d.Batch }).HasFilter("\"Batch\" IS NOT NULL AND \"State\" = 'Queued'");
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
        public DbSet<Segment> Segments => db.Set<Segment>();
        public DbSet<PictureFile> PictureFiles => db.Set<PictureFile>();
    }
}
