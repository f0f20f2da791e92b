namespace Outreach.Doubles;

/// <summary>One text that a vendor took for one number.</summary>
/// <param name="Phone">As it was written in the call.</param>
/// <param name="Parameters">Of the template, by name (Aliyun) or by number from 1 (Tencent).</param>
/// <param name="Text">The template filled, without the signature.</param>
/// <param name="OwnId">What the caller gave to find it again; null: nothing.</param>
/// <param name="ReceiptId">BizId or SerialNo.</param>
public sealed record SmsTaken(
    string Phone, string Sign, string Template, IReadOnlyDictionary<string, string> Parameters, string Text, string? OwnId, string ReceiptId, DateTimeOffset At);

/// <param name="Limit">Texts to one number within the window.</param>
/// <param name="Code">What is answered to one more.</param>
public sealed record SmsLimit(TimeSpan Window, int Limit, string Code);

/// <summary>Counts what each number got. Not safe for many threads.</summary>
internal sealed class SmsRates
{
    private readonly Dictionary<string, List<DateTimeOffset>> _sent = new(StringComparer.Ordinal);

    /// <summary>The limit that one more text would break; null: none.</summary>
    public SmsLimit? Broken(string key, IEnumerable<SmsLimit> limits, DateTimeOffset now) =>
        _sent.TryGetValue(key, out var times) ? limits.FirstOrDefault(limit => times.Count(at => now - at < limit.Window) >= limit.Limit) : null;

    public void Count(string key, DateTimeOffset now)
    {
        if (!_sent.TryGetValue(key, out var times))
            _sent[key] = times = [];
        times.Add(now);
    }
}
