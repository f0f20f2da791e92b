using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Leads;

/// <summary>What has to be remembered of one destination over a restart: when it was last written to, and until when it rests.</summary>
public sealed class DestinationState
{
    public required string Name { get; init; }
    /// <summary>Written before sending, so that after a crash we send later, never faster.</summary>
    public DateTimeOffset? LastSentAt { get; set; }
    /// <summary>The receiver asked to wait until then; <see cref="DateTimeOffset.MaxValue"/>: it said that it is gone (410).</summary>
    public DateTimeOffset? RestUntil { get; set; }
    /// <summary>Hash of the address for which <see cref="RestUntil"/> holds: a new address is tried at once.</summary>
    public string? RestsAddress { get; set; }
}

internal sealed class DestinationStateTable : IEntityTypeConfiguration<DestinationState>
{
    public void Configure(EntityTypeBuilder<DestinationState> state)
    {
        state.ToTable("LeadDestinations");
        state.HasKey(s => s.Name);
        state.Property(s => s.Name).HasMaxLength(64);
        state.Property(s => s.RestsAddress).HasMaxLength(64);
    }
}

public static class DestinationSets
{
    extension(OutreachDb db)
    {
        public DbSet<DestinationState> DestinationStates => db.Set<DestinationState>();
    }
}
