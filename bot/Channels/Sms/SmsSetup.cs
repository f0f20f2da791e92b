using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.Sms;

public static partial class SmsSetup
{
    public static IServiceCollection AddSms(this IServiceCollection services)
    {
        services.AddOptions<AliyunSmsOptions>().BindConfiguration(AliyunSmsOptions.Section).ValidateOnStart();
        services.AddOptions<TencentSmsOptions>().BindConfiguration(TencentSmsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AliyunSmsOptions>>(provider => new Check<AliyunSmsOptions>(AliyunSmsOptions.Section, provider.GetRequiredService<IHostEnvironment>()));
        services.AddSingleton<IValidateOptions<TencentSmsOptions>>(provider => new Check<TencentSmsOptions>(TencentSmsOptions.Section, provider.GetRequiredService<IHostEnvironment>()));
        services.AddSingleton<ISmsVendor, AliyunSms>();
        services.AddSingleton<ISmsVendor, TencentSms>();
        services.AddSingleton<SmsVendors>();
        services.AddSingleton<SmsChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<SmsChannel>());
        services.AddSingleton<ILeadDestination, SmsDestination>();
        services.AddSingleton<SmsReceipts>();
        services.AddSingleton<SmsReplies>();
        return services;
    }

    public static void MapSms(this WebApplication app)
    {
        foreach (var vendor in app.Services.GetRequiredService<SmsVendors>().All)
        {
            var problem = vendor.Settings.Problem(vendor.Section);
            app.Services.GetRequiredService<ChannelReports>().Add(new()
            {
                Channel = SmsChannel.ChannelId,
                Account = vendor.Name,
                Title = vendor.Title,
                State = vendor.Settings.IsEmpty ? ChannelState.Off : problem is null ? ChannelState.On : ChannelState.Misconfigured,
                Problem = problem,
                CallbackPath = $"/channels/sms/{vendor.Name}/<CallbackKey>",
            });
            if (problem is not null)
                IsOff(app.Logger, vendor.Name, problem);
        }
        app.MapPost("/channels/sms/{vendor}/{key}", (HttpContext http, string vendor, string key, SmsReplies replies) => replies.ReceiveAsync(http.Request, vendor, key, http.RequestAborted));
    }

    private sealed class Check<T>(string section, IHostEnvironment environment) : IValidateOptions<T> where T : SmsVendorOptions
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            options.Malformed(section, environment).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Text messages by {Vendor} are off: {Problem}")]
    private static partial void IsOff(ILogger logger, string vendor, string problem);
}
