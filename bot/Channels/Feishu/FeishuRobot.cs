using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.Feishu;

/// <summary>
/// Tells a Feishu group of new leads through the group's robot, signed. The robot knows no message id, so leads that are due together go out as one digest, and after a
/// crash a digest may come twice: a doubled line costs a glance, a lost one an owner.
/// </summary>
internal sealed class FeishuRobot(OutboundHttp http, TimeProvider clock) : ILeadDestination
{
    private const int MaxTextBytes = 16 * 1024;      // of a body of 20 KB

    public string Type => "FeishuRobot";

    public int MaxBatch => 20;

    // The robot takes five a second and a hundred a minute; a group that reads leads is not to be rained on.
    public TimeSpan Spacing => TimeSpan.FromSeconds(4);

    public IEnumerable<string> Check(DestinationOptions destination)
    {
        if (!destination.Url.Contains("/bot/v2/hook/", StringComparison.Ordinal))
            yield return "Url must be the robot's whole address as the group's settings show it, with /open-apis/bot/v2/hook/….";
        if (string.IsNullOrWhiteSpace(destination.Secret))
            yield return "Secret must be the robot's signing secret (签名校验).";
        if (destination.Trusted)
            yield return "Trusted must be false: everyone in the group reads what the robot says.";
    }

    public async Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var message = new RobotRequest(timestamp, Sign(timestamp, destination.Secret), "text", new(LeadDigest.Text(notices, Line, MaxTextBytes)));
        using var request = new HttpRequestMessage(HttpMethod.Post, destination.Url)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, FeishuJson.Wire.RobotRequest)),
        };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        return await OutboundAnswer.SendAsync(http.For(destination.Reach), request, Read, clock, cancellationToken,
            readRefusal: (response, body) => (int)response.StatusCode is >= 400 and < 500 and not 429 ? Read(body) is { Class: not (SendClass.AmbiguousSent or SendClass.Ok) } told ? told : null : null);
    }

    /// <summary>The key is made of time and secret, and what is signed is nothing.</summary>
    internal static string Sign(string timestamp, string secret) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"), Array.Empty<byte>()));

    private static string Line(string words, string? link) => link is null ? $"\n· {words}" : $"\n· {words} {link}";

    private static SendResult Read(string body)
    {
        var code = JsonSerializer.Deserialize(body, FeishuJson.Wire.FeishuAnswer)?.Code;
        var told = FeishuApi.ClassOf(code);
        return new(told, VendorCode: code is null or 0 ? null : code.Value.ToString(CultureInfo.InvariantCulture), RetryAfter: told == SendClass.RateLimited ? TimeSpan.FromMinutes(1) : null);
    }
}

internal sealed record RobotRequest(string Timestamp, string Sign, [property: JsonPropertyName("msg_type")] string MsgType, FeishuText Content);
