using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Outreach.Storage;

public static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration("Storage")
            .Validate(o => o.ConnectionString is not null || !string.IsNullOrWhiteSpace(o.Path), "Storage:Path must name the database file, such as data/outreach.db.")
            .ValidateOnStart();
        services.AddSingleton<StorageFiles>();
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton<InstanceMark>();
        services.AddSingleton<IDueWork, InstanceMarkWork>();
        services.AddSingleton<WriteGate>();
        services.AddSingleton(new SqliteSession(Flush.EveryCommit));
        services.AddSingleton<SchedulerPulse>();
        services.AddSingleton(provider => provider.GetRequiredService<StorageFiles>().ReadHashKey());
        services.AddSingleton<PersonalData>();
        services.AddSingleton<AuditLog>();
        services.AddDataProtection().SetApplicationName("Outreach");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>().Configure<StorageFiles, ILoggerFactory>((keys, files, logs) =>
            keys.XmlRepository = new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(new DirectoryInfo(files.KeysFolder), logs));
        services.AddPooledDbContextFactory<SqliteOutreachDb>((provider, options) => options
            .UseSqlite(provider.GetRequiredService<StorageFiles>().Connection)
            .AddInterceptors(provider.GetRequiredService<SqliteSession>(), Guard)
            .ReplaceService<IModelCacheKeyFactory, ModelPerKey>(), ContextsKept);
        services.AddSingleton<IDbContextFactory<OutreachDb>, OutreachDbFactory>();
        services.AddScoped<OutreachDb>(provider => provider.GetRequiredService<IDbContextFactory<OutreachDb>>().CreateDbContext());
        return services;
    }

    private const int ContextsKept = 64;        // making one costs more than a query
    private static readonly WriteGuard Guard = new();

    /// <summary>The interface is not variant: rooms ask for <c>IDbContextFactory&lt;OutreachDb&gt;</c> and get the provider's context.</summary>
    private sealed class OutreachDbFactory(IDbContextFactory<SqliteOutreachDb> sqlite) : IDbContextFactory<OutreachDb>
    {
        public OutreachDb CreateDbContext() => sqlite.CreateDbContext();
    }
}
