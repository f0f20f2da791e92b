using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Channels.WebChat;

/// <summary>The person behind our own page's cookie. Written with the first message, so that a visit alone leaves no row.</summary>
public sealed class WebChatPerson
{
    public long Id { get; init; }
    /// <summary>Keyed hash of the cookie; the cookie itself is nowhere on the server.</summary>
    public required string CookieHash { get; init; }
    /// <summary>The user id that the cookie stands for, <c>dl_…</c>.</summary>
    public required string UserId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>Last visit; the cookie lives 180 days from here.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }
}

internal sealed class WebChatPersonTable : IEntityTypeConfiguration<WebChatPerson>
{
    public void Configure(EntityTypeBuilder<WebChatPerson> person)
    {
        person.ToTable("WebChatPersons");
        person.Property(p => p.CookieHash).HasMaxLength(64);
        person.Property(p => p.UserId).HasMaxLength(64);
        person.HasIndex(p => p.CookieHash).IsUnique();
        person.HasIndex(p => p.UserId);
        person.HasIndex(p => p.LastSeenAt);
    }
}

public static class WebChatSets
{
    extension(OutreachDb db)
    {
        public DbSet<WebChatPerson> WebChatPersons => db.Set<WebChatPerson>();
    }
}
