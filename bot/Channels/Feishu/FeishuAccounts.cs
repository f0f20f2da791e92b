using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.Feishu;

/// <summary>An application that is on.</summary>
internal sealed class FeishuAccount(string name, FeishuAccountOptions options, ChannelReport report)
{
    public string Name => name;
    public FeishuAccountOptions Options => options;
    public ChannelReport Report => report;
    public FeishuCrypto Crypto { get; } = new(options.EncryptKey!);
}

/// <summary>The applications by name; those with a missing key, or abroad without leave, are off, named in one error line and on the status page.</summary>
internal sealed partial class FeishuAccounts(IOptions<FeishuOptions> options, ChannelReports reports, IHostEnvironment environment, ILogger<FeishuAccounts> logger)
{
    private readonly Dictionary<string, FeishuAccount> _on = new(StringComparer.Ordinal);

    public FeishuAccount? Find(string name) => _on.GetValueOrDefault(name);

    /// <summary>Once, at the start.</summary>
    public void Open()
    {
        foreach (var (name, account) in options.Value.Configured)
        {
            var problem = account.Missing(FeishuOptions.SectionOf(name), environment);
            var report = reports.Add(FeishuChannel.ChannelId, name, account.IsAbroad ? "飞书国际版 Lark" : "飞书", problem, CallbackPaths.Of(FeishuChannel.ChannelId, name));
            if (problem is null)
                _on[name] = new(name, account, report);
            else
                IsOff(name, problem);
            if (problem is null && account.IsAbroad)
                LiesAbroad(name);
        }
        if (!options.Value.Configured.Any())
            reports.AddOff(FeishuChannel.ChannelId, "飞书");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The Feishu account {Account} is off: {Problem}")]
    private partial void IsOff(string account, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Feishu account {Account} uses a service abroad: what owners write there leaves China, which needs an assessment and separate consent (PIPL 38, 39)")]
    private partial void LiesAbroad(string account);
}
