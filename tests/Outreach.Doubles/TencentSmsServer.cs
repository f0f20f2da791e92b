using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>
/// Tencent Cloud's SMS service (version 2021-01-11): SendSms and PullSmsSendStatusByPhoneNumber. Checks the TC3 signature, the clock, the reported signatures and
/// templates with their numbered variables, and what one number may get. Everything comes inside a 200; each number has a status of its own.
/// </summary>
public sealed partial class TencentSmsServer : IAsyncDisposable
{
    private const string Version = "2021-01-11";
    private const int MostNumbers = 200;
    private const int MostReceipts = 100;
    private static readonly TimeSpan ClockWindow = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<SmsTaken> _ledger = new();
    private readonly ConcurrentQueue<string> _refusals = new();
    private readonly SmsRates _rates = new();
    private LoopbackServer? _server;
    private bool _keyIsOff;
    private int _ids;

    private TencentSmsServer(TimeProvider clock) => _clock = clock;

    public string SecretId { get; init; } = "AKID" + Guid.NewGuid().ToString("N");
    public string SecretKey { get; init; } = Guid.NewGuid().ToString("N");
    public string SmsSdkAppId { get; init; } = "1400" + RandomNumberGenerator.GetInt32(100_000, 1_000_000).ToString(CultureInfo.InvariantCulture);
    public Uri Address => _server!.Address;
    /// <summary>The reported signatures.</summary>
    public ISet<string> Signs { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>The reported templates by id, with <c>{1}</c>, <c>{2}</c> … where a variable stands.</summary>
    public IDictionary<string, string> Templates { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>Per number.</summary>
    public IList<SmsLimit> Limits { get; } =
    [
        new(TimeSpan.FromSeconds(30), 1, "LimitExceeded.PhoneNumberThirtySecondLimit"),
        new(TimeSpan.FromHours(1), 5, "LimitExceeded.PhoneNumberOneHourLimit"),
        new(TimeSpan.FromDays(1), 10, "LimitExceeded.PhoneNumberDailyLimit"),
    ];
    /// <summary>Texts that are paid for; then each number gets <c>FailedOperation.InsufficientBalanceInSmsPackage</c>.</summary>
    public int Balance { get; set; } = int.MaxValue;
    /// <summary>Numbers (in <c>+86</c> form) that want nothing more: <c>FailedOperation.PhoneNumberInBlacklist</c>.</summary>
    public ISet<string> Blacklist { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>Numbers (in <c>+86</c> form) whose texts are taken and do not arrive, as the receipt tells.</summary>
    public ISet<string> Unreachable { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>How long a text has no receipt.</summary>
    public TimeSpan ReceiptDelay { get; set; }
    public VendorFaults Faults { get; } = new();
    /// <summary>What was taken, in order.</summary>
    public IReadOnlyList<SmsTaken> Ledger => [.. _ledger];
    /// <summary>The codes that calls or numbers were refused with, in order.</summary>
    public IReadOnlyList<string> Refusals => [.. _refusals];

    public static Task<TencentSmsServer> StartAsync(TimeProvider clock) => StartAsync(new TencentSmsServer(clock));

    public static Task<TencentSmsServer> StartAsync(TimeProvider clock, string secretId, string secretKey, string smsSdkAppId) =>
        StartAsync(new TencentSmsServer(clock) { SecretId = secretId, SecretKey = secretKey, SmsSdkAppId = smsSdkAppId });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<TencentSmsServer> StartAsync(TencentSmsServer server)
    {
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var fault = Faults.Take();
        if (fault == VendorFault.TooMany)
        {
            await SayAsync(context, Refuse("RequestLimitExceeded"));
            return;
        }
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        _keyIsOff |= fault == VendorFault.RevokesToken;
        var answer = Unauthorized(context.Request, body.ToArray()) is { } code ? Refuse(code) : Serve(context.Request.Headers["X-TC-Action"].ToString(), body.ToArray());
        if (answer["Error"] is null && await VendorFaults.SpoilsAsync(fault, context))
            return;
        await SayAsync(context, answer);
    }

    private static Task SayAsync(HttpContext context, JsonObject answer)
    {
        answer["RequestId"] = Guid.NewGuid().ToString();
        return context.Response.WriteAsJsonAsync(new JsonObject { ["Response"] = answer });
    }

    private JsonObject Refuse(string code)
    {
        _refusals.Enqueue(code);
        return new() { ["Error"] = new JsonObject { ["Code"] = code, ["Message"] = code } };
    }

    // The signature -------------------------------------------------------------------------------------------------------------------------------

    private string? Unauthorized(HttpRequest request, byte[] body)
    {
        if (Authorization().Match(request.Headers.Authorization.ToString()) is not { Success: true } match)
            return "AuthFailure.InvalidAuthorization";
        if (match.Groups["id"].Value != SecretId || _keyIsOff)
            return "AuthFailure.SecretIdNotFound";
        if (!long.TryParse(request.Headers["X-TC-Timestamp"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799)
            return "MissingParameter";
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if ((_clock.GetUtcNow() - at).Duration() > ClockWindow)
            return "AuthFailure.SignatureExpire";
        var (date, names) = (at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), match.Groups["headers"].Value.Split(';'));
        if (!names.SequenceEqual(names.Order(StringComparer.Ordinal)) || !names.Contains("content-type") || !names.Contains("host"))
            return "AuthFailure.InvalidAuthorization";
        var headers = string.Concat(names.Select(name => $"{name}:{request.Headers[name].ToString().Trim().ToLowerInvariant()}\n"));
        var canonical = $"{request.Method}\n{request.Path.Value}\n{request.QueryString.Value?.TrimStart('?')}\n{headers}\n{string.Join(';', names)}\n{Hash(body)}";
        var text = $"TC3-HMAC-SHA256\n{seconds.ToString(CultureInfo.InvariantCulture)}\n{date}/sms/tc3_request\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = Mac(Mac(Mac(Encoding.UTF8.GetBytes("TC3" + SecretKey), date), "sms"), "tc3_request");
        if (match.Groups["date"].Value != date || Convert.ToHexStringLower(Mac(key, text)) != match.Groups["signature"].Value)
            return "AuthFailure.SignatureFailure";
        return request.Headers["X-TC-Version"] != Version ? "NoSuchVersion" : null;
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // The service ---------------------------------------------------------------------------------------------------------------------------------

    private JsonObject Serve(string action, byte[] body)
    {
        if (Parse(body) is not { } asked)
            return Refuse("InvalidParameter");
        if ((string?)asked[nameof(SmsSdkAppId)] != SmsSdkAppId)
            return Refuse("UnauthorizedOperation.SmsSdkAppIdVerifyFail");
        lock (_gate)
            return action switch
            {
                "SendSms" => Send(asked),
                "PullSmsSendStatusByPhoneNumber" => Receipts(asked),
                _ => Refuse("InvalidAction"),
            };
    }

    private JsonObject Send(JsonObject asked)
    {
        if (asked["PhoneNumberSet"] is not JsonArray { Count: > 0 } phones || (asked["TemplateParamSet"] ?? new JsonArray()) is not JsonArray values)
            return Refuse("MissingParameter");
        if (phones.Count > MostNumbers)
            return Refuse("LimitExceeded.PhoneNumberCountLimit");
        var statuses = new JsonArray();
        foreach (var phone in phones)
            statuses.Add(Take((string?)phone ?? "", asked, [.. values.Select(value => (string?)value ?? "")]));
        return new() { ["SendStatusSet"] = statuses };
    }

    private JsonObject Take(string phone, JsonObject asked, IReadOnlyList<string> values)
    {
        var (now, sign, id, own) = (_clock.GetUtcNow(), (string?)asked["SignName"] ?? "", (string?)asked["TemplateId"] ?? "", (string?)asked["SessionContext"]);
        var template = Templates.TryGetValue(id, out var known) ? known : null;
        var refused = !Mobile().IsMatch(phone) ? "InvalidParameterValue.IncorrectPhoneNumber"
            : template is null ? "FailedOperation.TemplateIncorrectOrUnapproved"
            : !Signs.Contains(sign) ? "FailedOperation.SignatureIncorrectOrUnapproved"
            : Variable().Matches(template).Select(variable => variable.Value).Distinct().Count() != values.Count ? "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
            : Blacklist.Contains(phone) ? "FailedOperation.PhoneNumberInBlacklist"
            : _rates.Broken(phone, Limits, now) is { } limit ? limit.Code
            : Balance < 1 ? "FailedOperation.InsufficientBalanceInSmsPackage"
            : null;
        if (refused is not null)
        {
            _refusals.Enqueue(refused);
            return Status("", 0, refused, refused);
        }
        Balance--;
        _rates.Count(phone, now);
        var receipt = $"5000:{++_ids:D20}";
        var byNumber = values.Select((value, i) => (Name: (i + 1).ToString(CultureInfo.InvariantCulture), value)).ToDictionary(pair => pair.Name, pair => pair.value, StringComparer.Ordinal);
        _ledger.Enqueue(new(phone, sign, id, byNumber, Variable().Replace(template!, variable => byNumber.GetValueOrDefault(variable.Groups[1].Value, "")), own, receipt, now));
        return Status(receipt, 1, "Ok", "send success");

        JsonObject Status(string serial, int fee, string code, string message) => new()
        {
            ["SerialNo"] = serial,
            ["PhoneNumber"] = phone,
            ["Fee"] = fee,
            ["SessionContext"] = own ?? "",
            ["Code"] = code,
            ["Message"] = message,
            ["IsoCode"] = "CN",
        };
    }

    private JsonObject Receipts(JsonObject asked)
    {
        if ((string?)asked["PhoneNumber"] is not { } phone || asked["BeginTime"]?.GetValue<long>() is not { } begin || asked["Limit"]?.GetValue<int>() is not (> 0 and <= MostReceipts and var most)
            || asked["Offset"]?.GetValue<int>() is not 0)
            return Refuse("InvalidParameter");
        var now = _clock.GetUtcNow();
        var end = asked["EndTime"]?.GetValue<long>() ?? now.ToUnixTimeSeconds();
        return new()
        {
            ["PullSmsSendStatusSet"] = new JsonArray([.. _ledger
                .Where(taken => taken.Phone == phone && taken.At.ToUnixTimeSeconds() >= begin && taken.At.ToUnixTimeSeconds() <= end && now - taken.At >= ReceiptDelay)
                .Take(most).Select(Receipt)]),
        };
    }

    private JsonNode Receipt(SmsTaken taken) => new JsonObject
    {
        ["UserReceiveTime"] = taken.At.ToUnixTimeSeconds(),
        ["CountryCode"] = "86",
        ["SubscriberNumber"] = taken.Phone[3..],
        ["PhoneNumber"] = taken.Phone,
        ["SerialNo"] = taken.ReceiptId,
        ["ReportStatus"] = Unreachable.Contains(taken.Phone) ? "FAIL" : "SUCCESS",
        ["Description"] = Unreachable.Contains(taken.Phone) ? "UNDELIVRD" : "DELIVRD",
        ["SessionContext"] = taken.OwnId ?? "",
    };

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^TC3-HMAC-SHA256 Credential=(?<id>[^/]+)/(?<date>[0-9-]{10})/sms/tc3_request, ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();

    [GeneratedRegex(@"^\+861\d{10}$")]
    private static partial Regex Mobile();

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Variable();
}
