using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Channels.WeChat;

/// <summary>
/// A notice that was handed to the vendor for one follower: written before the call, so that after a crash the same batch, handed over again, sends nobody a second copy.
/// </summary>
public sealed class WeChatHandout
{
    public long Id { get; init; }
    /// <summary>Hash of batch and follower: tells nobody who it was.</summary>
    public required string Key { get; init; }
    public required WeChatWay Way { get; set; }
    public required DateTimeOffset At { get; set; }
    /// <summary>What the vendor said; null: nothing that was heard.</summary>
    public SendClass? Class { get; set; }
    public string? MessageId { get; set; }
    public string? VendorCode { get; set; }
}

internal sealed class WeChatHandoutTable : IEntityTypeConfiguration<WeChatHandout>
{
    public void Configure(EntityTypeBuilder<WeChatHandout> handout)
    {
        handout.ToTable("WeChatHandouts");
        handout.Property(h => h.Key).HasMaxLength(43);
        handout.Property(h => h.MessageId).HasMaxLength(128);
        handout.Property(h => h.VendorCode).HasMaxLength(64);
        handout.HasIndex(h => h.Key).IsUnique();
        handout.HasIndex(h => h.At);
    }
}

/// <summary>Handouts after <c>Privacy:DedupeDays</c>: by then no batch is handed over again.</summary>
internal sealed class WeChatHandoutRetention(Microsoft.Extensions.Options.IOptions<SiteOptions> site) : IRetained
{
    private const int Batch = 500;

    public RetentionKind Kind => RetentionKind.DedupeKeys;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now.AddDays(-site.Value.Privacy.DedupeDays);
        var due = await db.Set<WeChatHandout>().Where(h => h.At < before).OrderBy(h => h.At).Select(h => h.Id).Take(Batch).ToListAsync(cancellationToken);
        return due.Count == 0 ? 0 : await db.Set<WeChatHandout>().Where(h => due.Contains(h.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
