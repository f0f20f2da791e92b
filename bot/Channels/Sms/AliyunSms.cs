using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Outreach.Activities;

namespace Outreach.Channels.Sms;

/// <summary>Aliyun's <c>SendSms</c> (version 2017-05-25), signed with ACS3-HMAC-SHA256.</summary>
internal sealed class AliyunSms(OutboundHttp outbound, IOptions<AliyunSmsOptions> options, IHostEnvironment environment, TimeProvider clock) : ISmsVendor
{
    private static readonly JsonSerializerOptions Raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Name => "aliyun";
    public string Title => "短信（阿里云）";
    public string Section => AliyunSmsOptions.Section;
    public SmsVendorOptions Settings => options.Value;

    public async Task<SendResult> SendAsync(string phone, string template, IReadOnlyList<KeyValuePair<string, string>> parameters, string key, CancellationToken cancellationToken)
    {
        var values = new JsonObject(parameters.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        return await CallAsync("SendSms", new(StringComparer.Ordinal)
        {
            ["PhoneNumbers"] = Bare(phone),
            ["SignName"] = options.Value.SignName!,
            ["TemplateCode"] = template,
            ["TemplateParam"] = values.ToJsonString(Raw),
            ["OutId"] = key,
        }, Read, cancellationToken);
    }

    public async Task<bool> HasTakenAsync(string phone, string key, CancellationToken cancellationToken)
    {
        var result = await CallAsync("QuerySendDetails", new(StringComparer.Ordinal)
        {
            ["PhoneNumber"] = Bare(phone),
            ["SendDate"] = clock.GetUtcNow().ToOffset(SmsTime.China).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            ["PageSize"] = "50",
            ["CurrentPage"] = "1",
        }, body => new(JsonSerializer.Deserialize(body, SmsJson.Default.AliyunDetails)?.Details?.Items?.Any(item => item.OutId == key) is true ? SendClass.Ok : SendClass.AmbiguousSent), cancellationToken);
        return result.Class == SendClass.Ok;
    }

    private static string Bare(string phone) => phone.StartsWith("+86", StringComparison.Ordinal) ? phone[3..] : phone;

    private async Task<SendResult> CallAsync(string action, SortedDictionary<string, string> parameters, Func<string, SendResult> read, CancellationToken cancellationToken)
    {
        var query = AliyunSignature.Query(parameters);
        var address = new Uri($"{options.Value.ApiBase.TrimEnd('/')}/?{query}");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent([]) };
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = address.Authority,
            ["x-acs-action"] = action,
            ["x-acs-version"] = "2017-05-25",
            ["x-acs-date"] = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["x-acs-signature-nonce"] = Guid.NewGuid().ToString("N"),
            ["x-acs-content-sha256"] = AliyunSignature.HashOf(""),
        };
        foreach (var (name, value) in headers.Where(header => header.Key != "host"))
            request.Headers.Add(name, value);
        request.Headers.Host = address.Authority;
        request.Headers.TryAddWithoutValidation("Authorization", AliyunSignature.Authorization(options.Value.AccessKeyId!, options.Value.AccessKeySecret!, "POST", query, headers));
        return await OutboundAnswer.SendAsync(outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public), request, read, clock, cancellationToken, readRefusal: ReadRefusal);
    }

    private SendResult Read(string body)
    {
        var answer = JsonSerializer.Deserialize(body, SmsJson.Default.AliyunAnswer);
        return answer?.Code is { } code ? Classify(code, answer.Message ?? "", clock.GetUtcNow()) with { MessageId = answer.BizId } : new(SendClass.AmbiguousSent);
    }

    private SendResult? ReadRefusal(HttpResponseMessage response, string body) =>
        JsonSerializer.Deserialize(body, SmsJson.Default.AliyunAnswer) is { Code: { Length: > 0 } code, Message: var message } ? Classify(code, message ?? "", clock.GetUtcNow()) : null;

    /// <summary>The vendor's codes in our classes. What a number may get in a minute, an hour or a day is one code: the message says which.</summary>
    internal static SendResult Classify(string code, string message, DateTimeOffset now) => code switch
    {
        "OK" => new(SendClass.Ok),
        "isv.BUSINESS_LIMIT_CONTROL" => message.Contains('天', StringComparison.Ordinal) ? new(SendClass.QuotaExhausted, null, code, SmsTime.UntilTomorrow(now), SendScope.Recipient)
            : message.Contains("小时", StringComparison.Ordinal) ? new(SendClass.RateLimited, null, code, TimeSpan.FromHours(1), SendScope.Recipient)
            : new(SendClass.RateLimited, null, code, TimeSpan.FromMinutes(1), SendScope.Recipient),
        "isv.DAY_LIMIT_CONTROL" => new(SendClass.QuotaExhausted, null, code, SmsTime.UntilTomorrow(now)),
        "isv.MOBILE_NUMBER_ILLEGAL" or "isv.MOBILE_COUNT_OVER_LIMIT" or "isv.BLACK_NUMBER" or "isv.PHONENUMBER_IN_BLACKLIST" => new(SendClass.RecipientGone, VendorCode: code),
        "isv.TEMPLATE_MISSING_PARAMETERS" or "isv.TEMPLATE_PARAMS_ILLEGAL" or "isv.INVALID_JSON_PARAM" or "isv.BLACK_KEY_CONTROL_LIMIT" or "isv.PARAM_LENGTH_LIMIT" or "isv.PARAM_NOT_SUPPORT_URL" =>
            new(SendClass.ContentRejected, VendorCode: code),
        "isp.SYSTEM_ERROR" or "isv.SYSTEM_ERROR" or "ServiceUnavailable" or "InternalError" => new(SendClass.Transient, VendorCode: code),
        _ when code.StartsWith("Throttling", StringComparison.Ordinal) => new(SendClass.RateLimited, VendorCode: code, RetryAfter: TimeSpan.FromMinutes(1)),
        _ => new(SendClass.ConfigError, VendorCode: code),
    };
}

/// <summary>Aliyun's signature, version 3: a canonical request over query, headers and body, its hash signed with the secret.</summary>
internal static class AliyunSignature
{
    public static string Query(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join('&', parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    /// <param name="headers">All that are signed, by lower-case name; <c>x-acs-content-sha256</c> among them.</param>
    public static string Authorization(string keyId, string secret, string method, string query, IReadOnlyDictionary<string, string> headers)
    {
        var names = headers.Keys.Order(StringComparer.Ordinal).ToList();
        var canonical = $"{method}\n/\n{query}\n{string.Concat(names.Select(name => $"{name}:{headers[name].Trim()}\n"))}\n{string.Join(';', names)}\n{headers["x-acs-content-sha256"]}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"ACS3-HMAC-SHA256\n{HashOf(canonical)}"));
        return $"ACS3-HMAC-SHA256 Credential={keyId},SignedHeaders={string.Join(';', names)},Signature={Convert.ToHexStringLower(signature)}";
    }

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

internal sealed record AliyunAnswer(
    [property: JsonPropertyName("Code")] string? Code, [property: JsonPropertyName("Message")] string? Message, [property: JsonPropertyName("BizId")] string? BizId);

internal sealed record AliyunDetails([property: JsonPropertyName("SmsSendDetailDTOs")] AliyunDetailList? Details);

internal sealed record AliyunDetailList([property: JsonPropertyName("SmsSendDetailDTO")] IReadOnlyList<AliyunDetail>? Items);

internal sealed record AliyunDetail([property: JsonPropertyName("OutId")] string? OutId);
