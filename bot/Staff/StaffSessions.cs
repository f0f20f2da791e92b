using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The sessions of the console as rows: begun by a sign-in, seen at every click, ended from any page on any node.</summary>
internal sealed class StaffSessions(IDbContextFactory<OutreachDb> databases, IHttpContextAccessor accessor, AuditLog audit, IOptions<StaffOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The session of this request.</summary>
    public sealed record Current(Guid Id, string StaffId);

    /// <summary>An open session for its owner's eyes.</summary>
    public sealed record Line(Guid Id, string Browser, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, bool IsThis);

    /// <summary>A new row, or the one that this request already has: setting up the second factor signs in again and is no second session.</summary>
    public async Task<Guid> BeginAsync(HttpContext http, string staffId)
    {
        if (http.Features.Get<Current>() is { } current && current.StaffId == staffId)
            return current.Id;
        var now = clock.GetUtcNow();
        var old = now - Kept;
        var session = new StaffSession { Id = Guid.NewGuid(), StaffId = staffId, StartedAt = now, LastSeenAt = now, Browser = BrowserName.Of(http.Request.Headers.UserAgent) };
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        await db.WriteAsync(async () =>
        {
            await db.StaffSessions.Where(s => s.StaffId == staffId && s.LastSeenAt < old).ExecuteDeleteAsync(CancellationToken.None);
            db.StaffSessions.Add(session);
            await db.SaveChangesAsync(CancellationToken.None);
        }, CancellationToken.None);
        http.Features.Set(new Current(session.Id, staffId));
        return session.Id;
    }

    /// <summary>Whether the session is still open; a click keeps it on the list as seen.</summary>
    public async Task<bool> IsOpenAsync(OutreachDb db, Guid id, string staffId, Seen seen, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var session = await db.StaffSessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.StaffId == staffId && s.EndedAt == null, cancellationToken);
        if (session is null || now >= session.StartedAt.AddHours(options.Value.SessionHours))
            return false;
        if (seen == Seen.Click && now - session.LastSeenAt >= SeenEvery)
            await db.WriteAsync(() => db.StaffSessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now), CancellationToken.None), cancellationToken);
        return true;
    }

    /// <summary>The open sessions of one member, the last seen first.</summary>
    public async Task<IReadOnlyList<Line>> ListAsync(string staffId, CancellationToken cancellationToken)
    {
        var mine = accessor.HttpContext?.Features.Get<Current>()?.Id;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await Open(db).Where(s => s.StaffId == staffId).OrderByDescending(s => s.LastSeenAt).ToListAsync(cancellationToken))
            .Select(s => new Line(s.Id, s.Browser, s.StartedAt, s.LastSeenAt, s.Id == mine))];
    }

    /// <summary>How many open sessions each member has.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Open(db).GroupBy(s => s.StaffId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
    }

    /// <summary>Ends the session of this request, without another entry in the audit.</summary>
    public async Task CloseAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (http.Features.Get<Current>() is not { } current)
            return;
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WriteAsync(() => db.StaffSessions.Where(s => s.Id == current.Id && s.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancellationToken), cancellationToken);
    }

    /// <summary>Ends one of one's own sessions; false: there is no such open session.</summary>
    public async Task<bool> EndAsync(Guid id, StaffScope scope, CancellationToken cancellationToken) =>
        await EndAsync(scope.StaffId, s => s.Id == id, AuditKind.SignedOut, scope.StaffId, "一处登录", cancellationToken) > 0;

    /// <summary>Ends all of one's own sessions but this one.</summary>
    public Task<int> EndOthersAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        var mine = accessor.HttpContext?.Features.Get<Current>()?.Id ?? Guid.Empty;
        return EndAsync(scope.StaffId, s => s.Id != mine, AuditKind.SignedOut, scope.StaffId, "别处的登录", cancellationToken);
    }

    /// <summary>Ends all of one's own sessions, this one too.</summary>
    public Task<int> EndAllAsync(StaffScope scope, CancellationToken cancellationToken) =>
        EndAsync(scope.StaffId, _ => true, AuditKind.SignedOut, scope.StaffId, "全部登录", cancellationToken);

    /// <summary>Ends all sessions of a colleague within the own subtree.</summary>
    /// <returns>How many; null: there is no such colleague.</returns>
    public async Task<int?> EndAllOfAsync(string staffId, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Staff.AsNoTracking().Within(scope, db).Where(s => s.Id == staffId).Select(s => s.DisplayName).SingleOrDefaultAsync(cancellationToken) is not { } name)
            return null;
        return await EndAsync(staffId, _ => true, AuditKind.ChangedStaff, scope.StaffId, $"让{name}退出登录", cancellationToken);
    }

    private async Task<int> EndAsync(
        string staffId, System.Linq.Expressions.Expression<Func<StaffSession, bool>> which, AuditKind kind, string by, string detail, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var ended = await db.StaffSessions.Where(s => s.StaffId == staffId && s.EndedAt == null).Where(which)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancellationToken);
            if (ended == 0)
                return 0;
            audit.Add(db, kind, by, detail: ended == 1 ? detail : string.Create(CultureInfo.InvariantCulture, $"{detail}，{ended} 处"));
            await db.SaveChangesAsync(cancellationToken);
            return ended;
        }, cancellationToken);
    }

    private IQueryable<StaffSession> Open(OutreachDb db)
    {
        var now = clock.GetUtcNow();
        var (idle, over) = (now.AddMinutes(-options.Value.IdleMinutes), now.AddHours(-options.Value.SessionHours));
        return db.StaffSessions.AsNoTracking().Where(s => s.EndedAt == null && s.LastSeenAt > idle && s.StartedAt > over);
    }
}

/// <summary>Whether somebody clicked, or the page asked by itself.</summary>
internal enum Seen { Click, Background }
