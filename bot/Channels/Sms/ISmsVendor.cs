using Outreach.Activities;
using Polly;
using Polly.Retry;

namespace Outreach.Channels.Sms;

/// <summary>A vendor of text messages.</summary>
internal interface ISmsVendor
{
    /// <summary>As it stands in addresses and reports, such as <c>aliyun</c>.</summary>
    string Name { get; }

    /// <summary>As staff know it.</summary>
    string Title { get; }

    string Section { get; }

    SmsVendorOptions Settings { get; }

    /// <summary>Sends one message to one phone.</summary>
    /// <param name="phone">E.164, mainland mobile.</param>
    /// <param name="key">Comes back in the vendor's receipts; not a dedupe key.</param>
    Task<SendResult> SendAsync(string phone, string template, IReadOnlyList<KeyValuePair<string, string>> parameters, string key, CancellationToken cancellationToken);

    /// <summary>Whether the vendor's records show a message to this phone with this key. False also where they cannot be asked, or do not show it yet.</summary>
    Task<bool> HasTakenAsync(string phone, string key, CancellationToken cancellationToken);
}

/// <summary>The vendors that are set up; messages go through the first.</summary>
internal sealed class SmsVendors(IEnumerable<ISmsVendor> vendors, ChannelReports reports, TimeProvider clock)
{
    private readonly ResiliencePipeline<SendResult> _retries = new ResiliencePipelineBuilder<SendResult> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<SendResult>
        {
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { Class: SendClass.Transient }),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
        })
        .Build();

    public IReadOnlyList<ISmsVendor> All { get; } = [.. vendors];

    public ISmsVendor? Find(string name) => All.FirstOrDefault(vendor => vendor.Name == name && IsOn(vendor));

    /// <summary>The vendor that can send messages of a kind; null: none.</summary>
    public ISmsVendor? For(SmsPurpose purpose) => All.FirstOrDefault(vendor => IsOn(vendor) && vendor.Settings.Find(purpose) is not null);

    public static bool IsOn(ISmsVendor vendor) => !vendor.Settings.IsEmpty && vendor.Settings.Problem(vendor.Section) is null;

    public async Task<SendResult> SendAsync(string phone, SmsPurpose purpose, IReadOnlyDictionary<string, string> values, string key, CancellationToken cancellationToken)
    {
        if (For(purpose) is not { } vendor)
            return new(SendClass.ConfigError, VendorCode: "off");
        var template = vendor.Settings.Find(purpose)!;
        var parameters = SmsText.Fill(template, values, vendor.Settings.MaxParameterCharacters);
        var result = await _retries.ExecuteAsync(async stop => await vendor.SendAsync(phone, template.Code, parameters, key, stop), cancellationToken);
        if (result.Class == SendClass.AmbiguousSent && await vendor.HasTakenAsync(phone, key, cancellationToken))
            return new(SendClass.Ok, VendorCode: "found in the receipts");
        if (result.Scope == SendScope.Account)
            reports.Find(SmsChannel.ChannelId, vendor.Name)?.Answered(result, clock.GetUtcNow());
        return result;
    }
}
