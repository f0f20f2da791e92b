using System.Collections.Concurrent;

namespace Outreach.Activities;

/// <summary>Whether a channel account works, as people need to know it.</summary>
public enum ChannelState
{
    /// <summary>Nothing is configured.</summary>
    Off,
    On,
    /// <summary>On without a secret: Development on loopback only.</summary>
    Anonymous,
    /// <summary>Something is missing or not allowed: off, and <see cref="ChannelReport.Problem"/> says what.</summary>
    Misconfigured,
}

/// <summary>What one channel account of this process last did, for the people who run it. Holds no personal data. Safe for many threads.</summary>
public sealed class ChannelReport
{
    private long _lastInbound;
    private volatile LastError? _lastError;
    private long _tokenUntil;

    public required string Channel { get; init; }
    public required string Account { get; init; }
    /// <summary>As staff know it, such as 微信公众号.</summary>
    public required string Title { get; init; }
    public required ChannelState State { get; init; }
    /// <summary>What keeps it from being on, naming the key; null when nothing does.</summary>
    public string? Problem { get; init; }
    /// <summary>Where the vendor must call us, below <c>PublicUrl</c>; null: it does not call.</summary>
    public string? CallbackPath { get; init; }

    public DateTimeOffset? LastInbound => Moment(Interlocked.Read(ref _lastInbound));
    public DateTimeOffset? TokenUntil => Moment(Interlocked.Read(ref _tokenUntil));
    public LastError? LastError => _lastError;

    public void Received(DateTimeOffset at) => Interlocked.Exchange(ref _lastInbound, at.UtcTicks);

    public void GotToken(DateTimeOffset until) => Interlocked.Exchange(ref _tokenUntil, until.UtcTicks);

    public void Answered(SendResult result, DateTimeOffset at)
    {
        if (result.Class is not (SendClass.Ok or SendClass.RecipientGone or SendClass.WindowClosed))
            _lastError = new(at, result.Class, result.VendorCode);
    }

    private static DateTimeOffset? Moment(long ticks) => ticks == 0 ? null : new(ticks, TimeSpan.Zero);
}

public sealed record LastError(DateTimeOffset At, SendClass Class, string? VendorCode);

/// <summary>The reports of all channel accounts that this process knows, configured or not.</summary>
public sealed class ChannelReports
{
    private readonly ConcurrentDictionary<(string Channel, string Account), ChannelReport> _reports = new();

    public IReadOnlyList<ChannelReport> All =>
        [.. _reports.Values.OrderBy(report => report.Channel, StringComparer.Ordinal).ThenBy(report => report.Account, StringComparer.Ordinal)];

    /// <summary>Adds an account that is configured: on, unless there is a problem.</summary>
    public ChannelReport Add(string channel, string account, string title, string? problem, string? callbackPath)
    {
        var report = new ChannelReport
        {
            Channel = channel,
            Account = account,
            Title = title,
            State = problem is null ? ChannelState.On : ChannelState.Misconfigured,
            Problem = problem,
            CallbackPath = callbackPath,
        };
        Add(report);
        return report;
    }

    public void Add(ChannelReport report) => _reports[(report.Channel, report.Account)] = report;

    public ChannelReport? Find(string channel, string account) => _reports.GetValueOrDefault((channel, account));
}
