using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.BotFramework;

public static class BotFrameworkSetup
{
    public static IServiceCollection AddBotFramework(this IServiceCollection services)
    {
        services.AddOptions<BotFrameworkOptions>().BindConfiguration("Channels:BotFramework").ValidateOnStart();
        services.AddSingleton<IValidateOptions<BotFrameworkOptions>, Check>();
        services.AddSingleton<BotFrameworkState>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<ConnectorTokens>();
        services.AddSingleton<ConnectorClient>();
        services.AddSingleton<PrivateChats>();
        services.AddSingleton<BotFrameworkChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<BotFrameworkChannel>());
        services.AddSingleton<BotFrameworkEndpoint>();
        return services;
    }

    public static void MapBotFramework(this WebApplication app)
    {
        app.MapPost("/api/messages", (HttpContext http, BotFrameworkEndpoint endpoint) => endpoint.ReceiveAsync(http));
        app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<BotFrameworkState>()
            .Decide([.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []]));
    }

    private sealed class Check(IHostEnvironment environment) : IValidateOptions<BotFrameworkOptions>
    {
        public ValidateOptionsResult Validate(string? name, BotFrameworkOptions options) =>
            options.Malformed(environment).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
