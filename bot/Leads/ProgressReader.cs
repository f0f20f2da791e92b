using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>What may be said in public about one community: numbers only, and none below <see cref="Floor"/>.</summary>
/// <param name="Households">Households signed up, or null below the floor.</param>
/// <param name="OfHouseholds">All households of the community, when known.</param>
/// <param name="MissingForProposal">Households that still lack for a fifth of all (提议临时会议: a fifth of heads and of area are needed; this is the heads' side). 0: reached. Null: not known.</param>
/// <param name="MissingForQuorum">The same for two thirds of all, the participation that a vote needs. A sign-up is no vote.</param>
public sealed record Progress(
    long CommunityId, int? Households, int? OfHouseholds, int? MissingForProposal, int? MissingForQuorum, CommunityStage Stage, string StageText, DateOnly? StageSince)
{
    public const int Floor = 5;

    /// <summary>Share of all households, 0 to 1; null when one of both is not known or not told.</summary>
    public double? Share => Households is { } households && OfHouseholds is > 0 and var all ? Math.Min(1, (double)households / all) : null;

    /// <summary>From the counted households. Pure.</summary>
    public static Progress From(DirectoryCommunity community, int counted)
    {
        int? told = counted >= Floor ? counted : null;
        var all = community.Households is > 0 ? community.Households : null;
        return new(community.Id, told, all,
            told is { } n && all is { } forFifth ? Math.Max(0, (forFifth + 4) / 5 - n) : null,
            told is { } m && all is { } forThirds ? Math.Max(0, (2 * forThirds + 2) / 3 - m) : null,
            community.Stage, Communities.StageText.Of(community.Stage), community.StageSince);
    }
}

/// <summary>Counts the households of a community: open sign-ups of owners who want more than 只想了解; one room counts once, one without a room as one.</summary>
public sealed class ProgressReader(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory)
{
    /// <summary>Null for an unknown community.</summary>
    public async Task<Progress?> ReadAsync(long communityId, CancellationToken cancellationToken)
    {
        if (directory.Find(communityId) is not { } community)
            return null;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return Progress.From(community, (await CountAsync(db, [communityId], cancellationToken)).GetValueOrDefault(communityId));
    }

    /// <summary>The exact numbers, for staff; communities without sign-ups are left out.</summary>
    public static async Task<IReadOnlyDictionary<long, int>> CountAsync(OutreachDb db, IReadOnlyCollection<long> communityIds, CancellationToken cancellationToken)
    {
        return await CountAsync(db.Leads.Where(l => l.CommunityId != null && communityIds.Contains(l.CommunityId.Value)), cancellationToken);
    }

    /// <summary>The same for all communities of a subtree of areas.</summary>
    public static Task<IReadOnlyDictionary<long, int>> CountWithinAsync(OutreachDb db, string areaPath, CancellationToken cancellationToken) =>
        CountAsync(areaPath == "/" ? db.Leads.Where(l => l.CommunityId != null) : db.Leads.Within(db, areaPath), cancellationToken);

    private static async Task<IReadOnlyDictionary<long, int>> CountAsync(IQueryable<Lead> leads, CancellationToken cancellationToken)
    {
        var counted = leads.Where(l => l.ClosedAt == null && l.Role == LeadRole.Owner && (l.Wishes & (Wishes.Support | Wishes.JoinGroup | Wishes.Candidate)) != 0);
        var rooms = await counted.Where(l => l.RoomHash != null).Select(l => new { Id = l.CommunityId!.Value, l.RoomHash }).Distinct().GroupBy(room => room.Id)
            .Select(group => new { Id = group.Key, Count = group.Count() }).ToListAsync(cancellationToken);
        var roomless = await counted.Where(l => l.RoomHash == null).GroupBy(l => l.CommunityId!.Value)
            .Select(group => new { Id = group.Key, Count = group.Count() }).ToListAsync(cancellationToken);
        return rooms.Concat(roomless).GroupBy(r => r.Id).ToDictionary(group => group.Key, group => group.Sum(r => r.Count));
    }
}
