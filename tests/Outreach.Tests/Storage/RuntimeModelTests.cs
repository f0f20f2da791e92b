using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Outreach.Storage;
using Outreach.Storage.Models.Postgres;
using Outreach.Storage.Models.Sqlite;

namespace Outreach.Tests.Storage;

/// <summary>
/// The models under bot/Storage/Models are written from the tables' configurations. After a change of a table, once the program is built (-c Release), for both providers:
/// <code>
/// dotnet tool restore
/// dotnet ef migrations add NAME --project bot --context SqliteOutreachDb -o Storage/Migrations/Sqlite
/// dotnet ef dbcontext optimize --project bot --context SqliteOutreachDb -o Storage/Models/Sqlite -n Outreach.Storage.Models.Sqlite
/// </code>
/// and without the two files *AssemblyAttributes.cs and *OutreachDbModel.cs of the latter: bot/Storage/*OutreachDbModel.cs stand for them, because each host puts its keys in.
/// </summary>
public sealed class RuntimeModelTests
{
    private static readonly PersonalData Personal = new(new EphemeralDataProtectionProvider(), new HashKey(new byte[32]));

    [Fact]
    public void The_model_for_SQLite_is_that_of_the_tables()
    {
        using var tables = new DesignTimeSqlite().CreateDbContext([]);
        using var written = new SqliteOutreachDb(Options<SqliteOutreachDb>(SqliteOutreachDbModel.For(() => Personal)).UseSqlite("Data Source=none.db").Options);
        Same(tables, written);
    }

    [Fact]
    public void The_model_for_PostgreSQL_is_that_of_the_tables()
    {
        using var tables = new DesignTimePostgres().CreateDbContext([]);
        using var written = new PostgresOutreachDb(Options<PostgresOutreachDb>(PostgresOutreachDbModel.For(() => Personal)).UseNpgsql("Host=none").Options);
        Same(tables, written);
    }

    [Fact]
    public void Every_personal_property_passes_through_encryption_and_no_other()
    {
        foreach (var model in new[] { SqliteOutreachDbModel.For(() => Personal), PostgresOutreachDbModel.For(() => Personal) })
        {
            var mapped = model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(property => property.ClrType == typeof(string)).ToList();
            Assert.Contains(mapped, property => property.FindAnnotation("Outreach:Personal") is not null);
            foreach (var property in mapped.Where(property => property.FindAnnotation("Outreach:Personal") is not null))
            {
                var cipher = (string?)property.GetTypeMapping().Converter?.ConvertToProvider("梧桐苑");
                Assert.NotNull(cipher);
                Assert.DoesNotContain("梧桐苑", cipher, StringComparison.Ordinal);
            }
        }
    }

    private static void Same(OutreachDb tables, OutreachDb written)
    {
        Assert.Equal(Describe(tables.Model), Describe(written.Model));
        Assert.False(tables.Database.HasPendingModelChanges(), "The tables have changes without a migration.");
        Assert.Equal(tables.Database.GetMigrations().Last(), written.NewestMigration);
    }

    private static DbContextOptionsBuilder<TDb> Options<TDb>(IModel model) where TDb : OutreachDb =>
        new DbContextOptionsBuilder<TDb>().UseModel(model).UseApplicationServiceProvider(new ServiceCollection().BuildServiceProvider());

    private static string Describe(IModel model) => model.ToDebugString(MetadataDebugStringOptions.ShortDefault | MetadataDebugStringOptions.IncludeAnnotations);
}
