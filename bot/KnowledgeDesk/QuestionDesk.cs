using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Knowledge.Search;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>Where a question of the desk comes from.</summary>
internal enum QuestionOrigin { NoAnswer, NoneOfThese, OutOfScope, Wrong }

/// <param name="Key">Names the row: u17 an unanswered question, f17 a thumbs-down.</param>
/// <param name="Text">Redacted.</param>
internal sealed record DeskQuestion(string Key, string Text, QuestionOrigin Origin, DateTimeOffset At);

/// <summary>Questions that ask for the same, as the desk shows them.</summary>
/// <param name="Wordings">The different wordings, the commonest first.</param>
/// <param name="Keys">All rows, for the step that settles them together.</param>
/// <param name="Nearest">The articles that come nearest, the nearest first, each with its share of the ranking.</param>
/// <param name="IsAnsweredNow">The bot would answer it by now.</param>
internal sealed record QuestionGroup(
    IReadOnlyList<string> Wordings, IReadOnlyList<string> Keys, IReadOnlyDictionary<QuestionOrigin, int> Origins, DateTimeOffset Last, IReadOnlyList<Candidate> Nearest, bool IsAnsweredNow)
{
    public int Count => Keys.Count;
}

/// <param name="Groups">Those of the page.</param>
/// <param name="Questions">How many questions there are in all groups.</param>
/// <param name="ThisWeek">How many of them came in the last seven days.</param>
internal sealed record QuestionPage(IReadOnlyList<QuestionGroup> Groups, int AllGroups, int Questions, int ThisWeek, int Page, int PageSize);

/// <summary>Questions that owners got no good answer to: grouped, the most frequent first, until a person settles them.</summary>
internal sealed class QuestionDesk(IDbContextFactory<OutreachDb> databases, ServingKnowledge serving, AuditLog audit, TimeProvider clock)
{
    private const int MostRead = 5000;
    private const int PageSize = 20;
    private static readonly TimeSpan Reach = TimeSpan.FromDays(180);
    private volatile Weighed? _clusters;

    /// <param name="origin">Only those; null: all but what is out of scope, which the bot has answered with the place to turn to.</param>
    public async Task<QuestionPage> ReadAsync(QuestionOrigin? origin, int page, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var since = clock.GetUtcNow() - Reach;
        var settled = (await db.UnansweredQuestions.AsNoTracking().Where(q => q.Settled == Settlement.NotOurs && q.At >= since).Select(q => q.Question).Distinct().ToListAsync(cancellationToken))
            .Concat(await db.AnswerFeedbacks.AsNoTracking().Where(f => f.Settled == Settlement.NotOurs && f.At >= since).Select(f => f.Question).Distinct().ToListAsync(cancellationToken))
            .Select(Normaliser.Normalise).ToHashSet(StringComparer.Ordinal);
        var open = (await OpenAsync(db, origin, since, scope, cancellationToken)).Where(question => !settled.Contains(Normaliser.Normalise(question.Text))).ToList();
        var groups = Clusters().Group(open, question => question.Text);
        var shown = Math.Clamp(page, 1, Math.Max(1, (groups.Count + PageSize - 1) / PageSize));
        var weekAgo = clock.GetUtcNow().AddDays(-7);
        return new([.. groups.Skip((shown - 1) * PageSize).Take(PageSize).Select(Show)], groups.Count, open.Count, open.Count(question => question.At >= weekAgo), shown, PageSize);
    }

    /// <summary>Settles rows together; those that are not for these eyes stay as they are.</summary>
    /// <returns>How many were settled.</returns>
    public async Task<int> SettleAsync(IReadOnlyList<string> keys, Settlement how, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WriteAsync(async () =>
        {
            var settled = await SettleRowsAsync(db, keys, how, scope, cancellationToken);
            if (settled == 0)
                return 0;
            audit.Add(db, AuditKind.ChangedKnowledge, scope.StaffId, detail: string.Create(CultureInfo.InvariantCulture, $"{settled} 个问题：{Words(how)}"));
            await db.SaveChangesAsync(cancellationToken);
            return settled;
        }, cancellationToken);
    }

    /// <summary>The rows alone, in the caller's transaction.</summary>
    internal static async Task<int> SettleRowsAsync(OutreachDb db, IReadOnlyList<string> keys, Settlement how, StaffScope scope, CancellationToken cancellationToken)
    {
        var (unanswered, wrong) = (Ids(keys, 'u'), Ids(keys, 'f'));
        return await db.UnansweredQuestions.VisibleTo(db, scope).Where(q => unanswered.Contains(q.Id) && q.Settled == null)
                .ExecuteUpdateAsync(set => set.SetProperty(q => q.Settled, how), cancellationToken)
            + await db.AnswerFeedbacks.VisibleTo(db, scope).Where(f => wrong.Contains(f.Id) && f.Settled == null)
                .ExecuteUpdateAsync(set => set.SetProperty(f => f.Settled, how), cancellationToken);
    }

    /// <summary>Opens rows that were called not ours, in the caller's transaction.</summary>
    internal static async Task<int> OpenRowsAsync(OutreachDb db, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var (unanswered, wrong) = (Ids(keys, 'u'), Ids(keys, 'f'));
        return await db.UnansweredQuestions.Where(q => unanswered.Contains(q.Id) && q.Settled == Settlement.NotOurs)
                .ExecuteUpdateAsync(set => set.SetProperty(q => q.Settled, (Settlement?)null), cancellationToken)
            + await db.AnswerFeedbacks.Where(f => wrong.Contains(f.Id) && f.Settled == Settlement.NotOurs)
                .ExecuteUpdateAsync(set => set.SetProperty(f => f.Settled, (Settlement?)null), cancellationToken);
    }

    internal static string Words(Settlement how) => how switch
    {
        Settlement.Variant => "归到条目",
        Settlement.NewArticle => "新写条目",
        Settlement.NotOurs => "不归我们管",
        Settlement.Answered => "已经能答",
    };

    private static async Task<List<DeskQuestion>> OpenAsync(OutreachDb db, QuestionOrigin? origin, DateTimeOffset since, StaffScope scope, CancellationToken cancellationToken)
    {
        var open = new List<DeskQuestion>();
        if (origin is not QuestionOrigin.Wrong)
        {
            var reason = origin is { } one ? ReasonOf(one) : null;
            open.AddRange((await db.UnansweredQuestions.AsNoTracking().VisibleTo(db, scope)
                    .Where(q => q.Settled == null && q.At >= since && (reason == null ? q.Reason != UnansweredQuestion.OutOfScope : q.Reason == reason))
                    .OrderByDescending(q => q.Id).Take(MostRead).Select(q => new { q.Id, q.Question, q.Reason, q.At }).ToListAsync(cancellationToken))
                .Select(q => new DeskQuestion($"u{q.Id}", q.Question, OriginOf(q.Reason), q.At)));
        }
        if (origin is null or QuestionOrigin.Wrong)
            open.AddRange((await db.AnswerFeedbacks.AsNoTracking().VisibleTo(db, scope).Where(f => f.Settled == null && f.Verdict == FeedbackVerdict.Wrong && f.At >= since && f.Question != "")
                    .OrderByDescending(f => f.Id).Take(MostRead).Select(f => new { f.Id, f.Question, f.At }).ToListAsync(cancellationToken))
                .Select(f => new DeskQuestion($"f{f.Id}", f.Question, QuestionOrigin.Wrong, f.At)));
        return open;
    }

    private QuestionClusters Clusters()
    {
        var knowledge = serving.Knowledge;
        if (_clusters is not { } known || known.Of != knowledge)
            _clusters = known = new(knowledge, new(knowledge.Articles.SelectMany(article => article.Variants.Prepend(article.Question))));
        return known.Clusters;
    }

    private QuestionGroup Show(IReadOnlyList<DeskQuestion> group)
    {
        var wordings = group.GroupBy(question => question.Text, StringComparer.Ordinal).OrderByDescending(same => same.Count()).Select(same => same.Key).ToList();
        var reply = serving.Answerer.Ask(new(wordings[0]));
        return new(wordings, [.. group.Select(question => question.Key)], group.CountBy(question => question.Origin).ToDictionary(), group.Max(question => question.At),
            reply.Alternatives, reply is Answer);
    }

    internal static List<long> Ids(IReadOnlyList<string> keys, char kind) =>
        [.. keys.Where(key => key.Length > 1 && key[0] == kind).Select(key => long.TryParse(key.AsSpan(1), CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0)];

    private sealed record Weighed(Outreach.Knowledge.Articles.KnowledgeBase Of, QuestionClusters Clusters);

    private static string? ReasonOf(QuestionOrigin origin) => origin switch
    {
        QuestionOrigin.NoAnswer => UnansweredQuestion.NoAnswer,
        QuestionOrigin.NoneOfThese => UnansweredQuestion.NoneOfThese,
        QuestionOrigin.OutOfScope => UnansweredQuestion.OutOfScope,
        QuestionOrigin.Wrong => null,
    };

    private static QuestionOrigin OriginOf(string reason) => reason switch
    {
        UnansweredQuestion.NoneOfThese => QuestionOrigin.NoneOfThese,
        UnansweredQuestion.OutOfScope => QuestionOrigin.OutOfScope,
        _ => QuestionOrigin.NoAnswer,
    };
}
