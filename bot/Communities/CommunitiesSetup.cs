namespace Outreach.Communities;

public static class CommunitiesSetup
{
    public static IServiceCollection AddCommunities(this IServiceCollection services)
    {
        services.AddSingleton<CommunityDirectory>();
        services.AddHostedService<DirectoryWatch>();
        return services;
    }
}
