using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Activities;

namespace Outreach.Leads;

/// <summary>Sends leads to another system as Standard Webhooks: signed, the same <c>webhook-id</c> over all tries.</summary>
internal sealed class WebhookDestination(OutboundHttp http, TimeProvider clock) : ILeadDestination
{
    private const string SecretPrefix = "whsec_";

    public string Type => "Webhook";
    public int MaxBatch => 1;
    public TimeSpan Spacing => TimeSpan.Zero;

    public IEnumerable<string> Check(DestinationOptions destination)
    {
        if (KeyOf(destination.Secret) is null)
            yield return "Secret must be whsec_ followed by the base64 of 24 to 64 random bytes; make one with: echo whsec_$(openssl rand -base64 32)";
    }

    public async Task<SendResult> SendAsync(DestinationOptions destination, IReadOnlyList<LeadNotice> notices, CancellationToken cancellationToken)
    {
        var notice = notices[0];
        var body = JsonSerializer.SerializeToUtf8Bytes(Body(notice), WebhookJson.Wire.WebhookBody);
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, destination.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("webhook-id", notice.MessageId);
        request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", Sign(KeyOf(destination.Secret)!, notice.MessageId, seconds, body));
        request.Headers.UserAgent.ParseAdd("Outreach");
        return await OutboundAnswer.SendAsync(http.For(destination.Reach), request, read: null, clock, cancellationToken);
    }

    /// <summary><c>v1,</c> and the base64 of HMAC-SHA256 over id, timestamp and raw body, joined by dots (Standard Webhooks 1.0).</summary>
    internal static string Sign(byte[] key, string id, long seconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>Null when the secret is not of that form.</summary>
    internal static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal) || !Base64.IsValid(secret.AsSpan(SecretPrefix.Length)))
            return null;
        var key = Convert.FromBase64String(secret[SecretPrefix.Length..]);
        return key.Length is >= 24 and <= 64 ? key : null;
    }

    private static WebhookBody Body(LeadNotice notice) => new(
        notice.Event switch
        {
            ForwardEvent.Created => "lead.created",
            ForwardEvent.Updated => "lead.updated",
            ForwardEvent.Withdrawn => "lead.withdrawn",
            ForwardEvent.Erased => "lead.erased",
            ForwardEvent.Summary => "leads.summary",
        },
        notice.At.UtcDateTime,
        new(notice.LeadKey, notice.Community, notice.Area, notice.Community is null ? null : WishText.Wire(notice.Wishes),
            notice.Community is null ? null : JsonNamingPolicy.CamelCase.ConvertName(notice.Role.ToString()),
            notice.SignedUpAt?.UtcDateTime, notice.Link, notice.Owner is { } owner ? new(owner.Name, owner.Phone, owner.Room) : null, notice.Summary));
}

/// <summary>The body of one webhook.</summary>
internal sealed record WebhookBody(string Type, DateTime Timestamp, WebhookLead Data);

/// <param name="Owner">Only for trusted destinations.</param>
/// <param name="Summary">Only with <c>leads.summary</c>, whose LeadId names the week.</param>
internal sealed record WebhookLead(
    string LeadId, string? Community, string? Area, IReadOnlyList<string>? Wishes, string? Role, DateTime? SignedUpAt, string? Link, WebhookOwner? Owner, string? Summary);

internal sealed record WebhookOwner(string? Name, string? Phone, string? Room);

[JsonSerializable(typeof(WebhookBody))]
internal sealed partial class WebhookJson : JsonSerializerContext
{
    public static WebhookJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
