using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Outreach.Campaigns;

/// <summary>The bytes of a picture: a JPEG without anything but its pixels. A notice and those that repeat it share one.</summary>
public sealed class PictureFile
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }
    public required byte[] Bytes { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class PictureFileTable : IEntityTypeConfiguration<PictureFile>
{
    public void Configure(EntityTypeBuilder<PictureFile> file)
    {
        file.ToTable("PictureFiles");
        file.Property(f => f.Id).HasMaxLength(32);
        file.HasIndex(f => f.CreatedAt);
    }
}
