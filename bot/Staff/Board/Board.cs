using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>The seven phases of the charts.</summary>
internal enum BoardPhase { Gathering, Applied, Group, Meeting, Elected, Filed, TermOver }

/// <param name="Passed">Communities that have applied or are further.</param>
/// <param name="Management">Communities with a management committee: they are in no phase.</param>
internal sealed record BoardTile(string Name, int Total, int Passed, int Management, IReadOnlyList<int> Phases);

/// <param name="Count">Households signed up, never below five.</param>
/// <param name="Target">What the threshold asks for, in households.</param>
internal sealed record NearThreshold(DirectoryCommunity Community, int Count, int Target, string Threshold)
{
    public int Missing => Target - Count;
}

/// <summary>One week of the trend. Null: fewer than five owners stand behind the number, so it is not told.</summary>
public sealed record TrendWeek(DateOnly Monday, int? Messages, int? SignUps);

/// <summary>What the progress board shows; numbers of owners only from five up.</summary>
internal sealed record BoardView(
    int Communities, int WithCommittee, string TileLevel, IReadOnlyList<BoardTile> Tiles, IReadOnlyList<NearThreshold> Near, IReadOnlyList<TrendWeek> Trend);

/// <summary>Reads the board within a scope.</summary>
internal sealed class BoardReader(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, CityClock clock)
{
    public const int Weeks = 12;
    private const int MostNear = 10;

    public async Task<BoardView> ReadAsync(StaffScope scope, CancellationToken cancellationToken)
    {
        var mine = directory.Current.Communities.Where(c => c.AreaPath.StartsWith(scope.AreaPath, StringComparison.Ordinal)).ToList();
        var byDistrict = mine.Select(c => c.District).Distinct(StringComparer.Ordinal).Count() > 1;
        var tiles = mine.GroupBy(c => byDistrict ? c.District : c.Street, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Tile(g.Key, [.. g])).ToList();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var near = await NearAsync(db, mine, scope, cancellationToken);
        return new(mine.Count, mine.Count(c => c.Stage is CommunityStage.Elected or CommunityStage.Filed or CommunityStage.TermOver), byDistrict ? "县区" : "街道", tiles, near,
            await TrendAsync(db, scope, cancellationToken));
    }

    private static BoardTile Tile(string name, IReadOnlyList<DirectoryCommunity> communities)
    {
        var phases = new int[Enum.GetValues<BoardPhase>().Length];
        foreach (var phase in communities.Select(c => PhaseOf(c.Stage)).OfType<BoardPhase>())
            phases[(int)phase]++;
        return new(name.Length == 0 ? "没有归属" : name, communities.Count, phases.Skip((int)BoardPhase.Applied).Sum(), communities.Count(c => c.Stage == CommunityStage.ManagementCommittee), phases);
    }

    private static BoardPhase? PhaseOf(CommunityStage stage) => stage switch
    {
        CommunityStage.None or CommunityStage.GatheringInterest => BoardPhase.Gathering,
        CommunityStage.Applied => BoardPhase.Applied,
        CommunityStage.PreparatoryGroup => BoardPhase.Group,
        CommunityStage.FirstMeeting => BoardPhase.Meeting,
        CommunityStage.Elected => BoardPhase.Elected,
        CommunityStage.Filed => BoardPhase.Filed,
        CommunityStage.TermOver => BoardPhase.TermOver,
        CommunityStage.ManagementCommittee => null,
    };

    /// <summary>Before an election: the next of a fifth and two thirds of the households, the nearest first.</summary>
    private static async Task<IReadOnlyList<NearThreshold>> NearAsync(OutreachDb db, List<DirectoryCommunity> mine, StaffScope scope, CancellationToken cancellationToken)
    {
        var open = mine.Where(c => c.Households is > 0 && c.Stage < CommunityStage.Elected).ToDictionary(c => c.Id);
        var counts = await ProgressReader.CountWithinAsync(db, scope.AreaPath, cancellationToken);
        return [.. counts.Where(pair => pair.Value >= Progress.Floor && open.ContainsKey(pair.Key)).Select(pair => Next(open[pair.Key], pair.Value)).OfType<NearThreshold>()
            .OrderBy(near => (double)near.Missing / near.Community.Households!.Value).ThenBy(near => near.Community.Id).Take(MostNear)];
    }

    /// <summary>The next threshold above a count; null: all are reached.</summary>
    internal static NearThreshold? Next(DirectoryCommunity community, int count)
    {
        var all = community.Households!.Value;
        var (fifth, thirds) = ((all + 4) / 5, (2 * all + 2) / 3);
        return count < fifth ? new(community, count, fifth, "五分之一") : count < thirds ? new(community, count, thirds, "三分之二") : null;
    }

    private async Task<IReadOnlyList<TrendWeek>> TrendAsync(OutreachDb db, StaffScope scope, CancellationToken cancellationToken)
    {
        var thisMonday = clock.Today.AddDays(-(((int)clock.Today.DayOfWeek + 6) % 7));
        var first = thisMonday.AddDays(-7 * Weeks);
        var figures = db.DailyFigures.AsNoTracking().Where(f => f.Day >= first && f.Day < thisMonday);
        if (scope.AreaId is not null)
        {
            var communities = db.Communities.Where(c => c.Area.Path.StartsWith(scope.AreaPath)).Select(c => c.Id);
            figures = figures.Where(f => communities.Contains(f.CommunityId));
        }
        var days = await figures.GroupBy(f => f.Day).Select(g => new DayFigures(g.Key, g.Sum(f => f.Messages), g.Sum(f => f.Askers), g.Sum(f => f.SignUps))).ToListAsync(cancellationToken);
        return [.. Enumerable.Range(0, Weeks).Select(n => Week(first.AddDays(7 * n), days))];
    }

    internal sealed record DayFigures(DateOnly Day, int Messages, int Askers, int SignUps);

    /// <summary>
    /// A person may ask on every day of a week, so the askers of its days do not add up; those of one day are different people. Only when one day alone has five
    /// is it certain that five stand behind the week.
    /// </summary>
    internal static TrendWeek Week(DateOnly monday, IEnumerable<DayFigures> days)
    {
        var week = days.Where(d => d.Day >= monday && d.Day < monday.AddDays(7)).ToList();
        var signUps = week.Sum(d => d.SignUps);
        return new(monday, week.Any(d => d.Askers >= Progress.Floor) ? week.Sum(d => d.Messages) : null, signUps >= Progress.Floor ? signUps : null);
    }
}
