using System.Globalization;
using System.Text.Json;
using Outreach.Activities;
using Outreach.Leads;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// Tells a DingTalk group of new leads through the group's robot, signed. The robot takes 20 messages a minute, is then shut for ten, and knows no message id, so leads
/// that are due together go out as one digest, and after a crash a digest may come twice: a doubled line costs a glance, a lost one an owner.
/// </summary>
internal sealed class DingTalkRobot(OutboundHttp http, TimeProvider clock) : ILeadDestination
{
    private const int MaxMarkdownBytes = 4096;
    private static readonly TimeSpan Shut = TimeSpan.FromMinutes(10);

    public string Type => "DingTalkRobot";

    public int MaxBatch => 20;

    // 15 a minute, so that others who use the same robot have room in its 20.
    public TimeSpan Spacing => TimeSpan.FromSeconds(4);

    public IEnumerable<string> Check(DestinationOptions destination)
    {
        if (!destination.Url.Contains("access_token=", StringComparison.Ordinal))
            yield return "Url must be the robot's whole address as the group's settings show it, with ?access_token=….";
        if (string.IsNullOrWhiteSpace(destination.Secret))
            yield return "Secret must be the robot's signing secret (加签, begins with SEC).";
        if (destination.Trusted)
            yield return "Trusted must be false: everyone in the group reads what the robot says.";
    }

    public async Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var address = $"{destination.Url}&timestamp={timestamp}&sign={Uri.EscapeDataString(DingTalkEndpoint.Sign(timestamp, destination.Secret))}";
        var text = new DingTalkText(LeadDigest.Title(notices), LeadDigest.Text(notices, Line, MaxMarkdownBytes));
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(WebhookMessage.Of(text), DingTalkJson.Wire.WebhookMessage)),
        };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        var result = await OutboundAnswer.SendAsync(http.For(destination.Reach), request, DingTalkApi.ReadOld, clock, cancellationToken);
        return result.Class switch
        {
            SendClass.AuthExpired => result with { Class = SendClass.ConfigError },
            SendClass.RateLimited => result with { RetryAfter = result.RetryAfter ?? Shut },
            _ => result,
        };
    }

    private static string Line(string words, string? link) => link is null ? $"\n\n> {words}" : $"\n\n> {words} [查看]({link})";
}
