using System.Net;
using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.BotFramework;

/// <summary>Whether the channel is on: with a whole configuration; without one on loopback in Development, where nobody else can call; else off.</summary>
internal sealed partial class BotFrameworkState(IOptions<BotFrameworkOptions> options, ChannelReports reports, IHostEnvironment environment, ILogger<BotFrameworkState> logger)
{
    /// <summary>A whole configuration counts from the first request on, which may come before <see cref="Decide"/>: what were refused then would be lost.</summary>
    public ChannelState State { get; private set; } = options.Value.IsConfigured && options.Value.Missing(environment) is null ? ChannelState.On : ChannelState.Off;

    public bool IsOn => State is ChannelState.On or ChannelState.Anonymous;

    /// <summary>Once the server listens.</summary>
    /// <param name="addresses">What it listens on.</param>
    public void Decide(IReadOnlyCollection<string> addresses)
    {
        var problem = options.Value.Missing(environment);
        var local = environment.IsDevelopment() && addresses.Count > 0 && addresses.All(IsLoopback);
        State = problem is not null ? ChannelState.Misconfigured
            : options.Value.IsConfigured ? ChannelState.On
            : local ? ChannelState.Anonymous : ChannelState.Off;
        reports.Add(new()
        {
            Channel = BotFrameworkChannel.ChannelId,
            Account = BotFrameworkChannel.ReportAccount,
            Title = "Azure 机器人服务",
            State = State,
            Problem = problem,
            CallbackPath = "/api/messages",
        });
        switch (State)
        {
            case ChannelState.Misconfigured:
                IsOff(problem!);
                break;
            case ChannelState.Anonymous:
                TakesAnybody();
                break;
            case ChannelState.On when options.Value.Cloud == BotFrameworkCloud.Global:
                LiesAbroad();
                break;
        }
    }

    private static bool IsLoopback(string address) =>
        BindingAddress.Parse(address).Host is var host && (host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));

    [LoggerMessage(Level = LogLevel.Error, Message = "The Bot Framework channel is off: {Problem}")]
    private partial void IsOff(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Bot Framework channel takes messages without a token: Development on loopback, and no Channels:BotFramework:AppId")]
    private partial void TakesAnybody();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Bot Framework channel uses a service abroad: what owners write there leaves China, which needs an assessment and separate consent (PIPL 38, 39)")]
    private partial void LiesAbroad();
}
