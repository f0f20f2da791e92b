using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>What publishing a revision would do to the answers of the library.</summary>
/// <param name="Asked">Wordings asked.</param>
/// <param name="Changed">All that change, also those that are not listed.</param>
/// <param name="Worse">Those answered as they should be today and not any more then.</param>
/// <param name="Shown">The first of them, the worse ones first.</param>
internal sealed record CheckSummary(int Asked, int Changed, int Worse, IReadOnlyList<ChangedOutcome> Shown)
{
    public const int MostShown = 100;

    public static CheckSummary? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize(json, CheckJson.Default.CheckSummary);

    public string ToJson() => JsonSerializer.Serialize(this, CheckJson.Default.CheckSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CheckSummary))]
internal sealed partial class CheckJson : JsonSerializerContext;

/// <summary>Asks the whole library through for revisions in review: every wording once as owners are answered now, once as they would be.</summary>
internal sealed class ArticleChecks(IDbContextFactory<OutreachDb> databases, ServingKnowledge serving, PublishedArticles published)
{
    private volatile Today? _today;

    /// <summary>What <see cref="ArticleRevision.CheckedFor"/> must be for its result to hold now.</summary>
    public string KeyOf(ArticleRevision revision) => $"{revision.Version:N}/{published.Stamp}";

    /// <summary>Checks one revision that is still to be checked. False: there is none.</summary>
    public async Task<bool> CheckNextAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = await db.ArticleRevisions.AsNoTracking().Where(r => r.State == RevisionState.InReview).OrderBy(r => r.ChangedAt).ToListAsync(cancellationToken);
        if (open.Find(r => r.CheckedFor != KeyOf(r)) is not { } revision || Overlay.Read(revision) is not { } article)
            return false;
        var key = KeyOf(revision);
        var knowledge = serving.Knowledge;
        var result = await Task.Factory.StartNew(
            () =>
            {
                var today = OutcomesToday(knowledge, cancellationToken);
                var then = knowledge.With([article]);
                var changes = Regression.Compare(today, Regression.Run(then, new(then), cancellationToken));
                return new CheckSummary(today.Count, changes.Count, changes.Count(change => change.IsWorse), [.. changes.Take(CheckSummary.MostShown)]).ToJson();
            },
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await db.WriteAsync(() => db.ArticleRevisions.Where(r => r.Id == revision.Id && r.Version == revision.Version)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.CheckedFor, key).SetProperty(r => r.CheckResult, result), cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>Asks the whole library through as it would be answered with these examples of what is not ours.</summary>
    /// <returns>A wording that is answered as it should be today and would not be any more; null: none.</returns>
    public Task<string?> FindHarmAsync(IReadOnlyList<OutOfScopeGroup> taught, CancellationToken cancellationToken)
    {
        var knowledge = serving.Knowledge;
        var articles = knowledge.Articles.Where(article => serving.Shipped.Find(article.Id) != article).ToList();
        return Task.Factory.StartNew(
            () =>
            {
                var then = serving.Shipped.With(articles).WithTaught(taught);
                return Regression.Compare(OutcomesToday(knowledge, cancellationToken), Regression.Run(then, new(then), cancellationToken)).FirstOrDefault(change => change.IsWorse)?.Text;
            },
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private IReadOnlyList<Outcome> OutcomesToday(KnowledgeBase knowledge, CancellationToken cancellationToken)
    {
        var stamp = published.Stamp;
        if (_today is not { } today || today.Stamp != stamp)
            _today = today = new(stamp, Regression.Run(knowledge, serving.Answerer, cancellationToken));
        return today.Outcomes;
    }

    private sealed record Today(string Stamp, IReadOnlyList<Outcome> Outcomes);
}

/// <summary>Lets no revision wait long for its check. Every node looks; the check itself writes nothing but its result.</summary>
internal sealed class CheckRevisions(ArticleChecks checks, DatabaseChanges changes, TimeProvider clock, ILogger<CheckRevisions> logger) : DatabaseLook(changes, TimeSpan.FromSeconds(2), clock, logger)
{
    protected override string Failure => "An article in review could not be checked; it is tried again";

    protected override Task LookAtAsync(CancellationToken stoppingToken) => checks.CheckNextAsync(stoppingToken);
}
