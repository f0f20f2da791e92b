using Outreach.Activities;

namespace Outreach.Channels;

/// <summary>Where a vendor calls a channel's accounts.</summary>
internal static class CallbackPaths
{
    /// <summary>The account that a flat section of the configuration makes.</summary>
    public const string DefaultAccount = "default";

    /// <summary>Below <c>PublicUrl</c>: the bare address for the account <c>default</c>, its name behind that for any other.</summary>
    public static string Of(string channel, string account) =>
        account == DefaultAccount ? $"/channels/{channel}" : $"/channels/{channel}/{Uri.EscapeDataString(account)}";

    /// <summary>Shows a channel of which no account is configured.</summary>
    public static void AddOff(this ChannelReports reports, string channel, string title) =>
        reports.Add(new() { Channel = channel, Account = DefaultAccount, Title = title, State = ChannelState.Off, CallbackPath = Of(channel, DefaultAccount) });
}
