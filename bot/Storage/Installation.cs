using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Storage;

/// <summary>The one row that says which installation this database is.</summary>
public sealed class Installation
{
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;
    /// <summary>New after every <c>restore</c>.</summary>
    public required string InstanceId { get; set; }
    /// <summary>Grows whenever something is about to be sent (<see cref="InstanceMark"/>).</summary>
    public long Sequence { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>Encrypted; it opens only with the keys of this database.</summary>
    public required string Canary { get; init; }

    /// <returns>Null: the database has just been made.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The keys are not those of this database.</exception>
    internal static Task<Installation?> FindAsync(OutreachDb db, CancellationToken cancellationToken) => db.Set<Installation>().AsNoTracking().SingleOrDefaultAsync(cancellationToken);
}

internal sealed class InstallationTable : IEntityTypeConfiguration<Installation>
{
    public void Configure(EntityTypeBuilder<Installation> installation)
    {
        installation.ToTable("Installation");
        installation.Property(i => i.Id).ValueGeneratedNever();
        installation.Property(i => i.Canary).IsPersonal();
    }
}
