using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Outreach.Communities;
using Outreach.Knowledge.Articles;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>Fills the papers of a community with what is known of it, within the caller's subtree.</summary>
internal sealed class PaperDesk(IDbContextFactory<OutreachDb> databases, CommunityDirectory directory, KnowledgeBase knowledge)
{
    /// <summary>Null when there is no such community for these eyes, or no such paper.</summary>
    public async Task<Paper?> MakeAsync(long communityId, DocumentKind kind, StaffScope scope, CancellationToken cancellationToken)
    {
        if (kind == DocumentKind.Poster || !Enum.IsDefined(kind))
            return null;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var path = scope.AreaPath;
        if (await db.Communities.AsNoTracking().SingleOrDefaultAsync(c => c.Id == communityId && c.Area.Path.StartsWith(path), cancellationToken) is not { } community
            || directory.Find(communityId) is not { } listed)
            return null;
        var street = directory.Current.Up(community.AreaId).FirstOrDefault(a => a.Level == AreaLevel.Subdistrict);
        var plan = listed.Plan.Facts;
        return Papers.Make(kind, new(
            community.Name, $"{listed.Where}{listed.Neighbourhood}" is { Length: > 0 } place ? place : null,
            street is null ? null : DirectorySnapshot.OfficeName(street), street?.Phone, community.Households, community.FloorArea, community.DeliveredOn,
            plan.Done.TryGetValue(StepBook.GroupFormed, out var formed) ? formed : null,
            plan.Done.TryGetValue(StepBook.Meeting, out var met) ? met : plan.MeetingPlanned), knowledge.Sources.Display);
    }
}

/// <summary>A paper as a Word file.</summary>
internal static class PaperSteps
{
    public static async Task<Results<FileStreamHttpResult, NotFound>> Word(long id, DocumentKind kind, PaperDesk desk, StaffScope scope, CancellationToken cancellationToken) =>
        await desk.MakeAsync(id, kind, scope, cancellationToken) is { } paper
            ? TypedResults.File(PaperDocx.Write(paper), PaperDocx.ContentType, $"{paper.Title}.docx")
            : TypedResults.NotFound();
}
