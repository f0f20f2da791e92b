using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Contacts;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>Messages older than <c>Privacy:TranscriptMonths</c>.</summary>
internal sealed class TranscriptRetention(IOptions<SiteOptions> site) : IRetained
{
    private const int Batch = 500;

    public RetentionKind Kind => RetentionKind.Transcripts;

    public async Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now.AddMonths(-site.Value.Privacy.TranscriptMonths);
        var due = await db.Messages.Where(m => m.At < before).OrderBy(m => m.At).Select(m => m.Id).Take(Batch).ToListAsync(cancellationToken);
        return due.Count == 0 ? 0 : await db.Messages.Where(m => due.Contains(m.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}

/// <summary>Unfinished forms and other dialogue state of conversations that were silent for <c>Privacy:WithdrawnDays</c>.</summary>
internal sealed class DraftRetention(IOptions<SiteOptions> site) : IRetained
{
    public RetentionKind Kind => RetentionKind.Drafts;

    public Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now.AddDays(-site.Value.Privacy.WithdrawnDays);
        return db.Conversations.Where(c => c.LastActiveAt < before && c.State != null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.State, (string?)null), cancellationToken);
    }
}

/// <summary>Keys by which a channel's repeated message is known, after <c>Privacy:DedupeDays</c>.</summary>
internal sealed class DedupeRetention(IOptions<SiteOptions> site) : IRetained
{
    public RetentionKind Kind => RetentionKind.DedupeKeys;

    public Task<int> EraseDueAsync(OutreachDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now.AddDays(-site.Value.Privacy.DedupeDays);
        return db.Messages.Where(m => m.At < before && m.InboundKey != null)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.InboundKey, (string?)null), cancellationToken);
    }
}
