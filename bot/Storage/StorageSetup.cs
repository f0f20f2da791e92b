using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Outreach.Storage.Models.Postgres;
using Outreach.Storage.Models.Sqlite;

namespace Outreach.Storage;

public static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration("Storage")
            .Validate(o => !string.IsNullOrWhiteSpace(o.Path), "Storage:Path must name the database file, such as data/outreach.db.")
            .Validate(o => o.Provider == StorageProvider.Sqlite || !string.IsNullOrWhiteSpace(o.ConnectionString),
                "Storage:ConnectionString is needed with Storage:Provider PostgreSql, such as \"Host=db;Database=outreach;Username=outreach\" (the password by the environment: Storage__ConnectionString).")
            .ValidateOnStart();
        services.AddSingleton<StorageFiles>();
        services.AddSingleton<IDatabaseHome>(provider => provider.GetRequiredService<StorageFiles>().Provider switch
        {
            StorageProvider.Sqlite => ActivatorUtilities.CreateInstance<SqliteHome>(provider),
            StorageProvider.PostgreSql => ActivatorUtilities.CreateInstance<PostgresHome>(provider),
        });
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton<DatabaseChanges>();
        services.AddSingleton<InstanceMark>();
        services.AddSingleton<IDueWork, InstanceMarkWork>();
        services.AddSingleton<WriteGate>();
        services.AddSingleton(new SqliteSession(Flush.Shared));
        services.AddSingleton<SharedFlush>();
        services.AddSingleton<SchedulerPulse>();
        services.AddSingleton(provider => provider.GetRequiredService<StorageFiles>().ReadHashKey());
        services.AddSingleton<PersonalData>();
        services.AddSingleton<AuditLog>();
        services.AddDataProtection().SetApplicationName("Outreach");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>().Configure<StorageFiles, ILoggerFactory>((keys, files, logs) =>
            keys.XmlRepository = new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(new DirectoryInfo(files.KeysFolder), logs));
        services.AddPooledDbContextFactory<SqliteOutreachDb>((provider, options) => options
            .UseSqlite(provider.GetRequiredService<StorageFiles>().Connection)
            .UseModel(SqliteOutreachDbModel.For(provider.GetRequiredService<PersonalData>))
            .AddInterceptors(provider.GetRequiredService<SqliteSession>(), Guard), ContextsKept);
        services.AddPooledDbContextFactory<PostgresOutreachDb>((provider, options) => options
            .UseNpgsql(ForShortQueries(provider.GetRequiredService<StorageFiles>().Connection))
            .UseModel(PostgresOutreachDbModel.For(provider.GetRequiredService<PersonalData>))
            .AddInterceptors(Guard), ContextsKept);
        services.AddSingleton<IDbContextFactory<OutreachDb>>(provider => provider.GetRequiredService<StorageFiles>().Provider switch
        {
            StorageProvider.Sqlite => new OutreachDbFactory<SqliteOutreachDb>(provider.GetRequiredService<IDbContextFactory<SqliteOutreachDb>>()),
            StorageProvider.PostgreSql => new OutreachDbFactory<PostgresOutreachDb>(provider.GetRequiredService<IDbContextFactory<PostgresOutreachDb>>()),
        });
        services.AddScoped<OutreachDb>(provider => provider.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext());
        return services;
    }

    /// <summary>
    /// Our longest query takes some ten milliseconds; to begin workers beside it, or to compile it, takes PostgreSQL longer. What the operator's own <c>Options</c> say stays as it is.
    /// </summary>
    internal static string ForShortQueries(string connection)
    {
        var server = new Npgsql.NpgsqlConnectionStringBuilder(connection);
        if (string.IsNullOrEmpty(server.Options))
            server.Options = "-c jit=off -c max_parallel_workers_per_gather=0";
        return server.ConnectionString;
    }

    private const int ContextsKept = 64;        // making one costs more than a query
    private static readonly WriteGuard Guard = new();

    /// <summary>The interface is not variant: rooms ask for <c>IDbContextFactory&lt;OutreachDb&gt;</c> and get the provider's context.</summary>
    private sealed class OutreachDbFactory<TDb>(IDbContextFactory<TDb> factory) : IDbContextFactory<OutreachDb> where TDb : OutreachDb
    {
        public OutreachDb CreateDbContext() => factory.CreateDbContext();
    }
}
