using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Communities;

/// <summary>The one row that changes with every change of areas, communities or aliases, so that other processes read them again.</summary>
public sealed class DirectoryVersion
{
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;
    public required Guid Version { get; set; }
}

internal sealed class DirectoryVersionTable : IEntityTypeConfiguration<DirectoryVersion>
{
    public void Configure(EntityTypeBuilder<DirectoryVersion> version)
    {
        version.ToTable("DirectoryVersion");
        version.Property(v => v.Id).ValueGeneratedNever();
    }
}

public static class DirectoryChanges
{
    /// <summary>Marks the directory as changed, in the transaction of the change. After the commit call <see cref="CommunityDirectory.ReloadAsync"/>.</summary>
    public static async Task TouchDirectoryAsync(this OutreachDb db, CancellationToken cancellationToken)
    {
        if (await db.DirectoryVersions.FindAsync([DirectoryVersion.TheOne], cancellationToken) is { } version)
            version.Version = Guid.NewGuid();
        else
            db.DirectoryVersions.Add(new DirectoryVersion { Version = Guid.NewGuid() });
    }
}
