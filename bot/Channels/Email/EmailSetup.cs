using Microsoft.Extensions.Options;
using Outreach.Activities;
using Outreach.Contacts;
using Outreach.Leads;
using Outreach.Storage;

namespace Outreach.Channels.Email;

public static partial class EmailSetup
{
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        services.AddOptions<EmailOptions>().BindConfiguration("Channels:Email").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmailOptions>, Check>();
        services.AddSingleton<EmailSender>();
        services.AddSingleton<EmailMessages>();
        services.AddSingleton<EmailChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<EmailChannel>());
        services.AddSingleton<ILeadDestination, EmailDestination>();
        services.AddSingleton<EmailUnsubscribe>();
        return services;
    }

    public static void MapEmail(this WebApplication app)
    {
        var problem = app.Services.GetRequiredService<IOptions<EmailOptions>>().Value.Problem(app.Services.GetRequiredService<IOptions<SiteOptions>>().Value);
        var isEmpty = app.Services.GetRequiredService<IOptions<EmailOptions>>().Value.IsEmpty;
        app.Services.GetRequiredService<ChannelReports>().Add(new()
        {
            Channel = EmailChannel.ChannelId,
            Account = IAddressChannel.Account,
            Title = "邮件",
            State = isEmpty ? ChannelState.Off : problem is null ? ChannelState.On : ChannelState.Misconfigured,
            Problem = problem,
        });
        if (problem is not null)
            IsOff(app.Logger, problem);
        app.MapGet(UnsubscribeLinks.Path + "{token}", (string token, EmailUnsubscribe page, CancellationToken stop) => page.ShowAsync(token, stop));
        app.MapPost(UnsubscribeLinks.Path + "{token}", (string token, EmailUnsubscribe page, CancellationToken stop) => page.LeaveAsync(token, stop));
    }

    private sealed class Check(IHostEnvironment environment) : IValidateOptions<EmailOptions>
    {
        public ValidateOptionsResult Validate(string? name, EmailOptions options) =>
            options.Malformed(environment).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The mail channel is off: {Problem}")]
    private static partial void IsOff(ILogger logger, string problem);
}
