using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Conversations;

public enum NoticeAnswer { Coming, NotComing, Late, Interested, WantsMaterial }

/// <summary>What an owner answered to one notice; a later answer takes the place of the earlier one. Never a vote.</summary>
public sealed class NoticeReply
{
    public long Id { get; init; }
    public required long ConversationId { get; init; }
    /// <summary>The notice's outgoing key in this conversation, such as <c>delivery/17</c>.</summary>
    public required string Notice { get; init; }
    public required NoticeAnswer Answer { get; set; }
    public required int People { get; set; }
    public required DateTimeOffset At { get; set; }
}

internal sealed class NoticeReplyTable : IEntityTypeConfiguration<NoticeReply>
{
    public void Configure(EntityTypeBuilder<NoticeReply> reply)
    {
        reply.ToTable("NoticeReplies");
        reply.Property(r => r.Notice).HasMaxLength(64);
        reply.HasIndex(r => new { r.ConversationId, r.Notice }).IsUnique();
        reply.HasIndex(r => r.Notice);
        reply.HasOne<Conversation>().WithMany().HasForeignKey(r => r.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}
