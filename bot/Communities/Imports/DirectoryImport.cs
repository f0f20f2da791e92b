using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Outreach.Storage;

namespace Outreach.Communities;

public enum DirectoryImportState { Uploaded, Imported, Undone }

/// <summary>One file of communities on its way through the console: uploaded, looked at, imported, perhaps taken back.</summary>
public sealed class DirectoryImport
{
    public long Id { get; init; }
    /// <summary>Who uploaded it; until it is imported nobody else sees it.</summary>
    public required string StaffId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string FileName { get; init; }
    public DirectoryImportState State { get; set; }
    /// <summary>The file as it came; null once it was imported.</summary>
    public byte[]? Content { get; set; }
    /// <summary>Which column is which, as JSON ; null: as the headings say.</summary>
    public string? Columns { get; set; }
    public int Lines { get; set; }
    public int Accepted { get; set; }
    public int Created { get; set; }
    public int Updated { get; set; }
    public DateTimeOffset? ImportedAt { get; set; }
    /// <summary>What the import changed, with the former values, as JSON; null: it cannot be taken back (it removed the demo).</summary>
    public string? Before { get; set; }
    public DateTimeOffset? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }
}

internal sealed class DirectoryImportTable : IEntityTypeConfiguration<DirectoryImport>
{
    public void Configure(EntityTypeBuilder<DirectoryImport> import)
    {
        import.ToTable("DirectoryImports");
        import.Property(i => i.FileName).HasMaxLength(128);
        import.HasIndex(i => new { i.State, i.ImportedAt });
    }
}

public static class ImportSets
{
    extension(OutreachDb db)
    {
        public DbSet<DirectoryImport> DirectoryImports => db.Set<DirectoryImport>();
    }
}
