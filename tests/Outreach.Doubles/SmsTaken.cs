using System.Globalization;
using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>One text that a vendor took for one number.</summary>
/// <param name="Phone">As it was written in the call.</param>
/// <param name="Parameters">Of the template, by name (Aliyun) or by number from 1 (Tencent).</param>
/// <param name="Text">The template filled, without the signature.</param>
/// <param name="OwnId">What the caller gave to find it again; null: nothing.</param>
/// <param name="ReceiptId">BizId or SerialNo.</param>
public sealed record SmsTaken(
    string Phone, string Sign, string Template, IReadOnlyDictionary<string, string> Parameters, string Text, string? OwnId, string ReceiptId, DateTimeOffset At)
{
    /// <summary>What Aliyun pushes of it.</summary>
    /// <param name="code"><c>DELIVERED</c>, or what went wrong.</param>
    public string AliyunReceipt(string code) => new JsonArray(new JsonObject
    {
        ["phone_number"] = Phone,
        ["send_time"] = Day(At),
        ["report_time"] = Day(At.AddSeconds(5)),
        ["success"] = code == "DELIVERED",
        ["err_code"] = code,
        ["err_msg"] = "演示",
        ["sms_size"] = "1",
        ["biz_id"] = ReceiptId,
        ["out_id"] = OwnId,
    }).ToJsonString();

    /// <summary>What Tencent pushes of it.</summary>
    /// <param name="code"><c>DELIVRD</c>, or what went wrong.</param>
    public string TencentReceipt(string code) => new JsonArray(new JsonObject
    {
        ["user_receive_time"] = Day(At.AddSeconds(5)),
        ["nationcode"] = "86",
        ["mobile"] = Phone.Replace("+86", "", StringComparison.Ordinal),
        ["report_status"] = code == "DELIVRD" ? "SUCCESS" : "FAIL",
        ["errmsg"] = code,
        ["description"] = "演示",
        ["sid"] = ReceiptId,
        ["ext"] = OwnId,
    }).ToJsonString();

    private static string Day(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}

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
