using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Generation;

/// <summary>What the language model was used for on one day of the city: a row, so that a restart does not forget it.</summary>
public sealed class ModelUsage
{
    public required DateOnly Day { get; init; }
    /// <summary>Spent, and reserved by calls under way.</summary>
    public long Tokens { get; set; }
    /// <summary>Millionths of the prices' currency, spent and reserved.</summary>
    public long CostMicros { get; set; }
    public int Calls { get; set; }
    /// <summary>Calls that were not made because the day's budget was used up.</summary>
    public int Refused { get; set; }
}

internal sealed class ModelUsageTable : IEntityTypeConfiguration<ModelUsage>
{
    public void Configure(EntityTypeBuilder<ModelUsage> usage)
    {
        usage.ToTable("ModelUsages");
        usage.HasKey(u => u.Day);
    }
}

public static class ModelUsageSets
{
    extension(OutreachDb db)
    {
        public DbSet<ModelUsage> ModelUsages => db.Set<ModelUsage>();
    }
}
