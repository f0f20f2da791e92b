using Outreach.Activities;
using Polly;
using Polly.Retry;

namespace Outreach.Channels;

/// <summary>Whether a call whose answer was lost may be made once more.</summary>
internal enum Repeat
{
    /// <summary>The vendor takes it for another message.</summary>
    Never,
    /// <summary>The vendor knows it again and does it once.</summary>
    WithKey,
}

/// <summary>Calls to a vendor: what failed without harm is tried again, and a token that the vendor refuses is fetched anew once.</summary>
internal sealed class TokenCalls(AccessTokens tokens, TimeProvider clock)
{
    private readonly ResiliencePipeline<SendResult> _unsent = Pipeline(clock, result => result.Class == SendClass.Transient);
    private readonly ResiliencePipeline<SendResult> _keyed = Pipeline(clock, result => result.Class is SendClass.Transient or SendClass.AmbiguousSent);

    /// <summary>A call that needs no token.</summary>
    public async Task<SendResult> CallAsync(Repeat repeat, Func<CancellationToken, Task<SendResult>> call, CancellationToken cancellationToken) =>
        await (repeat == Repeat.WithKey ? _keyed : _unsent).ExecuteAsync(async stop => await call(stop), cancellationToken);

    /// <param name="name">Of the token, such as <c>feishu/default</c>.</param>
    /// <param name="fetch">Throws <see cref="TokenRefusedException"/> where the vendor lends none.</param>
    public Task<SendResult> CallAsync(
        string name, Repeat repeat, Func<CancellationToken, Task<AccessToken>> fetch, Func<AccessToken, CancellationToken, Task<SendResult>> call, CancellationToken cancellationToken) =>
        CallAsync(repeat, async stop =>
        {
            var first = await OnceAsync(name, fetch, call, stop);
            if (first.Class != SendClass.AuthExpired)
                return first;
            var second = await OnceAsync(name, fetch, call, stop);
            return second.Class == SendClass.AuthExpired ? second with { Class = SendClass.ConfigError } : second;
        }, cancellationToken);

    private async Task<SendResult> OnceAsync(
        string name, Func<CancellationToken, Task<AccessToken>> fetch, Func<AccessToken, CancellationToken, Task<SendResult>> call, CancellationToken cancellationToken)
    {
        AccessToken token;
        try
        {
            token = await tokens.GetAsync(name, fetch, cancellationToken);
        }
        catch (TokenRefusedException e)
        {
            return new(e.Class, VendorCode: e.VendorCode);
        }
        var result = await call(token, cancellationToken);
        if (result.Class == SendClass.AuthExpired)
            tokens.Forget(name, token);
        return result;
    }

    private static ResiliencePipeline<SendResult> Pipeline(TimeProvider clock, Predicate<SendResult> again) => new ResiliencePipelineBuilder<SendResult> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<SendResult>
        {
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { } result && again(result)),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
        })
        .Build();
}
