namespace Outreach.Communities;

public static class CommunitiesSetup
{
    public static IServiceCollection AddCommunities(this IServiceCollection services)
    {
        services.AddSingleton<CommunityDirectory>();
        services.AddHostedService<DirectoryWatch>();
        services.AddSingleton<CommunityDesk>();
        services.AddSingleton<CommunityImport>();
        services.AddSingleton<ImportCommand>();
        services.AddSingleton<DemoData>();
        return services;
    }
}
