using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Outreach.Activities;

namespace Outreach.Channels.DingTalk;

/// <summary>
/// Calls DingTalk. The newer service (<c>api.dingtalk.com</c>) tells by status and a word in the body, the older one (<c>oapi.dingtalk.com</c>) answers 200 throughout
/// and tells by <c>errcode</c>; each lends a token of its own.
/// </summary>
internal sealed class DingTalkApi(OutboundHttp outbound, TokenCalls calls, IHostEnvironment environment, TimeProvider clock)
{
    /// <summary>Answers in a chat, through the address that came with the person's message. No token: the address is the secret.</summary>
    public async Task<SendResult> PostSessionAsync(DingTalkAccount account, Uri webhook, DingTalkText text, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(WebhookMessage.Of(text), DingTalkJson.Wire.WebhookMessage);
        return Reported(account, await calls.CallAsync(Repeat.Never, async stop =>
        {
            using var request = Post(webhook.AbsoluteUri, body);
            return await OutboundAnswer.SendAsync(Http, request, ReadOld, clock, stop);
        }, cancellationToken));
    }

    /// <summary>Writes to people alone through the robot.</summary>
    /// <param name="staffIds">20 at most.</param>
    public async Task<(SendResult Result, BatchAnswer? Answer)> PostBatchAsync(DingTalkAccount account, IReadOnlyList<string> staffIds, DingTalkText text, CancellationToken cancellationToken)
    {
        var (key, param) = text.Title is { } title
            ? ("sampleMarkdown", JsonSerializer.Serialize(new(title, text.Text), DingTalkJson.Wire.MarkdownBody))
            : ("sampleText", JsonSerializer.Serialize(new(text.Text), DingTalkJson.Wire.TextBody));
        var body = JsonSerializer.SerializeToUtf8Bytes(new(account.Options.Robot, staffIds, key, param), DingTalkJson.Wire.BatchRequest);
        BatchAnswer? answer = null;
        var result = await calls.CallAsync($"{DingTalkChannel.ChannelId}/{account.Name}", Repeat.Never, stop => FetchTokenAsync(account, stop), async (token, stop) =>
        {
            using var request = Post($"{account.Options.ApiBase.TrimEnd('/')}/v1.0/robot/oToMessages/batchSend", body);
            request.Headers.Add("x-acs-dingtalk-access-token", token.Value);
            return await OutboundAnswer.SendAsync(Http, request, said =>
            {
                answer = JsonSerializer.Deserialize(said, DingTalkJson.Wire.BatchAnswer);
                return answer is null ? new(SendClass.AmbiguousSent) : new(SendClass.Ok, answer.ProcessQueryKey);
            }, clock, stop, readRefusal: ReadNew);
        }, cancellationToken);
        return (Reported(account, result), answer);
    }

    /// <summary>Sends 工作通知. One content reaches one person once a day, so a call whose answer was lost is made again without harm.</summary>
    /// <param name="staffIds">100 at most.</param>
    /// <returns>Whether the call was made again: then those who have it already count among the forbidden.</returns>
    public async Task<(SendResult Result, bool WasRepeated)> PostWorkNoticeAsync(DingTalkAccount account, IReadOnlyList<string> staffIds, DingTalkText text, CancellationToken cancellationToken)
    {
        var tries = 0;
        var result = await PostOldAsync(account, "/topapi/message/corpconversation/asyncsend_v2", Repeat.WithKey,
            new WorkNotice(account.Options.AgentId!.Value, string.Join(',', staffIds), ToAllUser: false, WebhookMessage.Of(text)), DingTalkJson.Wire.WorkNotice, ReadOld, cancellationToken,
            once => tries += once.Class is SendClass.Ok or SendClass.AmbiguousSent ? 1 : 0);
        return (result, tries > 1);
    }

    /// <summary>What came of a 工作通知, as far as DingTalk knows by now; null: it does not say.</summary>
    public async Task<WorkNoticeResult?> ReadWorkNoticeAsync(DingTalkAccount account, string taskId, CancellationToken cancellationToken)
    {
        WorkNoticeResult? read = null;
        var result = await PostOldAsync(account, "/topapi/message/corpconversation/getsendresult", Repeat.WithKey,
            new WorkNoticeQuestion(account.Options.AgentId!.Value, long.Parse(taskId, CultureInfo.InvariantCulture)), DingTalkJson.Wire.WorkNoticeQuestion, said =>
            {
                read = JsonSerializer.Deserialize(said, DingTalkJson.Wire.OldAnswer)?.SendResult;
                return ReadOld(said);
            }, cancellationToken);
        return result.Class == SendClass.Ok ? read : null;
    }

    /// <summary>Asks for a connection in stream mode.</summary>
    public async Task<(SendResult Result, StreamAddress? Address)> OpenStreamAsync(DingTalkAccount account, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new(account.Options.AppKey!, account.Options.AppSecret!, [new("CALLBACK", DingTalkStream.RobotTopic)], "outreach"), DingTalkJson.Wire.StreamRequest);
        StreamAddress? address = null;
        using var request = Post($"{account.Options.ApiBase.TrimEnd('/')}/v1.0/gateway/connections/open", body);
        var result = await OutboundAnswer.SendAsync(Http, request, said =>
        {
            address = JsonSerializer.Deserialize(said, DingTalkJson.Wire.StreamAddress);
            return address is { Endpoint.Length: > 0, Ticket.Length: > 0 } ? new(SendClass.Ok) : new(SendClass.Transient, VendorCode: "no-endpoint");
        }, clock, cancellationToken, readRefusal: ReadNew);
        return (Reported(account, result), result.Class == SendClass.Ok ? address : null);
    }

    /// <summary>The client that addresses from the vendor are called with.</summary>
    public HttpClient Http => outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public);

    /// <summary>Whether an address that came with a message is DingTalk's own; anything else would have us call strangers, or the network within.</summary>
    public bool IsOwn(DingTalkAccount account, Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && address.Host is "oapi.dingtalk.com" or "api.dingtalk.com" && address.UserInfo.Length == 0)
        || (environment.IsDevelopment() && address.IsLoopback && new[] { account.Options.ApiBase, account.Options.OapiBase }.Any(own => new Uri(own).Authority == address.Authority));

    /// <summary>Likewise of the address of a connection.</summary>
    public bool IsOwnStream(Uri address) =>
        (address.Scheme == Uri.UriSchemeWss && address.Host.EndsWith(".dingtalk.com", StringComparison.OrdinalIgnoreCase))
        || (environment.IsDevelopment() && address.IsLoopback && address.Scheme == Uri.UriSchemeWs);

    private async Task<SendResult> PostOldAsync<T>(
        DingTalkAccount account, string path, Repeat repeat, T message, JsonTypeInfo<T> type, Func<string, SendResult> read, CancellationToken cancellationToken, Action<SendResult>? answered = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        return Reported(account, await calls.CallAsync($"{DingTalkChannel.ChannelId}-old/{account.Name}", repeat, stop => FetchOldTokenAsync(account, stop), async (token, stop) =>
        {
            using var request = Post($"{account.Options.OapiBase.TrimEnd('/')}{path}?access_token={Uri.EscapeDataString(token.Value)}", body);
            var once = await OutboundAnswer.SendAsync(Http, request, read, clock, stop);
            answered?.Invoke(once);
            return once;
        }, cancellationToken));
    }

    private Task<AccessToken> FetchTokenAsync(DingTalkAccount account, CancellationToken cancellationToken) => FetchAsync(
        account, Post($"{account.Options.ApiBase.TrimEnd('/')}/v1.0/oauth2/accessToken",
            JsonSerializer.SerializeToUtf8Bytes(new(account.Options.AppKey!, account.Options.AppSecret!), DingTalkJson.Wire.TokenRequest)),
        said => JsonSerializer.Deserialize(said, DingTalkJson.Wire.NewToken) is { AccessToken: { Length: > 0 } value } token ? (value, token.ExpireIn) : null, cancellationToken);

    private Task<AccessToken> FetchOldTokenAsync(DingTalkAccount account, CancellationToken cancellationToken) => FetchAsync(
        account, new(HttpMethod.Get,
            $"{account.Options.OapiBase.TrimEnd('/')}/gettoken?appkey={Uri.EscapeDataString(account.Options.AppKey!)}&appsecret={Uri.EscapeDataString(account.Options.AppSecret!)}"),
        said => JsonSerializer.Deserialize(said, DingTalkJson.Wire.OldToken) is { AccessToken: { Length: > 0 } value } token ? (value, token.ExpiresIn) : null, cancellationToken);

    private async Task<AccessToken> FetchAsync(
        DingTalkAccount account, HttpRequestMessage request, Func<string, (string Value, int Seconds)?> read, CancellationToken cancellationToken)
    {
        using var asked = request;
        (string Value, int Seconds)? lent = null;
        var result = await OutboundAnswer.SendAsync(Http, asked, said => (lent = read(said)) is not null ? new(SendClass.Ok) : ReadOld(said), clock, cancellationToken, readRefusal: ReadNew);
        if (lent is not { } token)      // nothing of the message was written: an unread answer is no doubt here
        {
            Reported(account, result);
            throw new TokenRefusedException(
                result.Class is SendClass.AmbiguousSent ? SendClass.Transient : result.Class is SendClass.AuthExpired or SendClass.ContentRejected ? SendClass.ConfigError : result.Class, result.VendorCode);
        }
        var kept = new AccessToken(token.Value, clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(token.Seconds, 1)));
        account.Report.GotToken(kept.ExpiresAt);
        return kept;
    }

    private SendResult Reported(DingTalkAccount account, SendResult result)
    {
        account.Report.Answered(result, clock.GetUtcNow());
        return result;
    }

    private static HttpRequestMessage Post(string address, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        return request;
    }

    internal static SendResult ReadOld(string body)
    {
        var answer = JsonSerializer.Deserialize(body, DingTalkJson.Wire.OldAnswer);
        var (code, sub) = (answer?.ErrCode, answer?.SubCode);
        return new(ClassOf(code), answer?.TaskId?.ToString(CultureInfo.InvariantCulture), code is null or 0 ? null : sub is { Length: > 0 } ? $"{code} {sub}" : code.Value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The older service's codes in our classes. An answer without a code is one that says nothing.</summary>
    internal static SendClass ClassOf(int? code) => code switch
    {
        0 => SendClass.Ok,
        null => SendClass.AmbiguousSent,
        -1 => SendClass.Transient,
        40014 or 42001 or 88 => SendClass.AuthExpired,
        130101 or 130103 or 90018 or (>= 90000 and <= 90099) => SendClass.RateLimited,
        310000 or 300001 or 300005 => SendClass.ConfigError,
        40035 or 33012 or 43004 or 400002 => SendClass.ContentRejected,
        _ => SendClass.ConfigError,
    };

    /// <summary>The newer service: the status tells, and for people the word in the body.</summary>
    private static SendResult? ReadNew(HttpResponseMessage response, string body)
    {
        var code = JsonSerializer.Deserialize(body, DingTalkJson.Wire.NewRefusal)?.Code;
        return response.StatusCode switch
        {
            HttpStatusCode.Forbidden => new(code?.Contains("QpsLimit", StringComparison.OrdinalIgnoreCase) == true ? SendClass.RateLimited : SendClass.ConfigError, VendorCode: code ?? "HTTP 403"),
            HttpStatusCode.Unauthorized => new(SendClass.AuthExpired, VendorCode: code ?? "HTTP 401"),
            HttpStatusCode.BadRequest when code?.StartsWith("staffId.", StringComparison.OrdinalIgnoreCase) == true => new(SendClass.RecipientGone, VendorCode: code),
            HttpStatusCode.BadRequest when code?.Contains("AuthenticationToken", StringComparison.OrdinalIgnoreCase) == true || code == "InvalidAuthentication" => new(SendClass.AuthExpired, VendorCode: code),
            HttpStatusCode.BadRequest => new(SendClass.ContentRejected, VendorCode: code ?? "HTTP 400"),
            _ => null,
        };
    }
}

/// <param name="Title">Stands in the list of chats; null: the text is plain, else it is Markdown.</param>
internal sealed record DingTalkText(string? Title, string Text);

internal sealed record TextBody(string Content);

internal sealed record MarkdownBody(string Title, string Text);

internal sealed record WebhookMessage([property: JsonPropertyName("msgtype")] string MsgType, TextBody? Text, MarkdownBody? Markdown)
{
    public static WebhookMessage Of(DingTalkText text) => text.Title is { } title ? new("markdown", null, new(title, text.Text)) : new("text", new(text.Text), null);
}

internal sealed record BatchRequest(string RobotCode, IReadOnlyList<string> UserIds, string MsgKey, string MsgParam);

internal sealed record BatchAnswer(string? ProcessQueryKey, IReadOnlyList<string>? InvalidStaffIdList, IReadOnlyList<string>? FilteredStaffIdList, IReadOnlyList<string>? FlowControlledStaffIdList);

internal sealed record WorkNotice(
    [property: JsonPropertyName("agent_id")] long AgentId, [property: JsonPropertyName("userid_list")] string UserIds, [property: JsonPropertyName("to_all_user")] bool ToAllUser, WebhookMessage Msg);

internal sealed record WorkNoticeQuestion([property: JsonPropertyName("agent_id")] long AgentId, [property: JsonPropertyName("task_id")] long TaskId);

/// <param name="Invalid">People that the organisation does not have.</param>
/// <param name="Forbidden">People who got nothing: too much today, or the same once more.</param>
internal sealed record WorkNoticeResult(
    [property: JsonPropertyName("invalid_user_id_list")] IReadOnlyList<string>? Invalid, [property: JsonPropertyName("forbidden_user_id_list")] IReadOnlyList<string>? Forbidden,
    [property: JsonPropertyName("failed_user_id_list")] IReadOnlyList<string>? Failed);

internal sealed record OldAnswer(
    [property: JsonPropertyName("errcode")] int? ErrCode, [property: JsonPropertyName("sub_code")] string? SubCode, [property: JsonPropertyName("task_id")] long? TaskId,
    [property: JsonPropertyName("send_result")] WorkNoticeResult? SendResult);

internal sealed record TokenRequest(string AppKey, string AppSecret);

internal sealed record NewToken(string? AccessToken, int ExpireIn);

internal sealed record OldToken([property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);

internal sealed record NewRefusal(string? Code);

internal sealed record StreamRequest(string ClientId, string ClientSecret, IReadOnlyList<StreamSubscription> Subscriptions, string Ua);

internal sealed record StreamSubscription(string Type, string Topic);

internal sealed record StreamAddress(string? Endpoint, string? Ticket);

[JsonSerializable(typeof(WebhookMessage))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(WorkNotice))]
[JsonSerializable(typeof(WorkNoticeQuestion))]
[JsonSerializable(typeof(OldAnswer))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(OldToken))]
[JsonSerializable(typeof(NewRefusal))]
[JsonSerializable(typeof(StreamRequest))]
[JsonSerializable(typeof(StreamAddress))]
[JsonSerializable(typeof(StreamFrame))]
[JsonSerializable(typeof(StreamAnswer))]
[JsonSerializable(typeof(DingTalkEventAnswer))]
internal sealed partial class DingTalkJson : JsonSerializerContext
{
    public static DingTalkJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
