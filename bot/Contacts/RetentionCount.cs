using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Contacts;

public enum RetentionKind { Leads, WithdrawnLeads, Transcripts, Drafts, DedupeKeys, Identities, ErasedOnRequest, UnconfirmedAddresses, Pictures }

/// <summary>How many rows of a kind were erased on one day (UTC): numbers only, for the status page.</summary>
public sealed class RetentionCount
{
    public required RetentionKind Kind { get; init; }
    public required DateOnly Day { get; init; }
    public required int Rows { get; set; }
}

internal sealed class RetentionCountTable : IEntityTypeConfiguration<RetentionCount>
{
    public void Configure(EntityTypeBuilder<RetentionCount> count)
    {
        count.ToTable("RetentionCounts");
        count.HasKey(c => new { c.Kind, c.Day });
    }
}

/// <summary>The one row that says when retention last came to its end.</summary>
public sealed class RetentionRun
{
    public int Id { get; init; } = 1;
    public required DateTimeOffset DoneAt { get; set; }
}

internal sealed class RetentionRunTable : IEntityTypeConfiguration<RetentionRun>
{
    public void Configure(EntityTypeBuilder<RetentionRun> run)
    {
        run.ToTable("RetentionRun");
        run.Property(r => r.Id).ValueGeneratedNever();
    }
}

public static class RetentionSets
{
    extension(OutreachDb db)
    {
        public DbSet<RetentionRun> RetentionRuns => db.Set<RetentionRun>();
        public DbSet<RetentionCount> RetentionCounts => db.Set<RetentionCount>();
    }

    /// <summary>Adds to today's number, in the transaction of the erasure.</summary>
    public static async Task AddAsync(OutreachDb db, RetentionKind kind, int rows, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (rows == 0)
            return;
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (await db.RetentionCounts.FindAsync([kind, day], cancellationToken) is { } count)
            count.Rows += rows;
        else
            db.RetentionCounts.Add(new RetentionCount { Kind = kind, Day = day, Rows = rows });
    }
}
