using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.WeChat;

/// <summary>An official account that is on.</summary>
internal sealed class WeChatAccount(string name, WeChatAccountOptions options, ChannelReport report)
{
    public string Name => name;
    public WeChatAccountOptions Options => options;
    public ChannelReport Report => report;
    /// <summary>Null: plain mode.</summary>
    public CallbackCrypto? Crypto { get; } = string.IsNullOrWhiteSpace(options.EncodingAESKey) ? null : new(options.EncodingAESKey, options.AppId!);
}

/// <summary>The official accounts by name; those with a missing key are off, named in one error line and on the status page.</summary>
internal sealed partial class WeChatAccounts(IOptions<WeChatOptions> options, ChannelReports reports, ILogger<WeChatAccounts> logger)
{
    private readonly Dictionary<string, WeChatAccount> _on = new(StringComparer.Ordinal);

    public WeChatAccount? Find(string name) => _on.GetValueOrDefault(name);

    public IReadOnlyCollection<WeChatAccount> All => _on.Values;

    /// <summary>Once, at the start.</summary>
    public void Open()
    {
        foreach (var (name, account) in options.Value.Configured)
        {
            var missing = account.MissingKey is { } key ? $"{WeChatOptions.SectionOf(name)}:{key} is missing." : null;
            var report = reports.Add(WeChatChannel.ChannelId, name, "微信公众号", missing, CallbackPaths.Of(WeChatChannel.ChannelId, name));
            if (missing is null)
                _on[name] = new(name, account, report);
            else
                IsOff(name, missing);
        }
        if (!options.Value.Configured.Any())
            reports.AddOff(WeChatChannel.ChannelId, "微信公众号");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The WeChat account {Account} is off: {Problem}")]
    private partial void IsOff(string account, string problem);
}
