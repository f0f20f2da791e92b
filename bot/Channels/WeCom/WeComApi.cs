using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Outreach.Activities;
using Polly;
using Polly.Retry;

namespace Outreach.Channels.WeCom;

/// <summary>Calls <c>qyapi.weixin.qq.com</c>. The vendor answers 200 throughout; <c>errcode</c> alone tells.</summary>
internal sealed class WeComApi(OutboundHttp outbound, AccessTokens tokens, IHostEnvironment environment, TimeProvider clock)
{
    private const string TimeOut = "time-out";

    // Everything that is sent names itself (duplicate check, msgid) or changes nothing when repeated, so a cut connection is tried again; a time-out has cost 15 s already.
    private readonly ResiliencePipeline<(SendResult Result, WeComAnswer? Answer)> _retries = new ResiliencePipelineBuilder<(SendResult Result, WeComAnswer? Answer)> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<(SendResult Result, WeComAnswer? Answer)>
        {
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result.Result is { Class: SendClass.Transient } or { Class: SendClass.AmbiguousSent, VendorCode: not TimeOut }),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
        })
        .Build();

    /// <summary>Posts one call; a refused token is fetched anew once.</summary>
    public async Task<(SendResult Result, WeComAnswer? Answer)> PostAsync<T>(WeComAccount account, string path, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = VendorJson.Write(message, type);
        var answered = await _retries.ExecuteAsync(async stop =>
        {
            var first = await PostOnceAsync(account, path, body, stop);
            if (first.Result.Class != SendClass.AuthExpired)
                return first;
            var second = await PostOnceAsync(account, path, body, stop);
            return second.Result.Class == SendClass.AuthExpired ? (Result: second.Result with { Class = SendClass.ConfigError }, second.Answer) : second;
        }, cancellationToken);
        account.Report.Answered(answered.Result, clock.GetUtcNow());
        return answered;
    }

    private async Task<(SendResult Result, WeComAnswer? Answer)> PostOnceAsync(WeComAccount account, string path, byte[] body, CancellationToken cancellationToken)
    {
        AccessToken token;
        try
        {
            token = await tokens.GetAsync(account.Key, stop => FetchTokenAsync(account, stop), cancellationToken);
        }
        catch (TokenRefusedException e)
        {
            return (new(e.Class, VendorCode: e.VendorCode), null);
        }
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{account.Options.ApiBase.TrimEnd('/')}/cgi-bin/{path}?access_token={Uri.EscapeDataString(token.Value)}")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/json");
        var (result, answer) = await ReadAsync(path, request, cancellationToken);
        if (result.Class == SendClass.AuthExpired)
            tokens.Forget(account.Key, token);
        return (result, answer);
    }

    /// <summary>Each secret has one token, the same for everybody who asks until it ends.</summary>
    private async Task<AccessToken> FetchTokenAsync(WeComAccount account, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get,
            $"{account.Options.ApiBase.TrimEnd('/')}/cgi-bin/gettoken?corpid={Uri.EscapeDataString(account.CorpId)}&corpsecret={Uri.EscapeDataString(account.Secret)}");
        var (result, answer) = await ReadAsync("gettoken", request, cancellationToken);
        if (result.Class != SendClass.Ok || answer?.AccessToken is not { Length: > 0 } value)
        {
            account.Report.Answered(result, clock.GetUtcNow());
            // Nothing of the message was written: an unread answer is no doubt here, and a wrong secret no expired one.
            throw new TokenRefusedException(result.Class is SendClass.AmbiguousSent or SendClass.Ok ? SendClass.Transient : result.Class is SendClass.AuthExpired ? SendClass.ConfigError : result.Class, result.VendorCode);
        }
        var token = new AccessToken(value, clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(answer.ExpiresIn ?? 0, 1)));
        account.Report.GotToken(token.ExpiresAt);
        return token;
    }

    private async Task<(SendResult Result, WeComAnswer? Answer)> ReadAsync(string path, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        WeComAnswer? answer = null;
        var http = outbound.For(environment.IsDevelopment() ? Reach.PrivateToo : Reach.Public);
        var result = await OutboundAnswer.SendAsync(http, request, text =>
        {
            answer = JsonSerializer.Deserialize(text, WeComJson.Wire.WeComAnswer);
            return WeComMeanings.Of(path, answer?.ErrCode, answer?.MsgId);
        }, clock, cancellationToken);
        return (result, answer);
    }
}
