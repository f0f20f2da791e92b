using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.WeCom;

/// <summary>An application, or a customer service, that is on.</summary>
/// <param name="Channel"><see cref="WeComChannel.ChannelId"/> or <see cref="KfChannel.ChannelId"/>.</param>
/// <param name="Secret">Its own, with a token of its own.</param>
/// <param name="CallbackToken">What its callbacks are signed with.</param>
internal sealed record WeComAccount(
    string Channel, string Name, string CorpId, string Secret, string CallbackToken, CallbackCrypto Crypto, WeComAccountOptions Options, ChannelReport Report)
{
    /// <summary>Of access tokens.</summary>
    public string Key => $"{Channel}/{Name}";
}

/// <summary>The corps' applications and customer services by name; those with a missing key are off, named in one error line and on the status page.</summary>
internal sealed partial class WeComAccounts(IOptions<WeComOptions> options, ChannelReports reports, ILogger<WeComAccounts> logger)
{
    private readonly Dictionary<string, WeComAccount> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WeComAccount> _kf = new(StringComparer.Ordinal);

    public WeComAccount? FindApp(string name) => _apps.GetValueOrDefault(name);

    public WeComAccount? FindKf(string name) => _kf.GetValueOrDefault(name);

    /// <summary>Once, at the start.</summary>
    public void Open()
    {
        foreach (var (name, account) in options.Value.Configured)
        {
            if (account.WantsApp && Report(WeComChannel.ChannelId, "企业微信", name, account.MissingAppKey) is { } app)
                _apps[name] = new(WeComChannel.ChannelId, name, account.CorpId!, account.Secret!, account.Token!, new(account.EncodingAESKey!, account.CorpId!), account, app);
            if (!account.Kf.IsEmpty && Report(KfChannel.ChannelId, "微信客服", name, account.MissingKfKey) is { } kf)
                _kf[name] = new(KfChannel.ChannelId, name, account.CorpId!, account.KfSecret!, account.Kf.Token!, new(account.Kf.EncodingAESKey!, account.CorpId!), account, kf);
        }
        foreach (var (channel, title) in new[] { (WeComChannel.ChannelId, "企业微信"), (KfChannel.ChannelId, "微信客服") })
            if (!reports.All.Any(report => report.Channel == channel))
                reports.AddOff(channel, title);
    }

    /// <returns>Null: it stays off.</returns>
    private ChannelReport? Report(string channel, string title, string name, string? missingKey)
    {
        var problem = missingKey is null ? null : $"{WeComOptions.SectionOf(name)}:{missingKey} is missing.";
        var report = reports.Add(channel, name, title, problem, CallbackPaths.Of(channel, name));
        if (problem is not null)
            IsOff(channel, name, problem);
        return problem is null ? report : null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The account {Account} of {Channel} is off: {Problem}")]
    private partial void IsOff(string channel, string account, string problem);
}
