using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.DingTalk;

public static class DingTalkSetup
{
    public static IServiceCollection AddDingTalk(this IServiceCollection services)
    {
        services.AddOptions<DingTalkOptions>().BindConfiguration("Channels:DingTalk").ValidateOnStart();
        services.AddSingleton<IValidateOptions<DingTalkOptions>, Check>();
        services.AddSingleton<DingTalkAccounts>();
        services.AddSingleton<DingTalkApi>();
        services.AddSingleton<DingTalkChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<DingTalkChannel>());
        services.AddSingleton<DingTalkIntake>();
        services.AddSingleton<DingTalkEvents>();
        services.AddSingleton<DingTalkEndpoint>();
        services.AddHostedService<DingTalkStream>();
        services.AddSingleton<ILeadDestination, DingTalkRobot>();
        return services;
    }

    public static void MapDingTalk(this WebApplication app)
    {
        app.Services.GetRequiredService<DingTalkAccounts>().Open();
        foreach (var path in (string[])["/channels/dingtalk", "/channels/dingtalk/{account}"])
            app.MapPost(path, (HttpContext http, string? account, DingTalkEndpoint endpoint) => endpoint.ReceiveAsync(http, account ?? DingTalkOptions.DefaultAccount));
    }

    private sealed class Check(IHostEnvironment environment) : IValidateOptions<DingTalkOptions>
    {
        public ValidateOptionsResult Validate(string? name, DingTalkOptions options) =>
            options.Configured.SelectMany(account => account.Value.Malformed(DingTalkOptions.SectionOf(account.Key), environment)).ToList() is { Count: > 0 } problems
                ? ValidateOptionsResult.Fail(problems)
                : ValidateOptionsResult.Success;
    }
}
