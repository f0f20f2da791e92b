using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.WeCom;

/// <summary>
/// Tells a WeCom group of new leads through the group's robot. The group is a room of readers: community, wish and a link, never a name, phone or room.
/// The robot takes 20 messages a minute and knows no message id, so leads that are due together go out as one digest, and after a crash a digest may come twice:
/// a doubled line costs a glance, a lost one an owner.
/// </summary>
internal sealed class WeComRobot(OutboundHttp http, TimeProvider clock) : ILeadDestination
{
    private const int MaxMarkdownBytes = 4096;
    private const int MaxNameBytes = 72;      // 24 letters of a community's name

    public string Type => "WeComRobot";

    // Lines of at most 260 bytes: below the 4096 of one message.
    public int MaxBatch => 15;

    // 15 a minute, so that others who use the same robot have room in its 20.
    public TimeSpan Spacing => TimeSpan.FromSeconds(4);

    public IEnumerable<string> Check(DestinationOptions destination)
    {
        if (string.IsNullOrWhiteSpace(destination.Secret))
            yield return "Secret must be the key of the robot's address (the part after key=).";
        if (destination.Url.Contains("key=", StringComparison.OrdinalIgnoreCase))
            yield return "Url must not hold the key: leave out ?key=… and put the key into Secret.";
        if (destination.Trusted)
            yield return "Trusted must be false: everyone in the group reads what the robot says.";
    }

    public async Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{destination.Url}?key={Uri.EscapeDataString(destination.Secret)}")
        {
            Content = new StringContent(JsonSerializer.Serialize(new RobotMessage("markdown", new(Text(notices))), RobotJson.Wire.RobotMessage), Encoding.UTF8, "application/json"),
        };
        return await OutboundAnswer.SendAsync(http.For(destination.Reach), request, Read, clock, cancellationToken);
    }

    /// <summary>One line a lead; lines that would not fit are counted instead.</summary>
    internal static string Text(IReadOnlyList<LeadNotice> notices) => LeadDigest.Text(notices, Line, MaxMarkdownBytes, MaxNameBytes);

    private static string Line(string words, string? link) => link is null ? $"\n> {words}" : $"\n> {words} [查看]({link})";

    private static SendResult Read(string body)
    {
        var code = JsonSerializer.Deserialize(body, RobotJson.Wire.RobotAnswer)?.ErrCode;
        var vendorCode = code?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return code switch
        {
            0 => new(SendClass.Ok),
            45009 => new(SendClass.RateLimited, VendorCode: vendorCode, RetryAfter: TimeSpan.FromMinutes(1)),
            -1 => new(SendClass.Transient, VendorCode: vendorCode),
            93000 or 40001 or 60020 or 48002 => new(SendClass.ConfigError, VendorCode: vendorCode),
            null => new(SendClass.AmbiguousSent),
            _ => new(SendClass.ContentRejected, VendorCode: vendorCode),
        };
    }
}

internal sealed record RobotMessage([property: JsonPropertyName("msgtype")] string MsgType, RobotMarkdown Markdown);

internal sealed record RobotMarkdown(string Content);

internal sealed record RobotAnswer([property: JsonPropertyName("errcode")] int? ErrCode);

[JsonSerializable(typeof(RobotMessage))]
[JsonSerializable(typeof(RobotAnswer))]
internal sealed partial class RobotJson : JsonSerializerContext
{
    public static RobotJson Wire { get; } = new(new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
