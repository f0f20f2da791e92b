using Outreach.Storage;

namespace Outreach.Communities;

public static class CommunitiesSetup
{
    public static IServiceCollection AddCommunities(this IServiceCollection services)
    {
        services.AddSingleton<CommunityDirectory>();
        services.AddHostedService<DirectoryWatch>();
        services.AddSingleton<CommunityDesk>();
        services.AddSingleton<StepDesk>();
        services.AddSingleton<StepReminders>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<StepReminders>());
        services.AddSingleton<CommunityImport>();
        services.AddSingleton<DirectoryImports>();
        services.AddSingleton<ImportCommand>();
        services.AddSingleton<DemoData>();
        return services;
    }
}
