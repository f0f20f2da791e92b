using Microsoft.EntityFrameworkCore;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;
using Outreach.Storage;

namespace Outreach.Conversations;

/// <summary>The official texts of this installation in memory, as last read. An import in this process reloads them; one beside a running server is seen within seconds.</summary>
internal sealed class StatuteLibrary(IDbContextFactory<OutreachDb> databases, KnowledgeBase knowledge)
{
    private volatile Known? _known;

    /// <summary>Reads the texts when they were not read yet.</summary>
    public StatuteShelf Current => (_known ?? Load()).Shelf;

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        _known = Shelve(await Served(db).ToListAsync(cancellationToken));
    }

    /// <summary>Reads the texts again when another process changed them.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_known is not { } known)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ids = await db.StatuteTexts.Where(t => t.ReplacedAt == null).OrderBy(t => t.Id).Select(t => t.Id).ToListAsync(cancellationToken);
        if (!ids.SequenceEqual(known.Ids))
            await ReloadAsync(cancellationToken);
    }

    // Once per process and only when somebody asks: not worth an asynchronous way to every reader.
    private Known Load()
    {
        using var db = databases.CreateDbContext();
        return _known = Shelve([.. Served(db)]);
    }

    private static IQueryable<StatuteTextRow> Served(OutreachDb db) =>
        db.StatuteTexts.AsNoTracking().Where(t => t.ReplacedAt == null).Include(t => t.Articles).OrderBy(t => t.Id);

    private Known Shelve(List<StatuteTextRow> rows) => new([.. rows.Select(row => row.Id)], new StatuteShelf(rows.Select(TextOf), knowledge));

    internal static StatuteText TextOf(StatuteTextRow row) => new(row.SourceId, row.Title,
        [.. row.Articles.OrderBy(a => a.Id).Select(a => new StatuteArticle(new(a.Number, a.Sub), a.Headings.Split('\n', StringSplitOptions.RemoveEmptyEntries), a.Text.Split("\n\n"), a.Note))]);

    private sealed record Known(IReadOnlyList<long> Ids, StatuteShelf Shelf);
}

/// <summary>Looks every few seconds whether an import beside this server changed the official texts.</summary>
internal sealed class StatuteWatch(StatuteLibrary library, DatabaseChanges changes, TimeProvider clock, ILogger<StatuteWatch> logger) : DatabaseLook(changes, TimeSpan.FromSeconds(5), clock, logger)
{
    protected override string Failure => "The official texts could not be read; the last ones stay in use";

    protected override Task LookAtAsync(CancellationToken stoppingToken) => library.RefreshAsync(stoppingToken);
}
