using Outreach.Activities;

namespace Outreach.Staff;

/// <summary>How the states of channels are called.</summary>
internal static class ChannelText
{
    public static string Name(ChannelReport report) => report.Account == "default" ? report.Title : $"{report.Title} · {report.Account}";

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
}
