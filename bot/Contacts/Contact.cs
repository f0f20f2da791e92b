using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Contacts;

/// <summary>One person as one channel knows them. Two contacts are linked only after a person confirmed it, never by an equal number alone.</summary>
public sealed class Contact
{
    public long Id { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    /// <summary>The channel's id of the person, such as an open id or <c>dl_…</c>; <c>erased/</c> and a keyed hash once they are forgotten.</summary>
    public required string UserId { get; set; }
    /// <summary>The community the person last spoke of as theirs, or came from (a QR code).</summary>
    public long? CommunityId { get; set; }
    /// <summary>The conversation in which notices reach them: the latest one.</summary>
    public long? ConversationId { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }
    /// <summary>Since when no notice may be sent; null: notices are welcome.</summary>
    public DateTimeOffset? OptedOutAt { get; set; }
    /// <summary>Topics the person chose, when they chose some; <see cref="NoticeTopics.All"/> otherwise.</summary>
    public NoticeTopics Topics { get; set; } = NoticeTopics.All;
    /// <summary>The channel says that the person is gone (blocked, not a follower).</summary>
    public DateTimeOffset? UnreachableSince { get; set; }
    /// <summary>What the channel last said of it; a message without a locale changes nothing.</summary>
    public ContactLanguage Language { get; set; }
    /// <summary>The contact who gave and confirmed the address that this one stands for; null: somebody who writes to us.</summary>
    public long? OwnerId { get; set; }
    /// <summary>The person had their data erased; the row stays only to keep the opt-out.</summary>
    public DateTimeOffset? ErasedAt { get; set; }
}

[Flags]
public enum NoticeTopics { None = 0, Procedure = 1, MyCommunity = 2, Training = 4, General = 8, All = 15 }

/// <summary>What an answer to a consent question was about.</summary>
public enum ConsentPurpose
{
    Collect,
    PassOn,
    /// <summary>Notices to a phone or mailbox as well.</summary>
    Notices,
}

public enum ConsentAnswer { Given, Refused, Withdrawn }

/// <summary>One answer to one consent question, kept as evidence (PIPL 14, 17, 23): append only.</summary>
public sealed class Consent
{
    public long Id { get; init; }
    public required long ContactId { get; init; }
    /// <summary>Key of the lead that it was for.</summary>
    public string? LeadKey { get; init; }
    public required ConsentPurpose Purpose { get; init; }
    public required ConsentAnswer Answer { get; init; }
    /// <summary>Version of the text that was shown, such as <c>C1 v1</c> with a short hash of the filled text.</summary>
    public required string TextVersion { get; init; }
    /// <summary>Who receives the data; the operator for <see cref="ConsentPurpose.Collect"/>.</summary>
    public required string Receiver { get; init; }
    public required string Channel { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>The person's own words, encrypted.</summary>
    public required string Wording { get; init; }
}

/// <summary>Outlives erasure, import and merge: a keyed hash of a channel identity that wants no notices.</summary>
public sealed class OptOutMark
{
    public long Id { get; init; }
    public required string IdentityHash { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed class ContactTable : IEntityTypeConfiguration<Contact>
{
    public void Configure(EntityTypeBuilder<Contact> contact)
    {
        contact.ToTable("Contacts");
        contact.Property(c => c.Topics).HasConversion<int>();   // bits, tested in queries
        contact.Property(c => c.Channel).HasMaxLength(32);
        contact.Property(c => c.Account).HasMaxLength(64);
        contact.Property(c => c.UserId).HasMaxLength(256);
        contact.HasIndex(c => new { c.Channel, c.Account, c.UserId }).IsUnique();
        contact.HasIndex(c => c.CommunityId);
        contact.HasIndex(c => c.OwnerId).HasFilter("\"OwnerId\" IS NOT NULL");      // nearly nobody has one, and nobody looks for those who have none
        contact.HasOne<Community>().WithMany().HasForeignKey(c => c.CommunityId).OnDelete(DeleteBehavior.SetNull);
    }
}

internal sealed class ConsentTable : IEntityTypeConfiguration<Consent>
{
    public void Configure(EntityTypeBuilder<Consent> consent)
    {
        consent.ToTable("Consents");
        consent.Property(c => c.Wording).IsPersonal();
        consent.HasIndex(c => c.ContactId);
        consent.Property(c => c.LeadKey).HasMaxLength(16);
        consent.HasIndex(c => c.LeadKey);
        consent.HasIndex(c => new { c.Purpose, c.TextVersion, c.Answer, c.At }).HasDatabaseName("IX_Consents_Versions");     // how often each text was answered
        consent.HasOne<Contact>().WithMany().HasForeignKey(c => c.ContactId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class OptOutMarkTable : IEntityTypeConfiguration<OptOutMark>
{
    public void Configure(EntityTypeBuilder<OptOutMark> mark)
    {
        mark.ToTable("OptOutMarks");
        mark.Property(m => m.IdentityHash).HasMaxLength(64);
        mark.HasIndex(m => m.IdentityHash).IsUnique();
    }
}

public static class ContactSets
{
    extension(OutreachDb db)
    {
        public DbSet<Contact> Contacts => db.Set<Contact>();
        public DbSet<Consent> Consents => db.Set<Consent>();
        public DbSet<OptOutMark> OptOutMarks => db.Set<OptOutMark>();
    }
}
