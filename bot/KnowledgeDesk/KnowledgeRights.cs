using Outreach.Communities;
using Outreach.Conversations;
using Outreach.Storage;

namespace Outreach.KnowledgeDesk;

/// <summary>Who sees which questions and who lets an article go out.</summary>
internal static class KnowledgeRights
{
    public const StaffRoles Roles = StaffRoles.Bureau | StaffRoles.Street | StaffRoles.Publicity;

    /// <summary>An article answers the owners of the whole city: whoever publishes it stands at the top of the tree.</summary>
    public static bool MayPublish(this StaffScope scope) => scope.AreaDepth == 0 && scope.Has(Roles);

    /// <summary>The one filter of questions: those of the scope's communities; without a known community they belong to the top of the tree. The texts are redacted.</summary>
    public static IQueryable<UnansweredQuestion> VisibleTo(this IQueryable<UnansweredQuestion> questions, OutreachDb db, StaffScope scope) =>
        !scope.Has(Roles) ? questions.Where(q => false)
        : scope.AreaDepth == 0 ? questions
        : questions.Where(q => db.Set<Community>().Any(c => c.Id == q.CommunityId && c.Area.Path.StartsWith(scope.AreaPath)));

    /// <inheritdoc cref="VisibleTo(IQueryable{UnansweredQuestion}, OutreachDb, StaffScope)"/>
    public static IQueryable<AnswerFeedback> VisibleTo(this IQueryable<AnswerFeedback> feedback, OutreachDb db, StaffScope scope) =>
        !scope.Has(Roles) ? feedback.Where(f => false)
        : scope.AreaDepth == 0 ? feedback
        : feedback.Where(f => db.Set<Community>().Any(c => c.Id == f.CommunityId && c.Area.Path.StartsWith(scope.AreaPath)));
}
