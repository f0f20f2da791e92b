using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Search;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

internal enum TeachOutcome
{
    /// <summary>The bot refuses questions like these, on every node within seconds.</summary>
    InForce,
    /// <summary>Settled; the lesson waits for somebody at the top of the tree.</summary>
    Proposed,
    /// <summary>Settled; there was nothing to learn from: too long, or an article asks for just this.</summary>
    OnlySettled,
    /// <summary>Nothing was done: a question that is ours would not be answered any more.</summary>
    WouldHarm,
    /// <summary>Nothing was done: a colleague was faster, or there is no such row.</summary>
    NothingThere,
    /// <summary>Only the top of the tree lets a lesson work.</summary>
    MayNot,
}

/// <param name="LessonId">0: none was made.</param>
/// <param name="Redirect">Where askers are sent from now on.</param>
/// <param name="Harmed">A wording that would not be answered any more, with <see cref="TeachOutcome.WouldHarm"/>.</param>
internal sealed record Taught(TeachOutcome Outcome, int Settled = 0, long LessonId = 0, string? Redirect = null, string? Harmed = null);

/// <summary>
/// 不归我们管: settles questions and lets the scope gate learn from them. A lesson works for the owners of the whole city, so whoever lets it work stands at the top of the tree,
/// and before it does every wording of the library is asked through: one that is answered today must still be answered.
/// </summary>
internal sealed class ScopeDesk(
    IDbContextFactory<OutreachDb> databases, ServingKnowledge serving, PublishedArticles published, ArticleChecks checks, AuditLog audit, TimeProvider clock)
{
    public async Task<IReadOnlyList<ScopeLesson>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ScopeLessons.AsNoTracking().Where(l => l.State != LessonState.TakenBack).OrderBy(l => l.State == LessonState.InForce).ThenByDescending(l => l.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Settles these rows as not ours and learns from their wordings.</summary>
    public async Task<Taught> TeachAsync(IReadOnlyList<string> keys, StaffScope scope, CancellationToken cancellationToken)
    {
        var texts = await TextsAsync(keys, scope, cancellationToken);
        if (texts.Count == 0)
            return new(TeachOutcome.NothingThere);
        var wordings = Worth(texts);
        var group = wordings.Count == 0 ? ScopeLessons.Elsewhere : serving.Answerer.NearestOutOfScope(wordings[0]) ?? ScopeLessons.Elsewhere;
        var now = clock.GetUtcNow();
        var lesson = new ScopeLesson
        {
            GroupId = group.Id,
            Wordings = string.Join('\n', wordings),
            Keys = string.Join(',', keys),
            State = scope.MayPublish() ? LessonState.InForce : LessonState.Proposed,
            TaughtBy = scope.StaffId,
            TaughtAt = now,
            ChangedAt = now,
        };
        if (wordings.Count > 0 && lesson.State == LessonState.InForce && await HarmAsync(lesson, cancellationToken) is { } harmed)
            return new(TeachOutcome.WouldHarm, Harmed: harmed);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var taught = await db.WriteAsync(async () =>
        {
            var settled = await QuestionDesk.SettleRowsAsync(db, keys, Settlement.NotOurs, scope, cancellationToken);
            if (settled == 0)
                return new Taught(TeachOutcome.NothingThere);
            if (wordings.Count > 0)
                db.ScopeLessons.Add(lesson);
            if (wordings.Count > 0 && lesson.State == LessonState.InForce)
                await PublishedArticles.TouchAsync(db, cancellationToken);
            audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, detail: string.Create(CultureInfo.InvariantCulture, $"{settled} 个问题：不归我们管{(wordings.Count == 0 ? null : $"，教机器人 {wordings.Count} 种说法")}"));
            await db.SaveChangesAsync(cancellationToken);
            return new Taught(wordings.Count == 0 ? TeachOutcome.OnlySettled : lesson.State == LessonState.InForce ? TeachOutcome.InForce : TeachOutcome.Proposed, settled, lesson.Id, group.Redirect);
        }, cancellationToken);
        if (taught.Outcome == TeachOutcome.InForce)
            await published.RefreshAsync(cancellationToken);
        return taught;
    }

    /// <summary>Lets a proposed lesson work.</summary>
    public async Task<Taught> ConfirmAsync(long id, StaffScope scope, CancellationToken cancellationToken)
    {
        if (!scope.MayPublish())
            return new(TeachOutcome.MayNot);
        await using (var look = await databases.CreateDbContextAsync(cancellationToken))
            if (await look.ScopeLessons.AsNoTracking().SingleOrDefaultAsync(l => l.Id == id && l.State == LessonState.Proposed, cancellationToken) is not { } proposed)
                return new(TeachOutcome.NothingThere);
            else if (await HarmAsync(proposed, cancellationToken) is { } harmed)
                return new(TeachOutcome.WouldHarm, Harmed: harmed);
        return await ChangeAsync(id, scope, "生效", lesson =>
        {
            if (lesson.State != LessonState.Proposed)
                return false;
            lesson.State = LessonState.InForce;
            return true;
        }, cancellationToken);
    }

    /// <summary>Sends the askers of a lesson elsewhere.</summary>
    /// <param name="groupId">Of a shipped group, or <see cref="ScopeLessons.Elsewhere"/>.</param>
    public async Task<Taught> SendElsewhereAsync(long id, string groupId, StaffScope scope, CancellationToken cancellationToken) =>
        scope.MayPublish()
            ? await ChangeAsync(id, scope, "换去处", lesson =>
            {
                lesson.GroupId = ScopeLessons.GroupOf(serving.Shipped, groupId).Id;
                return lesson.State != LessonState.TakenBack;
            }, cancellationToken)
            : new(TeachOutcome.MayNot);

    /// <summary>Takes a lesson back, and its questions are open again. Who taught it may, and the top of the tree.</summary>
    public async Task<Taught> TakeBackAsync(long id, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var taught = await db.WriteAsync(async () =>
        {
            if (await db.ScopeLessons.SingleOrDefaultAsync(l => l.Id == id && l.State != LessonState.TakenBack, cancellationToken) is not { } lesson)
                return new Taught(TeachOutcome.NothingThere);
            if (lesson.TaughtBy != scope.StaffId && !scope.MayPublish())
                return new Taught(TeachOutcome.MayNot);
            (lesson.State, lesson.ChangedAt) = (LessonState.TakenBack, clock.GetUtcNow());
            var opened = await QuestionDesk.OpenRowsAsync(db, lesson.Keys.Split(','), cancellationToken);
            await PublishedArticles.TouchAsync(db, cancellationToken);
            audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, id, string.Create(CultureInfo.InvariantCulture, $"撤销不归我们管的例子，{opened} 个问题回到知识台"));
            await db.SaveChangesAsync(cancellationToken);
            return new Taught(TeachOutcome.InForce, opened, id);
        }, cancellationToken);
        if (taught.Outcome == TeachOutcome.InForce)
            await published.RefreshAsync(cancellationToken);
        return taught;
    }

    private async Task<Taught> ChangeAsync(long id, StaffScope scope, string words, Func<ScopeLesson, bool> change, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var taught = await db.WriteAsync(async () =>
        {
            if (await db.ScopeLessons.SingleOrDefaultAsync(l => l.Id == id, cancellationToken) is not { } lesson || !change(lesson))
                return new Taught(TeachOutcome.NothingThere);
            lesson.ChangedAt = clock.GetUtcNow();
            await PublishedArticles.TouchAsync(db, cancellationToken);
            audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, id, $"不归我们管的例子：{words}");
            await db.SaveChangesAsync(cancellationToken);
            return new Taught(lesson.State == LessonState.InForce ? TeachOutcome.InForce : TeachOutcome.Proposed, 0, id, ScopeLessons.GroupOf(serving.Shipped, lesson.GroupId).Redirect);
        }, cancellationToken);
        if (taught.Outcome == TeachOutcome.InForce)
            await published.RefreshAsync(cancellationToken);
        return taught;
    }

    /// <summary>A wording that is answered today and would not be any more; null: none.</summary>
    private async Task<string?> HarmAsync(ScopeLesson lesson, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.ScopeLessons.AsNoTracking().Where(l => l.State == LessonState.InForce && l.Id != lesson.Id).ToListAsync(cancellationToken);
        return await checks.FindHarmAsync(ScopeLessons.Groups(known.Append(lesson), serving.Shipped), cancellationToken);
    }

    private async Task<List<string>> TextsAsync(IReadOnlyList<string> keys, StaffScope scope, CancellationToken cancellationToken)
    {
        var (unanswered, wrong) = (QuestionDesk.Ids(keys, 'u'), QuestionDesk.Ids(keys, 'f'));
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var texts = await db.UnansweredQuestions.AsNoTracking().VisibleTo(db, scope).Where(q => unanswered.Contains(q.Id) && q.Settled == null).Select(q => q.Question).ToListAsync(cancellationToken);
        texts.AddRange(await db.AnswerFeedbacks.AsNoTracking().VisibleTo(db, scope).Where(f => wrong.Contains(f.Id) && f.Settled == null).Select(f => f.Question).ToListAsync(cancellationToken));
        return texts;
    }

    /// <summary>The commonest wordings that an example can be made of: short ones that no article asks for.</summary>
    private List<string> Worth(List<string> texts)
    {
        var ours = serving.Knowledge.Articles.SelectMany(article => article.Variants.Prepend(article.Question)).Select(Normaliser.Normalise).ToHashSet(StringComparer.Ordinal);
        return [.. texts.Select(text => text.ReplaceLineEndings(" ").Trim()).Where(text => text.Length is >= 2 and <= ScopeLesson.MaxWording)
            .GroupBy(Normaliser.Normalise).Where(same => same.Key.Length > 1 && !ours.Contains(same.Key)).OrderByDescending(same => same.Count()).Take(ScopeLesson.MostWordings).Select(same => same.First())];
    }
}
