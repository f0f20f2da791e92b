using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Outreach.Activities;

namespace Outreach.Channels.Feishu;

/// <summary>Calls <c>open.feishu.cn</c>. Refusals carry a code in the body, whatever the status.</summary>
internal sealed class FeishuApi(OutboundHttp outbound, TokenCalls calls, IHostEnvironment environment, TimeProvider clock)
{
    private const int PerPerson = 230020;                                   // five a second to one person
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <summary>Writes to one person. The same key is delivered once within an hour.</summary>
    public Task<SendResult> SendAsync(FeishuAccount account, string openId, FeishuContent content, string key, CancellationToken cancellationToken) =>
        PostAsync(account, "/open-apis/im/v1/messages?receive_id_type=open_id", Repeat.WithKey,
            new MessageRequest(openId, content.Type, content.Json, Uuid(account, openId, key)), FeishuJson.Wire.MessageRequest, cancellationToken);

    /// <summary>Answers one message where it was written.</summary>
    public Task<SendResult> ReplyAsync(FeishuAccount account, string messageId, FeishuContent content, string key, CancellationToken cancellationToken) =>
        PostAsync(account, $"/open-apis/im/v1/messages/{Uri.EscapeDataString(messageId)}/reply", Repeat.WithKey,
            new MessageRequest(null, content.Type, content.Json, Uuid(account, messageId, key)), FeishuJson.Wire.MessageRequest, cancellationToken);

    /// <summary>Writes one message to many people. No key: a call whose answer was lost is not made again.</summary>
    /// <param name="openIds">200 at most.</param>
    public async Task<(SendResult Result, IReadOnlyList<string> Invalid)> SendBatchAsync(FeishuAccount account, IReadOnlyList<string> openIds, FeishuContent content, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> invalid = [];
        var result = await PostAsync(account, "/open-apis/message/v4/batch_send/", Repeat.Never, BatchRequest.Of(openIds, content), FeishuJson.Wire.BatchRequest, cancellationToken,
            answer => invalid = answer.Data?.InvalidOpenIds ?? []);
        return (result, invalid);
    }

    /// <summary>Hands a picture over, for cards to show by its key. Twice is no harm.</summary>
    public async Task<(SendResult Result, string? Key)> UploadAsync(FeishuAccount account, byte[] jpeg, CancellationToken cancellationToken)
    {
        string? key = null;
        var result = await calls.CallAsync($"{FeishuChannel.ChannelId}/{account.Name}", Repeat.WithKey, stop => FetchTokenAsync(account, stop), async (token, stop) =>
        {
            using var image = new ByteArrayContent(jpeg);
            image.Headers.ContentType = new(Picture.ContentType);
            using var parts = new MultipartFormDataContent { { new StringContent("message"), "\"image_type\"" }, { image, "\"image\"", "\"picture.jpg\"" } };      // quoted, as forms do it
            using var request = new HttpRequestMessage(HttpMethod.Post, account.Options.ApiBase.TrimEnd('/') + "/open-apis/im/v1/images") { Content = parts };
            request.Headers.Authorization = new("Bearer", token.Value);
            return await OutboundAnswer.SendAsync(Http, request, said =>
            {
                var read = Read(said, out var answer);
                key = answer?.Data?.ImageKey;
                return read;
            }, clock, stop, readRefusal: ReadRefusal);
        }, cancellationToken);
        account.Report.Answered(result, clock.GetUtcNow());
        return (result, key);
    }

    /// <summary>The handle by which Feishu knows a message again: 43 of its 50 characters.</summary>
    internal static string Uuid(FeishuAccount account, string to, string key) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Name}\n{to}\n{key}")));

    private async Task<SendResult> PostAsync<T>(
        FeishuAccount account, string path, Repeat repeat, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken, Action<FeishuAnswer>? taken = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        var result = await calls.CallAsync($"{FeishuChannel.ChannelId}/{account.Name}", repeat, stop => FetchTokenAsync(account, stop), async (token, stop) =>
        {
            using var request = Post(account.Options.ApiBase.TrimEnd('/') + path, body);
            request.Headers.Authorization = new("Bearer", token.Value);
            return await OutboundAnswer.SendAsync(Http, request, said =>
            {
                var read = Read(said, out var answer);
                if (read.Class == SendClass.Ok)
                    taken?.Invoke(answer!);
                return read;
            }, clock, stop, readRefusal: ReadRefusal);
        }, cancellationToken);
        account.Report.Answered(result, clock.GetUtcNow());
        return result;
    }

    private async Task<AccessToken> FetchTokenAsync(FeishuAccount account, CancellationToken cancellationToken)
    {
        using var request = Post($"{account.Options.ApiBase.TrimEnd('/')}/open-apis/auth/v3/tenant_access_token/internal",
            JsonSerializer.SerializeToUtf8Bytes(new(account.Options.AppId!, account.Options.AppSecret!), FeishuJson.Wire.TokenRequest));
        FeishuAnswer? answer = null;
        var result = await OutboundAnswer.SendAsync(Http, request, said => Read(said, out answer), clock, cancellationToken, readRefusal: ReadRefusal);
        if (result.Class != SendClass.Ok || answer?.TenantAccessToken is not { Length: > 0 } value)      // nothing of the message was written: an unread answer is no doubt here
        {
            account.Report.Answered(result, clock.GetUtcNow());
            throw new TokenRefusedException(
                result.Class is SendClass.AmbiguousSent or SendClass.Ok ? SendClass.Transient : result.Class is SendClass.AuthExpired or SendClass.ContentRejected ? SendClass.ConfigError : result.Class, result.VendorCode);
        }
        var token = new AccessToken(value, clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(answer.Expire, 1)));
        account.Report.GotToken(token.ExpiresAt);
        return token;
    }

    private static HttpRequestMessage Post(string address, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        return request;
    }

    private static SendResult Read(string body, out FeishuAnswer? answer)
    {
        answer = JsonSerializer.Deserialize(body, FeishuJson.Wire.FeishuAnswer);
        var code = answer?.Code;
        return new(ClassOf(code), answer?.Data?.MessageId, code is null or 0 ? null : code.Value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What the code says; of an answer without one, and of a server in trouble, the status tells.</summary>
    private static SendResult? ReadRefusal(HttpResponseMessage response, string body)
    {
        var wait = response.Headers.TryGetValues("x-ogw-ratelimit-reset", out var values) && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : (TimeSpan?)null;
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            return wait is null ? null : new(SendClass.RateLimited, VendorCode: "HTTP 429", RetryAfter: wait);
        if (response.StatusCode >= HttpStatusCode.InternalServerError)
            return null;
        var read = Read(body, out var answer);
        return answer?.Code is null or 0 ? null : read with { RetryAfter = read.Class == SendClass.RateLimited ? wait ?? (answer.Code == PerPerson ? Moment : null) : null };
    }

    /// <summary>The vendor's codes in our classes. An answer without a code is one that says nothing.</summary>
    internal static SendClass ClassOf(int? code) => code switch
    {
        0 => SendClass.Ok,
        null => SendClass.AmbiguousSent,
        99991663 or 99991661 or 99991664 => SendClass.AuthExpired,
        99991400 or 11232 or 9499 or 230020 => SendClass.RateLimited,
        230002 or 230013 => SendClass.RecipientGone,
        230001 or 230025 => SendClass.ContentRejected,
        _ => SendClass.ConfigError,      // 19021 sign or time, 19022 address, 19024 keyword, and what we do not know
    };

    private HttpClient Http => outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public);
}

/// <param name="Type"><c>text</c> or <c>interactive</c>.</param>
/// <param name="Json">JSON as text, as Feishu wants it.</param>
internal sealed record FeishuContent(string Type, string Json)
{
    public static FeishuContent OfText(string text) => new("text", JsonSerializer.Serialize(new(text), FeishuJson.Wire.FeishuText));

    public static FeishuContent OfCard(FeishuCard card) => new("interactive", JsonSerializer.Serialize(card, FeishuJson.Wire.FeishuCard));
}

internal sealed record TokenRequest([property: JsonPropertyName("app_id")] string AppId, [property: JsonPropertyName("app_secret")] string AppSecret);

internal sealed record MessageRequest(
    [property: JsonPropertyName("receive_id")] string? ReceiveId, [property: JsonPropertyName("msg_type")] string MsgType, string Content, string Uuid);

/// <summary>Here content is JSON itself and not a text of it, and a card stands beside it.</summary>
internal sealed record BatchRequest(
    [property: JsonPropertyName("open_ids")] IReadOnlyList<string> OpenIds, [property: JsonPropertyName("msg_type")] string MsgType, JsonElement? Content, JsonElement? Card)
{
    public static BatchRequest Of(IReadOnlyList<string> openIds, FeishuContent content)
    {
        var json = JsonElement.Parse(content.Json);
        return content.Type == "interactive" ? new(openIds, content.Type, null, json) : new(openIds, content.Type, json, null);
    }
}

internal sealed record FeishuText(string Text);

internal sealed record FeishuAnswer(
    int? Code, [property: JsonPropertyName("tenant_access_token")] string? TenantAccessToken, int Expire, FeishuData? Data);

internal sealed record FeishuData(
    [property: JsonPropertyName("message_id")] string? MessageId, [property: JsonPropertyName("invalid_open_ids")] IReadOnlyList<string>? InvalidOpenIds,
    [property: JsonPropertyName("image_key")] string? ImageKey);

internal sealed record FeishuCard(FeishuCardConfig Config, IReadOnlyList<FeishuElement> Elements);

internal sealed record FeishuCardConfig([property: JsonPropertyName("wide_screen_mode")] bool WideScreenMode);

/// <param name="Tag"><c>div</c> with a text, <c>img</c> with a picture, or <c>action</c> with buttons.</param>
internal sealed record FeishuElement(string Tag)
{
    public FeishuLabel? Text { get; init; }
    [JsonPropertyName("img_key")] public string? ImgKey { get; init; }
    public FeishuLabel? Alt { get; init; }
    public IReadOnlyList<FeishuButton>? Actions { get; init; }
}

internal sealed record FeishuLabel(string Tag, string Content);

internal sealed record FeishuButton(string Tag, FeishuLabel Text, string Type, FeishuTap Value);

/// <summary>What a button brings back: words that the person says with it, or a verdict on an answer.</summary>
internal sealed record FeishuTap(string? Say, string? Verdict, string? Answer);

[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(FeishuAnswer))]
[JsonSerializable(typeof(FeishuText))]
[JsonSerializable(typeof(FeishuCard))]
[JsonSerializable(typeof(RobotRequest))]
internal sealed partial class FeishuJson : JsonSerializerContext
{
    public static FeishuJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
