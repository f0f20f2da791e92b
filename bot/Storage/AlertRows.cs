using Microsoft.EntityFrameworkCore;

namespace Outreach.Storage;

public static class AlertRows
{
    /// <summary>
    /// Raises an alert inside the caller's <see cref="OutreachDb.WriteAsync{T}"/>; while one of this kind and subject is open nothing is added,
    /// unless it says something else by now: then the new one takes its place.
    /// </summary>
    public static async Task RaiseAsync(
        this OutreachDb db, AlertKind kind, string subject, long? areaId, string text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = db.Alerts.Local.FirstOrDefault(a => a.Kind == kind && a.Subject == subject && a.ResolvedAt == null)
            ?? await db.Alerts.SingleOrDefaultAsync(a => a.Kind == kind && a.Subject == subject && a.ResolvedAt == null, cancellationToken);
        if (open is not null)
        {
            if (open.Text == text)
                return;
            open.ResolvedAt = now;
            await db.SaveChangesAsync(cancellationToken);      // before its successor: one open alert per kind and subject
        }
        db.Alerts.Add(new Alert { Kind = kind, Subject = subject, AreaId = areaId, RaisedAt = now, Text = text });
    }

    /// <summary>Closes the open alert of this kind and subject, if there is one.</summary>
    public static Task ResolveAsync(this OutreachDb db, AlertKind kind, string subject, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.WriteAsync(() => db.Alerts.Where(a => a.Kind == kind && a.Subject == subject && a.ResolvedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.ResolvedAt, now), cancellationToken), cancellationToken);
}
