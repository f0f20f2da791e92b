using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Outreach.Storage;

/// <summary>For <c>dotnet ef</c>: builds the model without starting the host.</summary>
internal sealed class DesignTimeSqlite : IDesignTimeDbContextFactory<SqliteOutreachDb>
{
    public SqliteOutreachDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteOutreachDb>().UseSqlite("Data Source=design-time.db").UseApplicationServiceProvider(DesignTime.Services).Options);
}

/// <inheritdoc cref="DesignTimeSqlite"/>
internal sealed class DesignTimePostgres : IDesignTimeDbContextFactory<PostgresOutreachDb>
{
    public PostgresOutreachDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresOutreachDb>().UseNpgsql("Host=design-time").UseApplicationServiceProvider(DesignTime.Services).Options);
}

file static class DesignTime
{
    public static IServiceProvider Services { get; } = new ServiceCollection().BuildServiceProvider();
}
