using Microsoft.EntityFrameworkCore;

namespace Outreach.Storage;

/// <summary>Writes who saw or did what.</summary>
public sealed class AuditLog(IDbContextFactory<OutreachDb> databases, TimeProvider clock)
{
    /// <summary>Adds an entry to the caller's transaction.</summary>
    /// <param name="detail">Chinese, free of personal data; cut at 256 characters.</param>
    public void Add(OutreachDb db, AuditKind kind, string? staffId, long? subjectId = null, string? detail = null) => db.AuditEntries.Add(new AuditEntry
    {
        At = clock.GetUtcNow(),
        Kind = kind,
        StaffId = staffId,
        SubjectId = subjectId,
        Detail = detail is { Length: > 256 } ? detail[..256] : detail,
    });

    /// <summary>Writes an entry of its own. Before the thing itself is shown: what cannot be recorded is not shown.</summary>
    public async Task RecordAsync(AuditKind kind, string? staffId, long? subjectId, string? detail, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        Add(db, kind, staffId, subjectId, detail);
        await db.SaveChangesAsync(cancellationToken);
    }
}
