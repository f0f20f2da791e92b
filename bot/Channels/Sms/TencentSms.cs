using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.Sms;

/// <summary>Tencent's <c>SendSms</c> (version 2021-01-11), signed with TC3-HMAC-SHA256. An answer of 200 holds a status for each number.</summary>
internal sealed class TencentSms(OutboundHttp outbound, IOptions<TencentSmsOptions> options, IHostEnvironment environment, TimeProvider clock) : ISmsVendor
{
    public string Name => "tencent";
    public string Title => "短信（腾讯云）";
    public string Section => TencentSmsOptions.Section;
    public SmsVendorOptions Settings => options.Value;

    public async Task<SendResult> SendAsync(string phone, string template, IReadOnlyList<KeyValuePair<string, string>> parameters, string key, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new TencentRequest(
            [phone], options.Value.SmsSdkAppId!, options.Value.SignName!, template, [.. parameters.Select(pair => pair.Value)], key), SmsJson.Wire.TencentRequest);
        return await CallAsync("SendSms", body, Read, cancellationToken);
    }

    public async Task<bool> HasTakenAsync(string phone, string key, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow().AddHours(-1).ToUnixTimeSeconds();
        var body = JsonSerializer.SerializeToUtf8Bytes(new TencentReceiptsRequest(since, 0, 50, phone, options.Value.SmsSdkAppId!), SmsJson.Wire.TencentReceiptsRequest);
        var result = await CallAsync("PullSmsSendStatusByPhoneNumber", body, text => new(
            JsonSerializer.Deserialize(text, SmsJson.Default.TencentAnswer)?.Response?.Receipts?.Any(receipt => receipt.SessionContext == key) is true ? SendClass.Ok : SendClass.AmbiguousSent),
            cancellationToken);
        return result.Class == SendClass.Ok;
    }

    private async Task<SendResult> CallAsync(string action, byte[] body, Func<string, SendResult> read, CancellationToken cancellationToken)
    {
        var address = new Uri(options.Value.ApiBase.TrimEnd('/') + "/");
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(TencentSignature.ContentType);
        request.Headers.Host = address.Authority;
        request.Headers.Add("X-TC-Action", action);
        request.Headers.Add("X-TC-Version", "2021-01-11");
        request.Headers.Add("X-TC-Region", options.Value.Region);
        request.Headers.Add("X-TC-Timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Authorization", TencentSignature.Authorization(options.Value.SecretId!, options.Value.SecretKey!, address.Authority, seconds, body));
        return await OutboundAnswer.SendAsync(outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public), request, read, clock, cancellationToken);
    }

    private SendResult Read(string body)
    {
        var answer = JsonSerializer.Deserialize(body, SmsJson.Default.TencentAnswer)?.Response;
        if (answer?.Error?.Code is { } refused)
            return Classify(refused, clock.GetUtcNow());
        return answer?.SendStatusSet is [{ Code: { } code, SerialNo: var id }] ? Classify(code, clock.GetUtcNow()) with { MessageId = string.IsNullOrEmpty(id) ? null : id } : new(SendClass.AmbiguousSent);
    }

    internal static SendResult Classify(string code, DateTimeOffset now) => code switch
    {
        "Ok" => new(SendClass.Ok),
        "LimitExceeded.PhoneNumberThirtySecondLimit" => new(SendClass.RateLimited, null, code, TimeSpan.FromSeconds(30), SendScope.Recipient),
        "LimitExceeded.PhoneNumberOneHourLimit" => new(SendClass.RateLimited, null, code, TimeSpan.FromHours(1), SendScope.Recipient),
        "LimitExceeded.PhoneNumberDailyLimit" or "LimitExceeded.PhoneNumberSameContentDailyLimit" => new(SendClass.QuotaExhausted, null, code, SmsTime.UntilTomorrow(now), SendScope.Recipient),
        "LimitExceeded.AppDailyLimit" or "LimitExceeded.AppMainlandChinaDailyLimit" or "LimitExceeded.DailyLimit" => new(SendClass.QuotaExhausted, VendorCode: code, RetryAfter: SmsTime.UntilTomorrow(now)),
        "FailedOperation.PhoneNumberInBlacklist" or "InvalidParameterValue.IncorrectPhoneNumber" or "FailedOperation.PhoneNumberOnBlacklist" => new(SendClass.RecipientGone, VendorCode: code),
        "FailedOperation.ContainSensitiveWord" or "FailedOperation.TemplateParamSetNotMatchApprovedTemplate" or "FailedOperation.MarketingSendTimeConstraint"
            or "InvalidParameterValue.TemplateParameterFormatError" or "InvalidParameterValue.TemplateParameterLengthLimit" or "InvalidParameterValue.ContentLengthLimit"
            or "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter" => new(SendClass.ContentRejected, VendorCode: code),
        _ when code.StartsWith("LimitExceeded", StringComparison.Ordinal) || code.StartsWith("RequestLimitExceeded", StringComparison.Ordinal) =>
            new(SendClass.RateLimited, VendorCode: code, RetryAfter: TimeSpan.FromMinutes(1)),
        _ when code.StartsWith("InternalError", StringComparison.Ordinal) => new(SendClass.Transient, VendorCode: code),
        _ => new(SendClass.ConfigError, VendorCode: code),
    };
}

/// <summary>Tencent's signature, version 3: the day and the service make a key of their own. The day is that of UTC.</summary>
internal static class TencentSignature
{
    public const string ContentType = "application/json";
    private const string Signed = "content-type;host";

    public static string Authorization(string secretId, string secretKey, string host, long seconds, ReadOnlySpan<byte> body)
    {
        var day = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var scope = $"{day}/sms/tc3_request";
        var canonical = $"POST\n/\n\ncontent-type:{ContentType}\nhost:{host}\n\n{Signed}\n{Convert.ToHexStringLower(SHA256.HashData(body))}";
        var text = string.Create(CultureInfo.InvariantCulture, $"TC3-HMAC-SHA256\n{seconds}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}");
        var key = Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("TC3" + secretKey), day), "sms"), "tc3_request");
        return $"TC3-HMAC-SHA256 Credential={secretId}/{scope}, SignedHeaders={Signed}, Signature={Convert.ToHexStringLower(Hmac(key, text))}";
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}

internal sealed record TencentRequest(
    [property: JsonPropertyName("PhoneNumberSet")] IReadOnlyList<string> PhoneNumberSet, [property: JsonPropertyName("SmsSdkAppId")] string SmsSdkAppId,
    [property: JsonPropertyName("SignName")] string SignName, [property: JsonPropertyName("TemplateId")] string TemplateId,
    [property: JsonPropertyName("TemplateParamSet")] IReadOnlyList<string> TemplateParamSet, [property: JsonPropertyName("SessionContext")] string SessionContext);

internal sealed record TencentAnswer([property: JsonPropertyName("Response")] TencentResponse? Response);

internal sealed record TencentResponse(
    [property: JsonPropertyName("SendStatusSet")] IReadOnlyList<TencentStatus>? SendStatusSet, [property: JsonPropertyName("Error")] TencentError? Error,
    [property: JsonPropertyName("PullSmsSendStatusSet")] IReadOnlyList<TencentReceipt>? Receipts);

internal sealed record TencentReceipt([property: JsonPropertyName("SessionContext")] string? SessionContext);

internal sealed record TencentReceiptsRequest(
    [property: JsonPropertyName("BeginTime")] long BeginTime, [property: JsonPropertyName("Offset")] int Offset, [property: JsonPropertyName("Limit")] int Limit,
    [property: JsonPropertyName("PhoneNumber")] string PhoneNumber, [property: JsonPropertyName("SmsSdkAppId")] string SmsSdkAppId);

internal sealed record TencentStatus([property: JsonPropertyName("SerialNo")] string? SerialNo, [property: JsonPropertyName("Code")] string? Code);

internal sealed record TencentError([property: JsonPropertyName("Code")] string? Code);

[JsonSerializable(typeof(AliyunAnswer))]
[JsonSerializable(typeof(AliyunDetails))]
[JsonSerializable(typeof(TencentReceiptsRequest))]
[JsonSerializable(typeof(TencentRequest))]
[JsonSerializable(typeof(TencentAnswer))]
internal sealed partial class SmsJson : JsonSerializerContext
{
    public static SmsJson Wire { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
