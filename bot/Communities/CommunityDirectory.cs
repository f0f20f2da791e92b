using Microsoft.EntityFrameworkCore;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>
/// All areas, communities and aliases in memory, for questions that come with every message. A change in this process calls <see cref="ReloadAsync"/>;
/// a change by another (the import beside a running server) is seen within seconds through <see cref="DirectoryVersion"/>.
/// </summary>
public sealed class CommunityDirectory(IDbContextFactory<OutreachDb> databases)
{
    private volatile DirectorySnapshot? _snapshot;

    /// <summary>The directory as last read; reads it when it was not yet.</summary>
    public DirectorySnapshot Current => _snapshot ?? Load();

    /// <inheritdoc cref="DirectorySnapshot.Resolve"/>
    public CommunityMatch Resolve(string typed) => Current.Resolve(typed);

    /// <inheritdoc cref="DirectorySnapshot.FindInText"/>
    public IReadOnlyList<CommunityMention> FindInText(string text) => Current.FindInText(text);

    public DirectoryCommunity? Find(long id) => Current.Find(id);

    /// <summary>By the key that stands in <c>/c/{key}</c>.</summary>
    public DirectoryCommunity? FindByKey(string key) => Current.FindByKey(key);

    /// <inheritdoc cref="DirectorySnapshot.OfficeOf"/>
    public Office OfficeOf(DirectoryCommunity? community) => Current.OfficeOf(community);

    /// <inheritdoc cref="DirectorySnapshot.ReceiverOf"/>
    public Receiver? ReceiverOf(DirectoryCommunity community) => Current.ReceiverOf(community);

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var version = await db.DirectoryVersions.Select(v => (Guid?)v.Version).SingleOrDefaultAsync(cancellationToken);
        _snapshot = new DirectorySnapshot(version,
            await db.Areas.AsNoTracking().ToListAsync(cancellationToken),
            await db.Communities.AsNoTracking().ToListAsync(cancellationToken),
            await db.CommunityAliases.AsNoTracking().ToListAsync(cancellationToken),
            await db.CommunitySteps.AsNoTracking().Where(s => s.UndoneAt == null).ToListAsync(cancellationToken));
    }

    /// <summary>Reads the directory again when someone changed it.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        Guid? version;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            version = await db.DirectoryVersions.Select(v => (Guid?)v.Version).SingleOrDefaultAsync(cancellationToken);
        if (_snapshot is not { } known || known.Version != version)
            await ReloadAsync(cancellationToken);
    }

    // Once per process, a few milliseconds: not worth an asynchronous way to every reader.
    private DirectorySnapshot Load()
    {
        using var db = databases.CreateDbContext();
        return _snapshot = new DirectorySnapshot(db.DirectoryVersions.Select(v => (Guid?)v.Version).SingleOrDefault(),
            [.. db.Areas.AsNoTracking()], [.. db.Communities.AsNoTracking()], [.. db.CommunityAliases.AsNoTracking()],
            [.. db.CommunitySteps.AsNoTracking().Where(s => s.UndoneAt == null)]);
    }
}

/// <summary>Looks every few seconds whether another process changed the directory.</summary>
internal sealed class DirectoryWatch(CommunityDirectory directory, DatabaseChanges changes, TimeProvider clock, ILogger<DirectoryWatch> logger) : DatabaseLook(changes, TimeSpan.FromSeconds(5), clock, logger)
{
    protected override string Failure => "The directory of communities could not be read; the last one stays in use";

    protected override Task LookAtAsync(CancellationToken stoppingToken) => directory.RefreshAsync(stoppingToken);
}
