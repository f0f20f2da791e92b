using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Staff;

/// <summary>What happened on one day in one community, counted once when the day was over, so that the board reads no conversation. Nobody is in it, only numbers.</summary>
public sealed class DailyFigure
{
    /// <summary>Owners whose community is not known. Stands for every counted day, also an empty one.</summary>
    public const long Nowhere = 0;

    public long Id { get; init; }
    /// <summary>A day of the city.</summary>
    public required DateOnly Day { get; init; }
    public required long CommunityId { get; init; }
    /// <summary>Messages of owners.</summary>
    public int Messages { get; init; }
    /// <summary>Conversations in which they stand.</summary>
    public int Askers { get; init; }
    /// <summary>Owners who signed up for the first time: over all days and communities each is counted once.</summary>
    public int SignUps { get; init; }
}

internal sealed class DailyFigureTable : IEntityTypeConfiguration<DailyFigure>
{
    public void Configure(EntityTypeBuilder<DailyFigure> figure)
    {
        figure.ToTable("DailyFigures");
        figure.HasIndex(f => new { f.Day, f.CommunityId }).IsUnique();
    }
}

internal static class BoardSets
{
    extension(OutreachDb db)
    {
        public DbSet<DailyFigure> DailyFigures => db.Set<DailyFigure>();
    }
}
