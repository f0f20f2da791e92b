using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Channels.WeCom;

/// <summary>How far the messages of one customer-service account have been read, and whether there are more.</summary>
public sealed class KfCursor
{
    public required string Account { get; init; }
    public required string OpenKfId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>The vendor's <c>next_cursor</c> behind the last message whose turn is committed; null: nothing was read.</summary>
    public string? Cursor { get; set; }
    /// <summary>Of the last callback; with it the vendor lets us read as often as we like.</summary>
    public string? Token { get; set; }
    public DateTimeOffset? TokenUntil { get; set; }
    /// <summary>New with every callback; null: everything was read.</summary>
    public string? Wanted { get; set; }
    /// <summary>Not before; null: at once.</summary>
    public DateTimeOffset? RetryAt { get; set; }
}

internal sealed class KfCursorTable : IEntityTypeConfiguration<KfCursor>
{
    public void Configure(EntityTypeBuilder<KfCursor> cursor)
    {
        cursor.ToTable("WeComKfCursors");
        cursor.HasKey(c => new { c.Account, c.OpenKfId });
        cursor.Property(c => c.Account).HasMaxLength(64);
        cursor.Property(c => c.OpenKfId).HasMaxLength(64);
        cursor.Property(c => c.Cursor).HasMaxLength(256);
        cursor.Property(c => c.Token).HasMaxLength(256);
        cursor.Property(c => c.Wanted).HasMaxLength(32);
    }
}

public static class WeComSets
{
    extension(OutreachDb db)
    {
        public DbSet<KfCursor> KfCursors => db.Set<KfCursor>();
    }
}
