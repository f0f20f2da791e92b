using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.Feishu;

public static class FeishuSetup
{
    public static IServiceCollection AddFeishu(this IServiceCollection services)
    {
        services.AddOptions<FeishuOptions>().BindConfiguration("Channels:Feishu").ValidateOnStart();
        services.AddSingleton<IValidateOptions<FeishuOptions>, Check>();
        services.AddSingleton<FeishuAccounts>();
        services.AddSingleton<FeishuApi>();
        services.AddSingleton<FeishuPictures>();
        services.AddSingleton<FeishuChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<FeishuChannel>());
        services.AddSingleton<FeishuEndpoint>();
        services.AddSingleton<ILeadDestination, FeishuRobot>();
        return services;
    }

    public static void MapFeishu(this WebApplication app)
    {
        app.Services.GetRequiredService<FeishuAccounts>().Open();
        foreach (var path in (string[])["/channels/feishu", "/channels/feishu/{account}"])
            app.MapPost(path, (HttpContext http, string? account, FeishuEndpoint endpoint) => endpoint.ReceiveAsync(http, account ?? FeishuOptions.DefaultAccount));
    }

    private sealed class Check(IHostEnvironment environment) : IValidateOptions<FeishuOptions>
    {
        public ValidateOptionsResult Validate(string? name, FeishuOptions options) =>
            options.Configured.SelectMany(account => account.Value.Malformed(FeishuOptions.SectionOf(account.Key), environment)).ToList() is { Count: > 0 } problems
                ? ValidateOptionsResult.Fail(problems)
                : ValidateOptionsResult.Success;
    }
}
