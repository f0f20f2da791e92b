using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Channels.WeCom;

public static class WeComSetup
{
    public static IServiceCollection AddWeCom(this IServiceCollection services)
    {
        services.AddOptions<WeComOptions>().BindConfiguration("Channels:WeCom").ValidateOnStart();
        services.AddSingleton<IValidateOptions<WeComOptions>, Check>();
        services.AddSingleton<WeComAccounts>();
        services.AddSingleton<WeComApi>();
        services.AddSingleton<WeComCallback>();
        services.AddSingleton<WeComChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<WeComChannel>());
        services.AddSingleton<WeComEndpoint>();
        services.AddSingleton<KfChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<KfChannel>());
        services.AddSingleton<KfSync>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<KfSync>());
        services.AddSingleton<KfEndpoint>();
        services.AddSingleton<ILeadDestination, WeComRobot>();
        return services;
    }

    public static void MapWeCom(this WebApplication app)
    {
        app.Services.GetRequiredService<WeComAccounts>().Open();
        foreach (var account in (string[])["", "/{account}"])
        {
            app.MapGet("/channels/wecom" + account, (HttpContext http, string? account, WeComEndpoint endpoint) => endpoint.Verify(http, account ?? WeComOptions.DefaultAccount));
            app.MapPost("/channels/wecom" + account, (HttpContext http, string? account, WeComEndpoint endpoint) => endpoint.ReceiveAsync(http, account ?? WeComOptions.DefaultAccount));
            app.MapGet("/channels/wecom-kf" + account, (HttpContext http, string? account, KfEndpoint endpoint) => endpoint.Verify(http, account ?? WeComOptions.DefaultAccount));
            app.MapPost("/channels/wecom-kf" + account, (HttpContext http, string? account, KfEndpoint endpoint) => endpoint.ReceiveAsync(http, account ?? WeComOptions.DefaultAccount));
        }
    }

    private sealed class Check(IHostEnvironment environment) : IValidateOptions<WeComOptions>
    {
        public ValidateOptionsResult Validate(string? name, WeComOptions options) =>
            options.Configured.SelectMany(account => account.Value.Malformed(WeComOptions.SectionOf(account.Key), environment)).ToList() is { Count: > 0 } problems
                ? ValidateOptionsResult.Fail(problems)
                : ValidateOptionsResult.Success;
    }
}
