using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Articles;
using Outreach.Knowledge.Statutes;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

internal enum ArticleOutcome
{
    Done,
    /// <summary>No such article or revision, or it is not open any more.</summary>
    NotThere,
    /// <summary>Somebody changed it a moment ago: look again.</summary>
    ChangedMeanwhile,
    /// <summary>Who wrote on it does not review it.</summary>
    OwnWork,
    /// <summary>Only the top of the tree publishes.</summary>
    MayNot,
    /// <summary>The validator finds errors.</summary>
    HasErrors,
    /// <summary>The regression set has not been asked through with this text yet.</summary>
    NotChecked,
    /// <summary>The text is what owners get already.</summary>
    NothingChanged,
}

/// <param name="Serving">What owners get; null: a new article.</param>
/// <param name="Shipped">What came with the program; null: staff wrote it.</param>
/// <param name="Open">The draft, or what is in review.</param>
/// <param name="Published">The revision that owners get; null: the shipped one.</param>
/// <param name="History">All revisions but the open one, the newest first.</param>
/// <param name="IsToMerge">The shipped article changed under the published one.</param>
internal sealed record ArticlePage(
    string Id, Article? Serving, Article? Shipped, ArticleRevision? Open, ArticleRevision? Published, IReadOnlyList<ArticleRevision> History, bool IsToMerge);

/// <summary>The way of an article: written as a draft, looked at by a second person, published over the shipped one. Every step is in the audit.</summary>
internal sealed class ArticleDesk(
    IDbContextFactory<OutreachDb> databases, ServingKnowledge serving, PublishedArticles published, ArticleChecks checks, StatuteLibrary statutes, AuditLog audit, TimeProvider clock)
{
    public async Task<ArticlePage> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var revisions = await db.ArticleRevisions.AsNoTracking().Where(r => r.ArticleId == id).OrderByDescending(r => r.Id).ToListAsync(cancellationToken);
        return new(id, serving.Knowledge.Find(id), serving.Shipped.Find(id), revisions.Find(r => r.IsOpen), revisions.Find(r => r.State == RevisionState.Published),
            [.. revisions.Where(r => !r.IsOpen)], published.ToMerge.Contains(id));
    }

    public async Task<ArticleRevision?> FindAsync(long revisionId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ArticleRevisions.AsNoTracking().SingleOrDefaultAsync(r => r.Id == revisionId, cancellationToken);
    }

    /// <summary>Drafts and what waits for a second person, the longest waiting first.</summary>
    public async Task<IReadOnlyList<ArticleRevision>> ListOpenAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ArticleRevisions.AsNoTracking().Where(r => r.State == RevisionState.Draft || r.State == RevisionState.InReview)
            .OrderByDescending(r => r.State == RevisionState.InReview).ThenBy(r => r.ChangedAt).ToListAsync(cancellationToken);
    }

    /// <summary>What the validator says of an article in its place among those that serve, and whether it copies from the statutes that were loaded.</summary>
    public IReadOnlyList<Problem> Check(Article article) => StatuteCopies.Find(article.Body, statutes.Current.Texts) is { } copy
        ? [.. KnowledgeValidator.Check(serving.Knowledge, article), new Problem(ArticleFile.PathOf(article.Id), 1,
            $"照抄了《{copy.Statute.Title}》{copy.Article.Number.Place}的{copy.Passage.Length}个字：“{(copy.Passage.Length > 40 ? copy.Passage[..40] + "…" : copy.Passage)}”。最多{StatuteCopies.Longest}字，换成自己的话。",
            Severity.Error) { Field = "body" }]
        : KnowledgeValidator.Check(serving.Knowledge, article);

    /// <summary>Writes the draft of an article, the first or over the one that was seen. What was in review is a draft again.</summary>
    /// <param name="seen"><see cref="ArticleRevision.Version"/> of the draft on the page; null: there was none.</param>
    public async Task<ArticleOutcome> SaveAsync(Article article, Guid? seen, StaffScope scope, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(async db =>
            {
                var open = await OpenOfAsync(db, article.Id, cancellationToken);
                if (open?.Version != seen)
                    return ArticleOutcome.ChangedMeanwhile;
                Put(db, open, article, scope);
                audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, open?.Id, $"{article.Id}：存草稿");
                return ArticleOutcome.Done;
            }, cancellationToken);
        }
        catch (DbUpdateException)
        {
            return ArticleOutcome.ChangedMeanwhile;       // a colleague began a draft of the same article in the same moment
        }
    }

    /// <summary>Adds one way of asking to the draft of an article, or begins one with what serves.</summary>
    public Task<ArticleOutcome> AddVariantAsync(string articleId, string variant, StaffScope scope, CancellationToken cancellationToken) => WriteAsync(async db =>
    {
        var open = await OpenOfAsync(db, articleId, cancellationToken);
        if ((open is null ? serving.Knowledge.Find(articleId) : Overlay.Read(open)) is not { } article)
            return ArticleOutcome.NotThere;
        if (!article.Variants.Contains(variant) && article.Question != variant)
            Put(db, open, article with { Variants = [.. article.Variants, variant] }, scope);
        audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, open?.Id, $"{articleId}：加一种问法");
        return ArticleOutcome.Done;
    }, cancellationToken);

    /// <summary>Gives a draft to a second person. With errors it stays a draft.</summary>
    public Task<ArticleOutcome> SubmitAsync(long revisionId, Guid seen, StaffScope scope, CancellationToken cancellationToken) => StepAsync(revisionId, seen, (db, revision) =>
    {
        if (revision.State != RevisionState.Draft || Overlay.Read(revision) is not { } article)
            return Task.FromResult(ArticleOutcome.NotThere);
        if (revision.Text == TextOf(serving.Knowledge.Find(article.Id)))
            return Task.FromResult(ArticleOutcome.NothingChanged);
        if (HasErrors(article))
            return Task.FromResult(ArticleOutcome.HasErrors);
        revision.State = RevisionState.InReview;
        revision.Remark = null;
        audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, revision.Id, $"{revision.ArticleId}：送审");
        return Task.FromResult(ArticleOutcome.Done);
    }, cancellationToken);

    /// <summary>Back to those who wrote it, with the reason.</summary>
    public Task<ArticleOutcome> ReturnAsync(long revisionId, Guid seen, string reason, StaffScope scope, CancellationToken cancellationToken) => StepAsync(revisionId, seen, (db, revision) =>
    {
        if (revision.State != RevisionState.InReview)
            return Task.FromResult(ArticleOutcome.NotThere);
        revision.State = RevisionState.Draft;
        revision.Remark = reason.Length <= 500 ? reason : reason[..500];
        audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, revision.Id, $"{revision.ArticleId}：退回修改");
        return Task.FromResult(ArticleOutcome.Done);
    }, cancellationToken);

    public Task<ArticleOutcome> DiscardAsync(long revisionId, Guid seen, StaffScope scope, CancellationToken cancellationToken) => StepAsync(revisionId, seen, (db, revision) =>
    {
        if (!revision.IsOpen)
            return Task.FromResult(ArticleOutcome.NotThere);
        revision.State = RevisionState.Discarded;
        audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, revision.Id, $"{revision.ArticleId}：丢掉草稿");
        return Task.FromResult(ArticleOutcome.Done);
    }, cancellationToken);

    /// <summary>Lets owners have it, on every node within seconds. Only by a second person, without errors, and with the regression set asked through.</summary>
    public async Task<ArticleOutcome> PublishAsync(long revisionId, Guid seen, StaffScope scope, CancellationToken cancellationToken)
    {
        await published.RefreshAsync(cancellationToken);       // else the check might be one against what no longer serves
        var outcome = await StepAsync(revisionId, seen, async (db, revision) =>
        {
            if (revision.State != RevisionState.InReview || Overlay.Read(revision) is not { } article)
                return ArticleOutcome.NotThere;
            if (!scope.MayPublish())
                return ArticleOutcome.MayNot;
            if (revision.IsEditedBy(scope.StaffId))
                return ArticleOutcome.OwnWork;
            if (revision.CheckedFor != checks.KeyOf(revision))
                return ArticleOutcome.NotChecked;
            if (HasErrors(article))
                return ArticleOutcome.HasErrors;
            await ReplaceAsync(db, revision.ArticleId, cancellationToken);
            revision.State = RevisionState.Published;
            revision.Number = await NextNumberAsync(db, revision.ArticleId, cancellationToken);
            revision.ReviewedBy = scope.StaffId;
            revision.PublishedAt = clock.GetUtcNow();
            audit.Add(db, AuditKind.PublishedKnowledge, scope.StaffId, revision.Id, $"{revision.ArticleId}：发布第{revision.Number}版");
            return ArticleOutcome.Done;
        }, cancellationToken);
        if (outcome == ArticleOutcome.Done)
            await published.RefreshAsync(cancellationToken);
        return outcome;
    }

    /// <summary>Takes owners back to an earlier published revision, which a second person had seen then, or to the shipped article. At once.</summary>
    /// <param name="revisionId">Null: the shipped article (a new article is taken away).</param>
    public async Task<ArticleOutcome> RollBackAsync(string articleId, long? revisionId, StaffScope scope, CancellationToken cancellationToken)
    {
        if (!scope.MayPublish())
            return ArticleOutcome.MayNot;
        var outcome = await WriteAsync(async db =>
        {
            var older = revisionId is null ? null
                : await db.ArticleRevisions.AsNoTracking().SingleOrDefaultAsync(r => r.Id == revisionId && r.ArticleId == articleId && r.PublishedAt != null, cancellationToken);
            if (revisionId is not null && older is null)
                return ArticleOutcome.NotThere;
            if (older is not null && (Overlay.Read(older) is not { } article || HasErrors(article)))
                return ArticleOutcome.HasErrors;
            if (!await ReplaceAsync(db, articleId, cancellationToken) && older is null)
                return ArticleOutcome.NothingChanged;
            var now = clock.GetUtcNow();
            if (older is not null)
                db.ArticleRevisions.Add(new ArticleRevision
                {
                    ArticleId = articleId,
                    Number = await NextNumberAsync(db, articleId, cancellationToken),
                    State = RevisionState.Published,
                    Text = older.Text,
                    BaseHash = older.BaseHash,
                    Law = older.Law,
                    Editors = older.Editors,
                    ReviewedBy = scope.StaffId,
                    Remark = $"回到第{older.Number}版",
                    CreatedAt = now,
                    ChangedAt = now,
                    PublishedAt = now,
                    Version = Guid.NewGuid(),
                });
            audit.Add(db, AuditKind.PublishedKnowledge, scope.StaffId, older?.Id, older is null ? $"{articleId}：回到随程序的版本" : $"{articleId}：回到第{older.Number}版");
            return ArticleOutcome.Done;
        }, cancellationToken);
        if (outcome == ArticleOutcome.Done)
            await published.RefreshAsync(cancellationToken);
        return outcome;
    }

    private bool HasErrors(Article article) => Check(article).Any(problem => problem.Severity == Severity.Error);

    private static string? TextOf(Article? article) => article is null ? null : ArticleFile.Write(article);

    private static Task<ArticleRevision?> OpenOfAsync(OutreachDb db, string articleId, CancellationToken cancellationToken) =>
        db.ArticleRevisions.SingleOrDefaultAsync(r => r.ArticleId == articleId && (r.State == RevisionState.Draft || r.State == RevisionState.InReview), cancellationToken);

    private void Put(OutreachDb db, ArticleRevision? open, Article article, StaffScope scope)
    {
        var now = clock.GetUtcNow();
        var shipped = serving.Shipped.Find(article.Id);
        if (open is null)
        {
            open = new ArticleRevision
            {
                ArticleId = article.Id,
                State = RevisionState.Draft,
                Text = "",
                Editors = "|",
                CreatedAt = now,
                ChangedAt = now,
                Version = Guid.NewGuid(),
            };
            db.ArticleRevisions.Add(open);
        }
        open.State = RevisionState.Draft;
        open.Text = ArticleFile.Write(article);
        open.BaseHash = Overlay.HashOf(shipped);
        open.Law = Overlay.NewestLaw(serving.Shipped.Sources, shipped, article);
        if (!open.IsEditedBy(scope.StaffId))
            open.Editors += scope.StaffId + "|";
        open.CheckedFor = null;
        open.ChangedAt = now;
        open.Version = Guid.NewGuid();
    }

    /// <summary>What is published so far becomes history. False: nothing was.</summary>
    private async Task<bool> ReplaceAsync(OutreachDb db, string articleId, CancellationToken cancellationToken)
    {
        await PublishedArticles.TouchAsync(db, cancellationToken);
        await db.ResolveAsync(AlertKind.KnowledgeProblem, PublishedArticles.SubjectOf(articleId), clock.GetUtcNow(), cancellationToken);
        if (await db.ArticleRevisions.SingleOrDefaultAsync(r => r.ArticleId == articleId && r.State == RevisionState.Published, cancellationToken) is not { } before)
            return false;
        before.State = RevisionState.Replaced;
        await db.SaveChangesAsync(cancellationToken);      // before its successor: one published revision an article
        return true;
    }

    private static async Task<int> NextNumberAsync(OutreachDb db, string articleId, CancellationToken cancellationToken) =>
        1 + (await db.ArticleRevisions.Where(r => r.ArticleId == articleId).MaxAsync(r => (int?)r.Number, cancellationToken) ?? 0);

    private async Task<ArticleOutcome> StepAsync(long revisionId, Guid seen, Func<OutreachDb, ArticleRevision, Task<ArticleOutcome>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(async db =>
            {
                if (await db.ArticleRevisions.SingleOrDefaultAsync(r => r.Id == revisionId, cancellationToken) is not { } revision)
                    return ArticleOutcome.NotThere;
                if (revision.Version != seen)
                    return ArticleOutcome.ChangedMeanwhile;
                var outcome = await step(db, revision);
                if (outcome == ArticleOutcome.Done)
                {
                    revision.Version = Guid.NewGuid();
                    revision.ChangedAt = clock.GetUtcNow();
                }
                return outcome;
            }, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return ArticleOutcome.ChangedMeanwhile;
        }
    }

    private async Task<ArticleOutcome> WriteAsync(Func<OutreachDb, Task<ArticleOutcome>> work, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var outcome = await work(db);
            if (outcome == ArticleOutcome.Done)
                await db.SaveChangesAsync(cancellationToken);
            return outcome;
        }, cancellationToken);
    }
}
