using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>What a recorded day says: that the step was done on it, or (the first owners' meeting alone) that it is planned for it.</summary>
public enum StepMark { Done, Planned }

/// <summary>One day that staff recorded for one of the fourteen steps. Taking it back keeps the row: the history is what these rows say.</summary>
public sealed class CommunityStep
{
    public long Id { get; init; }
    public required long CommunityId { get; init; }
    /// <summary>From 1; the next one begins with a re-election (step 14).</summary>
    public required int Round { get; init; }
    /// <summary>1 to 14, the steps of <see cref="StepBook"/>.</summary>
    public required int Number { get; init; }
    public required StepMark Mark { get; init; }
    public required DateOnly Day { get; init; }
    public string? StaffId { get; init; }
    public required DateTimeOffset At { get; init; }
    public DateTimeOffset? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }
}

/// <summary>One change of a community's stage: append only but for <see cref="UndoneAt"/>.</summary>
public sealed class StageChange
{
    public long Id { get; init; }
    public required long CommunityId { get; init; }
    public required CommunityStage From { get; init; }
    public DateOnly? FromSince { get; init; }
    public DateOnly? FromTermEndsOn { get; init; }
    public required CommunityStage To { get; init; }
    public DateOnly? ToSince { get; init; }
    /// <summary>The recorded step that caused it; null: staff or an import set the stage itself.</summary>
    public long? StepId { get; init; }
    /// <summary>Null: an import on the server.</summary>
    public string? StaffId { get; init; }
    public required DateTimeOffset At { get; init; }
    public DateTimeOffset? UndoneAt { get; set; }
}

/// <summary>One reminder of one legal date, sent once: an alert for the staff of the community's area.</summary>
public sealed class StepReminder
{
    public long Id { get; init; }
    public required long CommunityId { get; init; }
    public required int Round { get; init; }
    public required int Number { get; init; }
    public required DateOnly Deadline { get; init; }
    /// <summary>How long before the deadline; negative: after it.</summary>
    public required int DaysBefore { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? SentAt { get; set; }
    /// <summary>The step was done or its date has changed before it was sent.</summary>
    public DateTimeOffset? CancelledAt { get; set; }
}

internal sealed class CommunityStepTable : IEntityTypeConfiguration<CommunityStep>
{
    public void Configure(EntityTypeBuilder<CommunityStep> step)
    {
        step.ToTable("CommunitySteps");
        step.HasIndex(s => new { s.CommunityId, s.Round, s.Number, s.Mark }).IsUnique().HasFilter("\"UndoneAt\" IS NULL");
        step.HasOne<Community>().WithMany().HasForeignKey(s => s.CommunityId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class StageChangeTable : IEntityTypeConfiguration<StageChange>
{
    public void Configure(EntityTypeBuilder<StageChange> change)
    {
        change.ToTable("StageChanges");
        change.HasIndex(c => new { c.CommunityId, c.At });
        change.HasOne<Community>().WithMany().HasForeignKey(c => c.CommunityId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class StepReminderTable : IEntityTypeConfiguration<StepReminder>
{
    public void Configure(EntityTypeBuilder<StepReminder> reminder)
    {
        reminder.ToTable("StepReminders");
        reminder.HasIndex(r => new { r.CommunityId, r.Round, r.Number, r.Deadline, r.DaysBefore }).IsUnique();
        reminder.HasIndex(r => r.DueAt, "IX_StepReminders_Open").HasFilter("\"SentAt\" IS NULL AND \"CancelledAt\" IS NULL");
        reminder.HasOne<Community>().WithMany().HasForeignKey(r => r.CommunityId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class StageSets
{
    extension(OutreachDb db)
    {
        public DbSet<CommunityStep> CommunitySteps => db.Set<CommunityStep>();
        public DbSet<StageChange> StageChanges => db.Set<StageChange>();
        public DbSet<StepReminder> StepReminders => db.Set<StepReminder>();
    }
}
