using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Contacts;
using Outreach.Conversations;
using Outreach.Knowledge.Answers;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <param name="Since">First day, in the city.</param>
/// <param name="CommunityId">Null: all of the scope.</param>
/// <param name="Channel">Null: all.</param>
internal sealed record StatisticsQuery(DateOnly Since, long? CommunityId, string? Channel);

/// <param name="Label">An article's id, a topic, a channel; for people the page names it.</param>
internal sealed record StatisticsLine(string Label, int Answers);

/// <param name="Owners">Owners of the slice who wrote since then.</param>
/// <param name="Total">Answers; null together with everything else when the slice has fewer than five owners.</param>
/// <param name="Handed">Handovers closed per neighbourhood, and what the owners said; null where fewer than five answered.</param>
internal sealed record Statistics(
    int Owners, int? Total, IReadOnlyDictionary<AnswerKind, int> Kinds, IReadOnlyDictionary<int, int> Confidence, IReadOnlyList<StatisticsLine> Topics, IReadOnlyList<StatisticsLine> Articles,
    IReadOnlyList<StatisticsLine> Channels, IReadOnlyList<TeamLine> Handed);

/// <param name="Helped">Of those who answered whether it helped, who said yes; null: fewer than five answered.</param>
internal sealed record TeamLine(string Team, int Closed, int? Asked, int? Helped);

/// <summary>What owners ask and how they are answered, in numbers that point to nobody: a slice of fewer than five owners shows none.</summary>
internal sealed class AnswerStatistics(IDbContextFactory<OutreachDb> databases, ServingKnowledge serving, CommunityDirectory directory, CityClock city)
{
    private const int MostLines = 20;

    public async Task<Statistics> ReadAsync(StatisticsQuery query, StaffScope scope, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var mine = scope.AreaDepth == 0 ? null : directory.Current.Communities.Where(c => c.AreaPath.StartsWith(scope.AreaPath, StringComparison.Ordinal)).Select(c => c.Id).ToList();
        var handed = await TeamsAsync(db, query, mine, cancellationToken);
        var nothing = new Statistics(0, null, new Dictionary<AnswerKind, int>(), new Dictionary<int, int>(), [], [], [], handed);
        if (query.CommunityId is { } wanted && mine?.Contains(wanted) is false)
            return nothing;
        var since = city.FromLocal(query.Since.ToDateTime(TimeOnly.MinValue));
        var contacts = db.Contacts.Where(c => c.OwnerId == null && c.ConversationId != null && c.LastSeenAt >= since);
        if (mine is not null)
            contacts = contacts.Where(c => mine.Contains(c.CommunityId!.Value));
        if (query.CommunityId is { } one)
            contacts = contacts.Where(c => c.CommunityId == one);
        var present = await contacts.GroupBy(c => c.Channel).Select(g => new { Channel = g.Key, Owners = g.Count() }).ToListAsync(cancellationToken);
        var owners = present.Where(c => query.Channel is null || c.Channel == query.Channel).Sum(c => c.Owners);
        if (owners < Progress.Floor)
            return nothing with { Owners = owners };
        var counts = db.AnswerCounts.AsNoTracking().Where(c => c.Day >= query.Since && (mine == null || mine.Contains(c.CommunityId))
            && (query.CommunityId == null || c.CommunityId == query.CommunityId) && (query.Channel == null || c.Channel == query.Channel));
        var kinds = await counts.GroupBy(c => c.Kind).Select(g => new { g.Key, Answers = g.Sum(c => c.Answers) }).ToDictionaryAsync(g => g.Key, g => g.Answers, cancellationToken);
        var confidence = await counts.Where(c => c.Confidence >= 0).GroupBy(c => c.Confidence).Select(g => new { g.Key, Answers = g.Sum(c => c.Answers) })
            .ToDictionaryAsync(g => g.Key, g => g.Answers, cancellationToken);
        var articles = await counts.Where(c => c.ArticleId != "").GroupBy(c => c.ArticleId).Select(g => new StatisticsLine(g.Key, g.Sum(c => c.Answers))).ToListAsync(cancellationToken);
        var shown = present.Where(c => c.Owners >= Progress.Floor).Select(c => c.Channel).ToList();
        var channels = await counts.Where(c => shown.Contains(c.Channel)).GroupBy(c => c.Channel).Select(g => new StatisticsLine(g.Key, g.Sum(c => c.Answers))).ToListAsync(cancellationToken);
        return new(owners, kinds.Values.Sum(), kinds, confidence,
            [.. articles.GroupBy(line => TopicOf(line.Label)).Select(topic => new StatisticsLine(topic.Key, topic.Sum(line => line.Answers))).OrderByDescending(line => line.Answers)],
            [.. articles.OrderByDescending(line => line.Answers).Take(MostLines)],
            [.. channels.OrderByDescending(line => line.Answers)], handed);
    }

    private string TopicOf(string articleId) => serving.Knowledge.Find(articleId)?.Topic ?? articleId.Split('.')[0];

    private async Task<IReadOnlyList<TeamLine>> TeamsAsync(OutreachDb db, StatisticsQuery query, List<long>? mine, CancellationToken cancellationToken)
    {
        var since = city.FromLocal(query.Since.ToDateTime(TimeOnly.MinValue));
        var closed = await db.Handovers.AsNoTracking().Where(h => h.ClosedAt >= since && h.TakenAt != null && (mine == null || mine.Contains(h.CommunityId!.Value)))
            .GroupBy(h => new { h.CommunityId, h.Helped }).Select(g => new { g.Key.CommunityId, g.Key.Helped, Count = g.Count() }).ToListAsync(cancellationToken);
        return [.. closed.GroupBy(row => row.CommunityId is { } id && directory.Find(id) is { } community ? community.Neighbourhood : "还不知道小区").Select(team =>
        {
            var asked = team.Where(row => row.Helped is not null).Sum(row => row.Count);
            var isShown = asked >= Progress.Floor;
            return new TeamLine(team.Key, team.Sum(row => row.Count), isShown ? asked : null, isShown ? team.Where(row => row.Helped == HelpGiven.Yes).Sum(row => row.Count) : null);
        }).OrderByDescending(team => team.Closed)];
    }
}
