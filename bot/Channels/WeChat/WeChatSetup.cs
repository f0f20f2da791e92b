using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Contacts;

namespace Outreach.Channels.WeChat;

public static class WeChatSetup
{
    public static IServiceCollection AddWeChat(this IServiceCollection services)
    {
        services.AddOptions<WeChatOptions>().BindConfiguration("Channels:WeChat").ValidateOnStart();
        services.AddSingleton<IValidateOptions<WeChatOptions>, Check>();
        services.AddSingleton<WeChatAccounts>();
        services.AddSingleton<WeChatApi>();
        services.AddSingleton<WeChatWindow>();
        services.AddSingleton<WeChatMassSend>();
        services.AddSingleton<WeChatNotices>();
        services.AddSingleton<WeChatReports>();
        services.AddHostedService<WeChatMenus>();
        services.AddSingleton<IFollowCodes, WeChatCodes>();
        services.AddSingleton<IRetained, WeChatHandoutRetention>();
        services.AddSingleton<WeChatChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<WeChatChannel>());
        services.AddSingleton<WeChatEndpoint>();
        return services;
    }

    public static void MapWeChat(this WebApplication app)
    {
        app.Services.GetRequiredService<WeChatAccounts>().Open();
        foreach (var path in (string[])["/channels/wechat", "/channels/wechat/{account}"])
        {
            app.MapGet(path, (HttpContext http, string? account, WeChatEndpoint endpoint) => endpoint.Verify(http, account ?? WeChatOptions.DefaultAccount));
            app.MapPost(path, (HttpContext http, string? account, WeChatEndpoint endpoint) => endpoint.ReceiveAsync(http, account ?? WeChatOptions.DefaultAccount));
        }
    }

    private sealed class Check(IHostEnvironment environment) : IValidateOptions<WeChatOptions>
    {
        public ValidateOptionsResult Validate(string? name, WeChatOptions options) =>
            options.Configured.SelectMany(account => account.Value.Malformed(WeChatOptions.SectionOf(account.Key), environment)).ToList() is { Count: > 0 } problems
                ? ValidateOptionsResult.Fail(problems)
                : ValidateOptionsResult.Success;
    }
}
