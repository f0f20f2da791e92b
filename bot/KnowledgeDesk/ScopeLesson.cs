using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Knowledge.Articles;

namespace Outreach.KnowledgeDesk;

/// <summary>Proposed: waits for somebody who may let it work. InForce: the bot refuses questions like these. TakenBack: history.</summary>
public enum LessonState { Proposed, InForce, TakenBack }

/// <summary>Questions of owners that staff called not ours: examples from which the bot learns what to refuse, and where to send the askers.</summary>
public sealed class ScopeLesson
{
    public const int MostWordings = 5;
    public const int MaxWording = 60;

    public long Id { get; init; }
    /// <summary>Id of the out-of-scope group whose redirect the askers get.</summary>
    public required string GroupId { get; set; }
    /// <summary>Redacted, one a line.</summary>
    public required string Wordings { get; init; }
    /// <summary>The rows of the desk that were settled with it, with commas: they are open again when it is taken back.</summary>
    public required string Keys { get; init; }
    public required LessonState State { get; set; }
    public required string TaughtBy { get; init; }
    public required DateTimeOffset TaughtAt { get; init; }
    public required DateTimeOffset ChangedAt { get; set; }

    public IReadOnlyList<string> EachWording => Wordings.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>From the lessons to what the scope gate learns from. Pure.</summary>
internal static class ScopeLessons
{
    /// <summary>Where nobody knows a better place.</summary>
    public static OutOfScopeGroup Elsewhere { get; } = new("staff.elsewhere", ScopeKind.Near, "这件事不归我管。不知道该找谁，可以打12345问。", []);

    /// <summary>The group of that id; <see cref="Elsewhere"/> when there is none (any more).</summary>
    public static OutOfScopeGroup GroupOf(KnowledgeBase shipped, string id) => shipped.OutOfScope.FirstOrDefault(group => group.Id == id) ?? Elsewhere;

    /// <summary>The lessons as groups that hold what was taught and nothing else.</summary>
    public static IReadOnlyList<OutOfScopeGroup> Groups(IEnumerable<ScopeLesson> lessons, KnowledgeBase shipped) =>
        [.. lessons.GroupBy(lesson => GroupOf(shipped, lesson.GroupId).Id)
            .Select(group => GroupOf(shipped, group.Key) with { Questions = [.. group.SelectMany(lesson => lesson.EachWording).Distinct(StringComparer.Ordinal)] })];
}

internal sealed class ScopeLessonTable : IEntityTypeConfiguration<ScopeLesson>
{
    public void Configure(EntityTypeBuilder<ScopeLesson> lesson)
    {
        lesson.ToTable("ScopeLessons");
        lesson.Property(l => l.GroupId).HasMaxLength(64);
        lesson.Property(l => l.Wordings).HasMaxLength(ScopeLesson.MostWordings * (ScopeLesson.MaxWording + 1));
        lesson.Property(l => l.TaughtBy).HasMaxLength(64);
        lesson.Ignore(l => l.EachWording);
        lesson.HasIndex(l => l.State);
    }
}
