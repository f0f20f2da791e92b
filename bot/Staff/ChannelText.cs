using System.Text.RegularExpressions;
using Outreach.Activities;

namespace Outreach.Staff;

/// <summary>How channels, their states and their troubles are called.</summary>
internal static partial class ChannelText
{
    /// <summary>Vendors of text messages have their name in the title.</summary>
    public static string Name(ChannelReport report) => report.Account == "default" || report.Channel == "sms" ? report.Title : $"{report.Title} · {report.Account}";

    /// <summary>The page that says how the channel is set up, in the program's sources; null: there is none.</summary>
    public static string? Guide(string channel) => channel switch
    {
        "botframework" => "BotFramework",
        "webchat" => "WebChat",
        "wechat" => "WeChat",
        "wecom" or "wecom-kf" => "WeCom",
        "dingtalk" => "DingTalk",
        "feishu" => "Feishu",
        "email" => "Email",
        "sms" => "Sms",
        _ => null,
    } is { } folder ? $"bot/Channels/{folder}/README.md" : null;

    /// <summary>What must be mended first, then what works, then what is off.</summary>
    public static int Order(ChannelState state) => state switch
    {
        ChannelState.Misconfigured => 0,
        ChannelState.Anonymous => 1,
        ChannelState.On => 2,
        ChannelState.Off => 3,
    };

    /// <summary>The setting that keeps a channel off, and what is wrong with it.</summary>
    /// <returns>No key: the words of the log, which are English.</returns>
    public static (string? Key, string Said) Problem(string problem) =>
        Missing().Match(problem) is { Success: true } missing ? (missing.Groups[1].Value, "还没填")
            : NotAllowed().Match(problem) is { Success: true } abroad ? (abroad.Groups[1].Value, "要写 true 才开：这项服务在境外，向那里提供个人信息须先做影响评估并取得单独同意")
            : (null, problem);

    public static string Of(ChannelState state) => state switch
    {
        ChannelState.Off => "没开",
        ChannelState.On => "正常",
        ChannelState.Anonymous => "本机试用，不验身份",
        ChannelState.Misconfigured => "没配好",
    };

    public static string Badge(ChannelState state) => state switch
    {
        ChannelState.Off => "closed",
        ChannelState.On => "ok",
        ChannelState.Anonymous => "warn",
        ChannelState.Misconfigured => "late",
    };

    /// <summary>What went wrong last, for whoever runs the system; the vendor's own code stands beside it.</summary>
    public static string Of(SendClass failure) => failure switch
    {
        SendClass.Ok => "没有问题",
        SendClass.Transient => "对方暂时不通",
        SendClass.RateLimited => "发得太快",
        SendClass.QuotaExhausted => "额度用完",
        SendClass.AuthExpired => "凭证过期",
        SendClass.RecipientGone => "对方不在了",
        SendClass.WindowClosed => "过了可回复的时间",
        SendClass.ContentRejected => "内容不被接受",
        SendClass.ConfigError => "配置不对，或没有权限",
        SendClass.AmbiguousSent => "发出后没有回音",
    };

    [GeneratedRegex(@"\A([A-Za-z0-9:_-]+) is missing\b", RegexOptions.CultureInvariant)]
    private static partial Regex Missing();

    [GeneratedRegex(@"\A([A-Za-z0-9:_-]+:AllowAbroad) is not true\b", RegexOptions.CultureInvariant)]
    private static partial Regex NotAllowed();
}
