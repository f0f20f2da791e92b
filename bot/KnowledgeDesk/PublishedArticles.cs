using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>Lays what staff have published over the shipped articles, in this process. A publication anywhere in the cluster is seen within seconds through <see cref="KnowledgeVersion"/>.</summary>
internal sealed partial class PublishedArticles(
    IDbContextFactory<OutreachDb> databases, ServingKnowledge serving, AuditLog audit, TimeProvider clock, ILogger<PublishedArticles> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Known? _known;

    /// <summary>The published articles of which a person must compare text and shipped article.</summary>
    public IReadOnlyList<string> ToMerge => _known?.ToMerge ?? [];

    /// <summary>Tells one state of the whole serving knowledge from another, over nodes and upgrades.</summary>
    public string Stamp => _known?.Stamp.Value ?? StampOf(serving.Knowledge);

    /// <summary>Reads the published articles when somebody published since they were last read.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var version = await db.KnowledgeVersions.Select(v => (Guid?)v.Version).SingleOrDefaultAsync(cancellationToken);
            if (_known is { } known && known.Version == version)
                return;
            // Without a version nobody has published yet: a start need not look.
            var revisions = version is null ? [] : await db.ArticleRevisions.AsNoTracking().Where(r => r.State == RevisionState.Published).OrderBy(r => r.ArticleId).ToListAsync(cancellationToken);
            var lessons = version is null ? [] : await db.ScopeLessons.AsNoTracking().Where(l => l.State == LessonState.InForce).OrderBy(l => l.Id).ToListAsync(cancellationToken);
            var taught = ScopeLessons.Groups(lessons, serving.Shipped);
            var judged = new List<(ArticleRevision Revision, Article Article, OverlayFate Fate)>();
            foreach (var revision in revisions)
                if (Overlay.Read(revision) is { } article)
                    judged.Add((revision, article, Overlay.FateOf(revision, article, serving.Shipped)));
                else
                    Unreadable(revision.Id);
            var serves = judged.Where(one => one.Fate != OverlayFate.BackToReview).Select(one => one.Article).ToList();
            // Building takes as long as at the start: on a thread of its own, so that turns keep theirs.
            if (serves.Count > 0 || taught.Count > 0 || serving.Knowledge != serving.Shipped)
                await Task.Factory.StartNew(() => serving.Serve(serves, taught), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var knowledge = serving.Knowledge;
            _known = new(version, new(() => StampOf(knowledge)), [.. judged.Where(one => one.Fate == OverlayFate.ToMerge).Select(one => one.Article.Id)]);
            foreach (var (revision, _, _) in judged.Where(one => one.Fate == OverlayFate.BackToReview))
                await SendBackAsync(db, revision.Id, cancellationToken);
            Laid(serves.Count, lessons.Count);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Marks the published articles as changed, in the transaction of the change. After the commit call <see cref="RefreshAsync"/>.</summary>
    public static async Task TouchAsync(OutreachDb db, CancellationToken cancellationToken)
    {
        if (await db.KnowledgeVersions.FindAsync([KnowledgeVersion.TheOne], cancellationToken) is { } version)
            version.Version = Guid.NewGuid();
        else
            db.KnowledgeVersions.Add(new KnowledgeVersion { Version = Guid.NewGuid() });
    }

    /// <summary>The law behind it is another one: a person looks at it again. Of several nodes that find it one does it.</summary>
    private Task SendBackAsync(OutreachDb db, long id, CancellationToken cancellationToken) => db.WriteAsync(async () =>
    {
        if (await db.ArticleRevisions.SingleOrDefaultAsync(r => r.Id == id && r.State == RevisionState.Published, cancellationToken) is not { } revision)
            return;
        var hasOpen = await db.ArticleRevisions.AnyAsync(r => r.ArticleId == revision.ArticleId && (r.State == RevisionState.Draft || r.State == RevisionState.InReview), cancellationToken);
        revision.State = hasOpen ? RevisionState.Replaced : RevisionState.InReview;
        revision.Remark = "依据的法规换了，按新规定再看一遍";
        revision.CheckedFor = null;
        revision.Version = Guid.NewGuid();
        audit.Add(db, AuditKind.ChangedKnowledge, staffId: null, revision.Id, $"{revision.ArticleId}：依据的法规换了，退回审核，业主先看随程序的版本");
        await db.RaiseAsync(AlertKind.KnowledgeProblem, SubjectOf(revision.ArticleId), areaId: null,
            $"条目 {revision.ArticleId} 依据的法规换了，已退回审核，业主先看随程序的版本。请到知识台按新规定再看一遍。", clock.GetUtcNow(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }, cancellationToken);

    internal static string SubjectOf(string articleId) => articleId.Length <= 80 ? $"article/{articleId}" : $"article/{articleId[..80]}";

    public void Dispose() => _one.Dispose();

    private static string StampOf(KnowledgeBase knowledge) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', knowledge.Articles.OrderBy(article => article.Id, StringComparer.Ordinal).Select(ArticleFile.Write)
            .Concat(knowledge.Taught.SelectMany(group => group.Questions))))).AsSpan(0, 16));

    /// <param name="Stamp">Only a publication asks for it, and it reads all articles.</param>
    private sealed record Known(Guid? Version, Lazy<string> Stamp, IReadOnlyList<string> ToMerge);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} published articles and {Lessons} lessons of what is not ours lie over the shipped ones")]
    private partial void Laid(int count, int lessons);

    [LoggerMessage(Level = LogLevel.Error, Message = "The published article revision {RevisionId} cannot be read; the shipped article serves")]
    private partial void Unreadable(long revisionId);
}

/// <summary>Reads the published articles before the server listens, and again within seconds of every publication.</summary>
internal sealed class KnowledgeWatch(PublishedArticles published, DatabaseChanges changes, TimeProvider clock, ILogger<KnowledgeWatch> logger) : DatabaseLook(changes, TimeSpan.FromSeconds(2), clock, logger)
{
    protected override string Failure => "The published articles could not be read; the last ones stay in use";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryLookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task LookAtAsync(CancellationToken stoppingToken) => published.RefreshAsync(stoppingToken);
}
