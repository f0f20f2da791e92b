using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Outreach.Doubles;

/// <summary>
/// Aliyun's SMS service (<c>dysmsapi</c>, version 2017-05-25): SendSms, SendBatchSms and QuerySendDetails. Checks the V3 signature, the clock, the nonce, the reported
/// signatures and templates with their variables, and what one number may get. Errors of the gateway come as 4xx, those of the service as a Code inside a 200.
/// </summary>
public sealed partial class AliyunSmsServer : IAsyncDisposable
{
    private const string Version = "2017-05-25";
    private const int MostNumbers = 1000;
    private const int MostInBatch = 100;
    private static readonly TimeSpan ClockWindow = TimeSpan.FromMinutes(15);

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<SmsTaken> _ledger = new();
    private readonly ConcurrentQueue<string> _refusals = new();
    private readonly HashSet<string> _nonces = new(StringComparer.Ordinal);
    private readonly SmsRates _rates = new();
    private LoopbackServer? _server;
    private bool _keyIsOff;
    private int _ids;

    private AliyunSmsServer(TimeProvider clock) => _clock = clock;

    public string AccessKeyId { get; init; } = "LTAI" + Guid.NewGuid().ToString("N")[..16];
    public string AccessKeySecret { get; init; } = Guid.NewGuid().ToString("N");
    public Uri Address => _server!.Address;
    /// <summary>The reported signatures.</summary>
    public ISet<string> Signs { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>The reported templates by code, with <c>${name}</c> where a variable stands.</summary>
    public IDictionary<string, string> Templates { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>Per number and signature.</summary>
    public IList<SmsLimit> Limits { get; } =
    [
        new(TimeSpan.FromMinutes(1), 1, "isv.BUSINESS_LIMIT_CONTROL"),
        new(TimeSpan.FromHours(1), 5, "isv.BUSINESS_LIMIT_CONTROL"),
        new(TimeSpan.FromDays(1), 10, "isv.BUSINESS_LIMIT_CONTROL"),
    ];
    /// <summary>Texts of the account in a day; above it <c>isv.DAY_LIMIT_CONTROL</c>.</summary>
    public int DayLimit { get; set; } = int.MaxValue;
    /// <summary>Texts that are paid for; then <c>isv.AMOUNT_NOT_ENOUGH</c>.</summary>
    public int Balance { get; set; } = int.MaxValue;
    /// <summary>Numbers whose texts are taken and do not arrive, as the receipt tells.</summary>
    public ISet<string> Unreachable { get; } = new HashSet<string>(StringComparer.Ordinal);
    /// <summary>How long a receipt says that it waits.</summary>
    public TimeSpan ReceiptDelay { get; set; }
    public VendorFaults Faults { get; } = new();
    /// <summary>What was taken, in order.</summary>
    public IReadOnlyList<SmsTaken> Ledger => [.. _ledger];
    /// <summary>The codes that calls were refused with, in order.</summary>
    public IReadOnlyList<string> Refusals => [.. _refusals];

    public static Task<AliyunSmsServer> StartAsync(TimeProvider clock) => StartAsync(new AliyunSmsServer(clock));

    public static Task<AliyunSmsServer> StartAsync(TimeProvider clock, string accessKeyId, string accessKeySecret) =>
        StartAsync(new AliyunSmsServer(clock) { AccessKeyId = accessKeyId, AccessKeySecret = accessKeySecret });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<AliyunSmsServer> StartAsync(AliyunSmsServer server)
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
            await SayAsync(context, 400, Refuse("Throttling.User"));
            return;
        }
        if (VendorFaults.Refuses(fault, context.Response))
            return;
        _keyIsOff |= fault == VendorFault.RevokesToken;
        if (GatewayError(context.Request, body.ToArray()) is var (status, code))
        {
            await SayAsync(context, status, Refuse(code));
            return;
        }
        var parameters = Parameters(context.Request, body.ToArray());
        var answer = Serve(context.Request.Headers["x-acs-action"].ToString(), parameters);
        if ((string?)answer["Code"] == "OK" && await VendorFaults.SpoilsAsync(fault, context))
            return;
        await SayAsync(context, 200, answer);
    }

    private static Task SayAsync(HttpContext context, int status, JsonObject answer)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(answer);
    }

    private JsonObject Refuse(string code)
    {
        _refusals.Enqueue(code);
        return new() { ["Code"] = code, ["Message"] = code, ["RequestId"] = Guid.NewGuid().ToString().ToUpperInvariant() };
    }

    // The gateway ---------------------------------------------------------------------------------------------------------------------------------

    private (int Status, string Code)? GatewayError(HttpRequest request, byte[] body)
    {
        if (Authorization().Match(request.Headers.Authorization.ToString()) is not { Success: true } match)
            return (400, "MissingAuthorization");
        if (match.Groups["key"].Value != AccessKeyId)
            return (404, "InvalidAccessKeyId.NotFound");
        if (_keyIsOff)
            return (403, "InvalidAccessKeyId.Inactive");
        if (!DateTimeOffset.TryParseExact(request.Headers["x-acs-date"], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            || (_clock.GetUtcNow() - at).Duration() > ClockWindow)
            return (400, "InvalidTimeStamp.Expired");
        if (Hash(body) != request.Headers["x-acs-content-sha256"])
            return (400, "InvalidContentSha256");
        var signed = match.Groups["headers"].Value.Split(';');
        var must = request.Headers.Keys.Select(name => name.ToLowerInvariant()).Where(name => name == "host" || name.StartsWith("x-acs-", StringComparison.Ordinal));
        if (!signed.SequenceEqual(signed.Order(StringComparer.Ordinal)) || must.Except(signed).Any())
            return (400, "IncompleteSignature");
        var canonical = new StringBuilder(request.Method).Append('\n').Append(request.Path.Value).Append('\n').Append(CanonicalQuery(request.QueryString.Value)).Append('\n');
        foreach (var name in signed)
            canonical.Append(name).Append(':').Append(request.Headers[name].ToString().Trim()).Append('\n');
        canonical.Append('\n').AppendJoin(';', signed).Append('\n').Append(Hash(body));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(AccessKeySecret), Encoding.UTF8.GetBytes("ACS3-HMAC-SHA256\n" + Hash(Encoding.UTF8.GetBytes(canonical.ToString())))));
        if (match.Groups["signature"].Value != expected)
            return (400, "SignatureDoesNotMatch");
        if (request.Headers["x-acs-version"] != Version)
            return (400, "InvalidVersion");
        lock (_gate)
            return request.Headers["x-acs-signature-nonce"] is [{ Length: > 0 } nonce] && _nonces.Add(nonce) ? null : (400, "SignatureNonceUsed");
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string CanonicalQuery(string? query) => string.Join('&', QueryHelpers.ParseQuery(query)
        .SelectMany(pair => pair.Value.Select(value => (Name: Uri.EscapeDataString(pair.Key), Value: Uri.EscapeDataString(value ?? ""))))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));

    private static Dictionary<string, string> Parameters(HttpRequest request, byte[] body)
    {
        var parameters = QueryHelpers.ParseQuery(request.QueryString.Value).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
            foreach (var (name, value) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
                parameters[name] = value.ToString();
        return parameters;
    }

    // The service ---------------------------------------------------------------------------------------------------------------------------------

    private JsonObject Serve(string action, Dictionary<string, string> parameters)
    {
        lock (_gate)
            return action switch
            {
                "SendSms" => Send(parameters),
                "SendBatchSms" => SendBatch(parameters),
                "QuerySendDetails" => Details(parameters),
                _ => Refuse("InvalidAction.NotFound"),
            };
    }

    private JsonObject Send(Dictionary<string, string> parameters)
    {
        var phones = parameters.GetValueOrDefault("PhoneNumbers", "").Split(',');
        var sign = parameters.GetValueOrDefault("SignName", "");
        return phones.Length > MostNumbers
            ? Refuse("isv.MOBILE_COUNT_OVER_LIMIT")
            : TakeAll([.. phones.Select(phone => (phone, sign, (string?)parameters.GetValueOrDefault("TemplateParam")))], parameters);
    }

    private JsonObject SendBatch(Dictionary<string, string> parameters)
    {
        if (Strings(parameters, "PhoneNumberJson") is not { } phones || Strings(parameters, "SignNameJson") is not { } signs || signs.Count != phones.Count)
            return Refuse("isv.INVALID_PARAMETERS");
        if (phones.Count is 0 or > MostInBatch)
            return Refuse("isv.MOBILE_COUNT_OVER_LIMIT");
        var values = parameters.TryGetValue("TemplateParamJson", out var json) ? Parse(json) as JsonArray : [];
        return values is null || (values.Count > 0 && values.Count != phones.Count)
            ? Refuse("isv.INVALID_PARAMETERS")
            : TakeAll([.. phones.Select((phone, i) => (phone, signs[i], values.Count > i ? values[i]!.ToJsonString() : null))], parameters);
    }

    private JsonObject TakeAll(IReadOnlyList<(string Phone, string Sign, string? Values)> texts, Dictionary<string, string> parameters)
    {
        var (now, code) = (_clock.GetUtcNow(), parameters.GetValueOrDefault("TemplateCode", ""));
        if (!Templates.TryGetValue(code, out var template))
            return Refuse("isv.SMS_TEMPLATE_ILLEGAL");
        var filled = new List<(string Phone, string Sign, IReadOnlyDictionary<string, string> Values, string Text)>();
        foreach (var (phone, sign, json) in texts)
        {
            if (!Signs.Contains(sign))
                return Refuse("isv.SMS_SIGNATURE_ILLEGAL");
            if (!Mobile().IsMatch(phone))
                return Refuse("isv.MOBILE_NUMBER_ILLEGAL");
            if (Values(json) is not { } values)
                return Refuse("isv.INVALID_JSON_PARAM");
            if (Variable().Matches(template).Any(variable => !values.ContainsKey(variable.Groups[1].Value)))
                return Refuse("isv.TEMPLATE_MISSING_PARAMETERS");
            if (_rates.Broken($"{phone}/{sign}", Limits, now) is { } limit)
                return Refuse(limit.Code);
            filled.Add((phone, sign, values, Variable().Replace(template, variable => values[variable.Groups[1].Value])));
        }
        if (_ledger.Count(taken => now - taken.At < TimeSpan.FromDays(1)) + filled.Count > DayLimit)
            return Refuse("isv.DAY_LIMIT_CONTROL");
        if (Balance < filled.Count)
            return Refuse("isv.AMOUNT_NOT_ENOUGH");
        Balance -= filled.Count;
        var receipt = $"{++_ids:D8}^0";
        foreach (var (phone, sign, values, text) in filled)
        {
            _rates.Count($"{phone}/{sign}", now);
            _ledger.Enqueue(new(phone, sign, code, values, text, parameters.GetValueOrDefault("OutId"), receipt, now));
        }
        return new() { ["Code"] = "OK", ["Message"] = "OK", ["RequestId"] = Guid.NewGuid().ToString().ToUpperInvariant(), ["BizId"] = receipt };
    }

    private JsonObject Details(Dictionary<string, string> parameters)
    {
        if (!parameters.TryGetValue("PhoneNumber", out var phone) || !parameters.TryGetValue("SendDate", out var day)
            || !int.TryParse(parameters.GetValueOrDefault("PageSize"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > 50
            || !int.TryParse(parameters.GetValueOrDefault("CurrentPage"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) || page < 1)
            return Refuse("isv.INVALID_PARAMETERS");
        var found = _ledger.Where(taken => taken.Phone == phone && InChina(taken.At).ToString("yyyyMMdd", CultureInfo.InvariantCulture) == day
            && (!parameters.TryGetValue("BizId", out var receipt) || taken.ReceiptId == receipt)).Reverse().ToList();
        return new()
        {
            ["Code"] = "OK",
            ["Message"] = "OK",
            ["RequestId"] = Guid.NewGuid().ToString().ToUpperInvariant(),
            ["TotalCount"] = found.Count,
            ["SmsSendDetailDTOs"] = new JsonObject { ["SmsSendDetailDTO"] = new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(Receipt)]) },
        };
    }

    /// <summary>SendStatus: 1 waiting for the receipt, 2 failed, 3 arrived.</summary>
    private JsonNode Receipt(SmsTaken taken)
    {
        var isKnown = _clock.GetUtcNow() - taken.At >= ReceiptDelay;
        var isLost = Unreachable.Contains(taken.Phone);
        return new JsonObject
        {
            ["PhoneNum"] = taken.Phone,
            ["TemplateCode"] = taken.Template,
            ["Content"] = $"【{taken.Sign}】{taken.Text}",
            ["OutId"] = taken.OwnId,
            ["SendDate"] = InChina(taken.At).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["SendStatus"] = !isKnown ? 1 : isLost ? 2 : 3,
            ["ErrCode"] = !isKnown ? "" : isLost ? "MOBILE_NOT_ON_SERVICE" : "DELIVERED",
        };
    }

    private static DateTimeOffset InChina(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8));

    private static List<string>? Strings(Dictionary<string, string> parameters, string name) =>
        parameters.TryGetValue(name, out var json) && Parse(json) is JsonArray list ? [.. list.Select(item => (string?)item ?? "")] : null;

    private static Dictionary<string, string>? Values(string? json) =>
        string.IsNullOrEmpty(json) ? [] : Parse(json) is JsonObject values ? values.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "", StringComparer.Ordinal) : null;

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^ACS3-HMAC-SHA256 Credential=(?<key>[^,]+), ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();

    [GeneratedRegex(@"^(?:\+?86)?1\d{10}$")]
    private static partial Regex Mobile();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();
}
