using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>One dialogue of one person in one channel. Turns are serial: the grain of the same key runs them.</summary>
public sealed class Conversation
{
    public long Id { get; init; }
    public required string Channel { get; init; }
    public required string Account { get; init; }
    /// <summary>The channel's conversation id; with channel and account the key of the grain.</summary>
    public required string ChannelConversationId { get; init; }
    public required long ContactId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastActiveAt { get; set; }
    /// <summary>Number of the last message; grows by one a message.</summary>
    public int LastSequence { get; set; }
    /// <summary>The dialogue's state (topic, open form, waiting question) as JSON, encrypted.</summary>
    public string? State { get; set; }
    /// <summary>When something is due without a message: a draft to wipe, a reminder; null: nothing.</summary>
    public DateTimeOffset? DueAt { get; set; }
    /// <summary>Where the person can be reached (a <see cref="Activities.ConversationReference"/> as JSON), encrypted.</summary>
    public required string Reference { get; set; }
}

public enum Speaker { Owner, Bot, Staff }

/// <summary>One message of a conversation, in or out, in the order of <see cref="Sequence"/>. Outgoing rows are written with their cause and are what a channel delivers.</summary>
public sealed class Message
{
    public long Id { get; init; }
    public required long ConversationId { get; init; }
    public required int Sequence { get; init; }
    public required Speaker From { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>The whole Activity as JSON, encrypted. Rewritten only to redact it.</summary>
    public required string Activity { get; set; }
    /// <summary>Dedupe key of an inbound message (hash of what the channel names it by); unique within the conversation. Erased after <c>Privacy:DedupeDays</c>.</summary>
    public string? InboundKey { get; set; }
    /// <summary>Sequence of the inbound message that an outgoing one answers.</summary>
    public int? ReplyTo { get; init; }
    /// <summary>The idempotency key of a message that did not come from a turn (<c>delivery/17</c>, <c>staff/…</c>); unique within the conversation.</summary>
    public string? OutgoingKey { get; init; }
    /// <summary>Who of the staff wrote it.</summary>
    public string? StaffId { get; init; }
    /// <summary>When the channel took an outgoing message; null: still to be sent. Web chat reads the rows themselves, so there it is set at once.</summary>
    public DateTimeOffset? SentAt { get; set; }
    /// <summary>Epoch of the process that is calling the channel for it; null: nobody is.</summary>
    public string? ClaimedBy { get; set; }
    /// <summary>When it may be tried again without a new message of the person; null: at once.</summary>
    public DateTimeOffset? RetryAt { get; set; }
    /// <summary>The vendor said to wait: not before then, whatever the person writes meanwhile; null: it did not.</summary>
    public DateTimeOffset? NotBefore { get; set; }
}

internal sealed class ConversationTable : IEntityTypeConfiguration<Conversation>
{
    public void Configure(EntityTypeBuilder<Conversation> conversation)
    {
        conversation.ToTable("Conversations");
        conversation.Property(c => c.Channel).HasMaxLength(32);
        conversation.Property(c => c.Account).HasMaxLength(64);
        conversation.Property(c => c.ChannelConversationId).HasMaxLength(512);
        conversation.Property(c => c.State).IsPersonal();
        conversation.Property(c => c.Reference).IsPersonal();
        conversation.HasIndex(c => new { c.Channel, c.Account, c.ChannelConversationId }).IsUnique();
        conversation.HasIndex(c => c.ContactId);
        conversation.HasIndex(c => c.DueAt);
    }
}

internal sealed class MessageTable : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> message)
    {
        message.ToTable("Messages");
        message.Property(m => m.Activity).IsPersonal();
        message.Property(m => m.InboundKey).HasMaxLength(64);
        message.Property(m => m.OutgoingKey).HasMaxLength(64);
        message.HasIndex(m => new { m.ConversationId, m.Sequence }).IsUnique();
        message.HasIndex(m => new { m.ConversationId, m.InboundKey }).IsUnique().HasFilter("\"InboundKey\" IS NOT NULL");
        message.HasIndex(m => new { m.ConversationId, m.OutgoingKey }).IsUnique().HasFilter("\"OutgoingKey\" IS NOT NULL");
        message.Property(m => m.ClaimedBy).HasMaxLength(32);
        message.HasIndex(m => m.At);
        message.HasIndex(m => m.ConversationId, "IX_Messages_Unsent").HasFilter("\"SentAt\" IS NULL AND \"From\" <> 'Owner'");
        message.HasOne<Conversation>().WithMany().HasForeignKey(m => m.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class ConversationSets
{
    extension(OutreachDb db)
    {
        public DbSet<Conversation> Conversations => db.Set<Conversation>();
        public DbSet<Message> Messages => db.Set<Message>();
        public DbSet<Handover> Handovers => db.Set<Handover>();
        public DbSet<NoticeReply> NoticeReplies => db.Set<NoticeReply>();
        public DbSet<AnswerFeedback> AnswerFeedbacks => db.Set<AnswerFeedback>();
        public DbSet<UnansweredQuestion> UnansweredQuestions => db.Set<UnansweredQuestion>();
    }
}
