using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Outreach.Activities;
using Polly;
using Polly.Retry;

namespace Outreach.Channels.WeChat;

/// <summary>Calls <c>api.weixin.qq.com</c>. The vendor answers 200 throughout; <c>errcode</c> alone tells.</summary>
internal sealed class WeChatApi(OutboundHttp outbound, AccessTokens tokens, IHostEnvironment environment, TimeProvider clock)
{
    private const string StableTokenPath = "/cgi-bin/stable_token";

    private readonly ResiliencePipeline<SendResult> _retries = new ResiliencePipelineBuilder<SendResult> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<SendResult>
        {
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { Class: SendClass.Transient }),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
        })
        .Build();

    /// <summary>Posts one message; a refused token is fetched anew once.</summary>
    public async Task<SendResult> PostAsync<T>(WeChatAccount account, string path, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        (await CallAsync(account, HttpMethod.Post, path, VendorJson.Write(message, type), WeChatJson.Wire.WeChatAnswer, cancellationToken)).Result;

    /// <summary>Posts and reads what the vendor answers beside its code; null unless the result is <see cref="SendClass.Ok"/>.</summary>
    public Task<(SendResult Result, TAnswer? Answer)> AskAsync<T, TAnswer>(
        WeChatAccount account, string path, T message, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) where TAnswer : class =>
        CallAsync(account, HttpMethod.Post, path, VendorJson.Write(message, type), answer, cancellationToken);

    public Task<(SendResult Result, TAnswer? Answer)> GetAsync<TAnswer>(WeChatAccount account, string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken)
        where TAnswer : class => CallAsync(account, HttpMethod.Get, path, null, answer, cancellationToken);

    private async Task<(SendResult Result, TAnswer? Answer)> CallAsync<TAnswer>(
        WeChatAccount account, HttpMethod method, string path, byte[]? body, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken) where TAnswer : class
    {
        TAnswer? answer = null;
        var result = await _retries.ExecuteAsync(async stop =>
        {
            var first = await CallOnceAsync(account, method, path, body, TokenUse.AsKept, ReadAll, stop);
            if (first.Class != SendClass.AuthExpired)
                return first;
            var second = await CallOnceAsync(account, method, path, body, TokenUse.Renewed, ReadAll, stop);
            return second.Class == SendClass.AuthExpired ? second with { Class = SendClass.ConfigError } : second;
        }, cancellationToken);
        account.Report.Answered(result, clock.GetUtcNow());
        return (result, result.Class == SendClass.Ok ? answer : null);

        SendResult ReadAll(string text)
        {
            var said = JsonSerializer.Deserialize(text, WeChatJson.Wire.WeChatAnswer);
            // What brings something has no errcode; a message's answer always has one.
            if (said?.ErrCode is null && typeof(TAnswer) != typeof(WeChatAnswer) && JsonSerializer.Deserialize(text, type) is { } brought)
            {
                answer = brought;
                return new(SendClass.Ok);
            }
            var result = Read(path, text);
            if (result.Class == SendClass.Ok)
                answer = JsonSerializer.Deserialize(text, type);
            return result;
        }
    }

    private enum TokenUse { AsKept, Renewed }

    private async Task<SendResult> CallOnceAsync(
        WeChatAccount account, HttpMethod method, string path, byte[]? body, TokenUse use, Func<string, SendResult> read, CancellationToken cancellationToken)
    {
        var name = $"{WeChatChannel.ChannelId}/{account.Name}";
        AccessToken token;
        try
        {
            token = await tokens.GetAsync(name, stop => FetchTokenAsync(account, use, stop), cancellationToken);
        }
        catch (TokenRefusedException e)
        {
            return new(e.Class, VendorCode: e.VendorCode);
        }
        using var request = new HttpRequestMessage(method, $"{account.Options.ApiBase.TrimEnd('/')}{path}?access_token={Uri.EscapeDataString(token.Value)}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }
        var result = await OutboundAnswer.SendAsync(Http, request, read, clock, cancellationToken);
        if (result.Class == SendClass.AuthExpired)
            tokens.Forget(name, token);
        return result;
    }

    /// <summary>The stable token: every node that asks gets the same one, so nobody's is taken away.</summary>
    private async Task<AccessToken> FetchTokenAsync(WeChatAccount account, TokenUse use, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new StableTokenRequest("client_credential", account.Options.AppId!, account.Options.AppSecret!, use == TokenUse.Renewed), WeChatJson.Wire.StableTokenRequest);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{account.Options.ApiBase.TrimEnd('/')}{StableTokenPath}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        StableToken? answer = null;
        var result = await OutboundAnswer.SendAsync(Http, request, text =>
        {
            answer = JsonSerializer.Deserialize(text, WeChatJson.Wire.StableToken);
            return answer?.AccessToken is { Length: > 0 } ? new(SendClass.Ok) : Read(StableTokenPath, text);
        }, clock, cancellationToken);
        if (result.Class != SendClass.Ok)      // nothing of the message was written: an unread answer is no doubt here
        {
            account.Report.Answered(result, clock.GetUtcNow());
            throw new TokenRefusedException(result.Class is SendClass.AmbiguousSent ? SendClass.Transient : result.Class is SendClass.AuthExpired ? SendClass.ConfigError : result.Class, result.VendorCode);
        }
        var token = new AccessToken(answer!.AccessToken!, clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(answer.ExpiresIn, 1)));
        account.Report.GotToken(token.ExpiresAt);
        return token;
    }

    private static SendResult Read(string path, string body)
    {
        var answer = JsonSerializer.Deserialize(body, WeChatJson.Wire.WeChatAnswer);
        return WeChatMeanings.Of(path, answer?.ErrCode, answer?.MsgId ?? answer?.MassId);
    }

    private HttpClient Http => outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public);
}

internal sealed record StableTokenRequest(
    [property: JsonPropertyName("grant_type")] string GrantType, [property: JsonPropertyName("appid")] string AppId, string Secret,
    [property: JsonPropertyName("force_refresh")] bool ForceRefresh);

internal sealed record StableToken([property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);

internal sealed record WeChatAnswer(
    [property: JsonPropertyName("errcode")] int? ErrCode,
    [property: JsonPropertyName("msgid"), JsonConverter(typeof(NumberOrText))] string? MsgId,
    [property: JsonPropertyName("msg_id"), JsonConverter(typeof(NumberOrText))] string? MassId);

/// <summary>A customer-service message: text, or a menu of choices.</summary>
internal sealed record CustomMessage(
    [property: JsonPropertyName("touser")] string ToUser, [property: JsonPropertyName("msgtype")] string MsgType, CustomText? Text,
    [property: JsonPropertyName("msgmenu")] CustomMenu? MsgMenu);

internal sealed record CustomText(string Content);

internal sealed record TemplateMessage(
    [property: JsonPropertyName("touser")] string ToUser, [property: JsonPropertyName("template_id")] string TemplateId, string? Url,
    [property: JsonPropertyName("client_msg_id")] string ClientMsgId, IReadOnlyDictionary<string, TemplateValue> Data);

internal sealed record SubscriptionNotice(
    [property: JsonPropertyName("touser")] string ToUser, [property: JsonPropertyName("template_id")] string TemplateId, string? Page,
    IReadOnlyDictionary<string, TemplateValue> Data);

internal sealed record TemplateValue(string Value);

internal sealed record MassToList(
    [property: JsonPropertyName("touser")] IReadOnlyList<string> ToUser, [property: JsonPropertyName("msgtype")] string MsgType, CustomText Text,
    [property: JsonPropertyName("clientmsgid")] string ClientMsgId);

internal sealed record MassToTag(
    MassFilter Filter, [property: JsonPropertyName("msgtype")] string MsgType, CustomText Text, [property: JsonPropertyName("clientmsgid")] string ClientMsgId);

internal sealed record MassFilter([property: JsonPropertyName("is_to_all")] bool IsToAll, [property: JsonPropertyName("tag_id")] int TagId);

internal sealed record TagToMake(TagName Tag);

internal sealed record TagName(string Name);

internal sealed record TagMade(TagId? Tag);

internal sealed record TagToRemove(TagId Tag);

internal sealed record TagId(int Id);

internal sealed record Tagging([property: JsonPropertyName("openid_list")] IReadOnlyList<string> OpenIds, [property: JsonPropertyName("tagid")] int TagId);

internal sealed record CustomMenu(
    [property: JsonPropertyName("head_content")] string HeadContent, IReadOnlyList<CustomMenuItem> List, [property: JsonPropertyName("tail_content")] string TailContent);

internal sealed record CustomMenuItem(string Id, string Content);

/// <summary>Ids come as numbers here and as text there.</summary>
internal sealed class NumberOrText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

[JsonSerializable(typeof(StableTokenRequest))]
[JsonSerializable(typeof(StableToken))]
[JsonSerializable(typeof(WeChatAnswer))]
[JsonSerializable(typeof(CustomMessage))]
[JsonSerializable(typeof(TemplateMessage))]
[JsonSerializable(typeof(SubscriptionNotice))]
[JsonSerializable(typeof(MassToList))]
[JsonSerializable(typeof(MassToTag))]
[JsonSerializable(typeof(TagToMake))]
[JsonSerializable(typeof(TagMade))]
[JsonSerializable(typeof(TagToRemove))]
[JsonSerializable(typeof(Tagging))]
[JsonSerializable(typeof(MenuToMake))]
[JsonSerializable(typeof(MenuNow))]
[JsonSerializable(typeof(CodeToMake))]
[JsonSerializable(typeof(CodeMade))]
internal sealed partial class WeChatJson : JsonSerializerContext
{
    /// <summary>Raw UTF-8: the vendor shows <c>\uXXXX</c> as it stands, or refuses it (40033).</summary>
    public static WeChatJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
