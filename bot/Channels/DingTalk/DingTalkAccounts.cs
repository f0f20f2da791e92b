using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.DingTalk;

/// <summary>An application that is on.</summary>
internal sealed class DingTalkAccount(string name, DingTalkAccountOptions options, ChannelReport report)
{
    public string Name => name;
    public DingTalkAccountOptions Options => options;
    public ChannelReport Report => report;
    /// <summary>Of the event subscription; null: there is none.</summary>
    public CallbackCrypto? Crypto { get; } = string.IsNullOrWhiteSpace(options.EncodingAESKey) ? null : new(options.EncodingAESKey, options.AppKey!);
}

/// <summary>The applications by name; those with a missing key are off, named in one error line and on the status page.</summary>
internal sealed partial class DingTalkAccounts(IOptions<DingTalkOptions> options, ChannelReports reports, ILogger<DingTalkAccounts> logger)
{
    private const string Title = "钉钉";
    private readonly Dictionary<string, DingTalkAccount> _on = new(StringComparer.Ordinal);

    public IReadOnlyCollection<DingTalkAccount> All => _on.Values;

    public DingTalkAccount? Find(string name) => _on.GetValueOrDefault(name);

    /// <summary>Once, at the start.</summary>
    public void Open()
    {
        foreach (var (name, account) in options.Value.Configured)
        {
            var missing = account.MissingKey is { } key ? $"{DingTalkOptions.SectionOf(name)}:{key} is missing." : null;
            var report = reports.Add(DingTalkChannel.ChannelId, name, Title, missing, account.Stream ? null : CallbackPaths.Of(DingTalkChannel.ChannelId, name));
            if (missing is null)
                _on[name] = new(name, account, report);
            else
                IsOff(name, missing);
        }
        if (!options.Value.Configured.Any())
            reports.AddOff(DingTalkChannel.ChannelId, Title);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The DingTalk account {Account} is off: {Problem}")]
    private partial void IsOff(string account, string problem);
}
