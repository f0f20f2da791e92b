namespace Outreach.Channels;

public static class ChannelsSetup
{
    /// <summary>What the channels that vendors call back have in common.</summary>
    public static IServiceCollection AddCalledBackChannels(this IServiceCollection services)
    {
        services.AddSingleton<ChannelInbox>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<TokenCalls>();
        services.AddSingleton<SeenNonces>();
        services.AddSingleton<GroupHints>();
        services.AddSingleton<ChannelMeter>();
        return services;
    }
}
