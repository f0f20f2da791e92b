using System.ClientModel;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace Outreach.Generation;

/// <param name="Text">What the model said; "" unless <see cref="CallOutcome.Done"/>.</param>
internal sealed record Spoken(CallOutcome Outcome, string Text = "");

/// <param name="Vectors">One a text, in their order, of length 1 each; empty unless <see cref="CallOutcome.Done"/>.</param>
internal sealed record Embedded(CallOutcome Outcome, IReadOnlyList<float[]> Vectors);

/// <summary>
/// Every call to the language model: total time-out, concurrency limit, retry with jitter, circuit breaker, time-out of the attempt, and as fallback an outcome
/// instead of an exception, upon which the caller sends the curated text. Inside the attempt the day's budget is asked before anything leaves.
/// </summary>
internal sealed partial class ModelCalls
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(1.5);     // an owner waits
    private static readonly TimeSpan ArticlesTimeout = TimeSpan.FromSeconds(60);
    private const int TokensOfForm = 16;        // roles and separators of a message, at most

    private readonly ModelClients _clients;
    private readonly ModelBudget _budget;
    private readonly GenerationOptions _options;
    private readonly GenerationMetrics _metrics;
    private readonly ILogger<ModelCalls> _logger;
    private readonly ResiliencePipeline<Spoken> _chat;
    private readonly ResiliencePipeline<Embedded> _question;
    private readonly ResiliencePipeline<Embedded> _articles;
    private readonly CircuitBreakerStateProvider _breaker = new();

    public ModelCalls(ModelClients clients, ModelBudget budget, IOptions<GenerationOptions> options, GenerationMetrics metrics, ILogger<ModelCalls> logger)
    {
        (_clients, _budget, _options, _metrics, _logger) = (clients, budget, options.Value, metrics, logger);
        _chat = Fallback<Spoken>(outcome => new(outcome))
            .AddTimeout(_options.Timeout)
            .AddConcurrencyLimiter(_options.Concurrency, queueLimit: _options.Concurrency * 4)
            .AddRetry(Retry<Spoken>())
            .AddCircuitBreaker(Breaker<Spoken>(_breaker))
            .AddTimeout(_options.AttemptTimeout)
            .Build();
        _question = Fallback<Embedded>(outcome => new(outcome, []))
            .AddTimeout(_options.EmbeddingTimeout)
            .AddConcurrencyLimiter(_options.Concurrency, queueLimit: _options.Concurrency * 4)
            .AddCircuitBreaker(Breaker<Embedded>(new()))
            .Build();
        _articles = Fallback<Embedded>(outcome => new(outcome, []))
            .AddTimeout(ArticlesTimeout)
            .AddRetry(Retry<Embedded>())
            .Build();
    }

    /// <summary>Whether calls for answers are suspended because too many failed.</summary>
    public bool IsResting => _breaker.CircuitState is CircuitState.Open or CircuitState.Isolated;

    /// <summary>One answer. Never throws for what the model or the network does.</summary>
    /// <param name="take">Gets the text so far as it comes, and says whether it holds: a false ends the call. Null: the answer is awaited whole.</param>
    public Task<Spoken> ChatAsync(ModelPurpose purpose, string system, string user, Func<string, bool>? take, CancellationToken cancellationToken) => RunAsync(_chat, purpose,
        token => SpeakAsync(purpose, [new(ChatRole.System, system), new(ChatRole.User, user)], take, token), spoken => spoken.Outcome, cancellationToken);

    /// <summary>Vectors of some texts. Never throws for what the model or the network does.</summary>
    /// <param name="purpose">Of a question: quick, without a second try; else patient.</param>
    public Task<Embedded> EmbedAsync(ModelPurpose purpose, IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        RunAsync(purpose == ModelPurpose.EmbedQuestion ? _question : _articles, purpose, token => EmbedOnceAsync(purpose, texts, token), embedded => embedded.Outcome, cancellationToken);

    /// <summary>No text has more tokens than bytes.</summary>
    internal static long WorstTokens(string text) => Encoding.UTF8.GetByteCount(text) + TokensOfForm;

    private async Task<T> RunAsync<T>(ResiliencePipeline<T> pipeline, ModelPurpose purpose, Func<CancellationToken, ValueTask<T>> call, Func<T, CallOutcome> outcomeOf, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var result = await pipeline.ExecuteAsync(call, cancellationToken);
        var outcome = outcomeOf(result);
        _metrics.Called(purpose, outcome, TimeProvider.System.GetElapsedTime(started));
        if (outcome is not (CallOutcome.Done or CallOutcome.Stopped or CallOutcome.Resting))
            NoAnswer(purpose, outcome);
        return result;
    }

    private async ValueTask<Spoken> SpeakAsync(ModelPurpose purpose, IReadOnlyList<ChatMessage> messages, Func<string, bool>? take, CancellationToken cancellationToken)
    {
        var worst = messages.Sum(message => WorstTokens(message.Text));
        var options = new ChatOptions { MaxOutputTokens = _options.MaxAnswerTokens, Temperature = _options.Temperature };
        var (text, reason) = await PayAsync(purpose, worst, _options.MaxAnswerTokens, async () =>
        {
            var (said, why, usage) = take is null
                ? await WholeAsync(messages, options, cancellationToken)
                : await StreamAsync(messages, options, take, cancellationToken);
            return ((said, why), usage);
        }, cancellationToken);
        if (reason != ChatFinishReason.Stop)
            throw new CallException(reason is null ? CallOutcome.Unreadable : CallOutcome.CutOff);
        return new(CallOutcome.Done, text);
    }

    private async Task<(string Text, ChatFinishReason? Reason, UsageDetails? Usage)> WholeAsync(IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        var answer = await _clients.Chat!.GetResponseAsync(messages, options, cancellationToken);
        return (answer.Text, answer.FinishReason, answer.Usage);
    }

    private async Task<(string Text, ChatFinishReason? Reason, UsageDetails? Usage)> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions options, Func<string, bool> take, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        ChatFinishReason? reason = null;
        UsageDetails? usage = null;
        await foreach (var update in _clients.Chat!.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            reason = update.FinishReason ?? reason;
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            if (update.Text.Length == 0)
                continue;
            text.Append(update.Text);
            if (text.Length > _options.MaxAnswerTokens * 4)
                throw new CallException(CallOutcome.CutOff);
            if (!take(text.ToString()))
                throw new CallException(CallOutcome.Stopped);
        }
        return (text.ToString(), reason, usage);
    }

    private async ValueTask<Embedded> EmbedOnceAsync(ModelPurpose purpose, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var answer = await PayAsync(purpose, texts.Sum(WorstTokens), 0, async () =>
        {
            var embeddings = await _clients.Embeddings!.GenerateAsync(texts, cancellationToken: cancellationToken);
            return (embeddings, embeddings.Usage);
        }, cancellationToken);
        var vectors = answer.Select(embedding => Unit(embedding.Vector.Span)).ToList();
        return vectors.Count == texts.Count && vectors.TrueForAll(vector => vector is not null && vector.Length == vectors[0]!.Length)
            ? new(CallOutcome.Done, vectors!)
            : throw new CallException(CallOutcome.Unreadable);
    }

    /// <summary>Reserves the worst case, calls, and settles: with the usage that the server tells, else with the worst case; with nothing where it took nothing.</summary>
    private async Task<T> PayAsync<T>(ModelPurpose purpose, long worstInput, long worstOutput, Func<Task<(T Result, UsageDetails? Usage)>> call, CancellationToken cancellationToken)
    {
        if (await _budget.ReserveAsync(worstInput + worstOutput, Cost(purpose, worstInput, worstOutput), cancellationToken) is not { } reserved)
            throw new CallException(CallOutcome.OverBudget);
        var (input, output) = (worstInput, worstOutput);
        try
        {
            var (result, usage) = await call();
            if (usage is { InputTokenCount: > 0 and var used })
                (input, output) = (used, usage.OutputTokenCount ?? 0);
            return result;
        }
        catch (Exception e) when (e is ClientResultException or HttpRequestException)
        {
            (input, output) = (0, 0);
            throw;
        }
        finally
        {
            var cost = Cost(purpose, input, output);
            await _budget.SettleAsync(reserved, input + output, cost);
            _metrics.Spent(purpose, input, output, cost);
        }
    }

    private decimal Cost(ModelPurpose purpose, long input, long output) => purpose switch
    {
        ModelPurpose.Rephrase or ModelPurpose.CompleteFollowUp => ((input * _options.InputPrice) + (output * _options.OutputPrice)) / 1_000_000,
        ModelPurpose.EmbedQuestion or ModelPurpose.EmbedArticles => input * _options.EmbeddingPrice / 1_000_000,
    };

    /// <summary>The vector with length 1; null where it has none or holds something that is no number.</summary>
    private static float[]? Unit(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (var value in vector)
            squares += (double)value * value;
        if (!double.IsFinite(squares) || squares <= 0)
            return null;
        var unit = vector.ToArray();
        var length = (float)Math.Sqrt(squares);
        for (var i = 0; i < unit.Length; i++)
            unit[i] /= length;
        return unit;
    }

    private static ResiliencePipelineBuilder<T> Fallback<T>(Func<CallOutcome, T> instead) => new ResiliencePipelineBuilder<T>().AddFallback(new FallbackStrategyOptions<T>
    {
        ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(),
        FallbackAction = args => Outcome.FromResultAsValueTask(instead(OutcomeOf(args.Outcome.Exception!))),
    });

    private static RetryStrategyOptions<T> Retry<T>() => new()
    {
        ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(e => IsTransient(e) && (RetryAfter(e) ?? TimeSpan.Zero) <= LongestRetryAfter),
        DelayGenerator = args => ValueTask.FromResult(RetryAfter(args.Outcome.Exception)),
        MaxRetryAttempts = 2,
        Delay = TimeSpan.FromMilliseconds(250),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
    };

    private CircuitBreakerStrategyOptions<T> Breaker<T>(CircuitBreakerStateProvider state) => new()
    {
        ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(IsTransient),
        FailureRatio = .5,
        MinimumThroughput = _options.BreakAfter,
        SamplingDuration = TimeSpan.FromSeconds(30),
        BreakDuration = _options.BreakFor,
        StateProvider = state,
    };

    private static bool IsTransient(Exception e) => OutcomeOf(e) switch
    {
        CallOutcome.TimedOut or CallOutcome.Throttled or CallOutcome.Unreadable => true,
        CallOutcome.Failed => e is not ClientResultException { Status: >= 400 and < 500 },
        CallOutcome.Done or CallOutcome.CutOff or CallOutcome.Stopped or CallOutcome.Resting or CallOutcome.Busy or CallOutcome.OverBudget => false,
    };

    private static CallOutcome OutcomeOf(Exception e) => e switch
    {
        CallException call => call.Outcome,
        BrokenCircuitException => CallOutcome.Resting,
        RateLimiterRejectedException => CallOutcome.Busy,
        TimeoutRejectedException or OperationCanceledException => CallOutcome.TimedOut,
        ClientResultException { Status: StatusCodes.Status429TooManyRequests } => CallOutcome.Throttled,
        ClientResultException or HttpRequestException => CallOutcome.Failed,
        _ => CallOutcome.Unreadable,        // whatever the library throws at broken JSON or a stream that breaks off
    };

    private static TimeSpan? RetryAfter(Exception? e)
    {
        if (e is not ClientResultException failure || failure.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var value) != true)
            return null;
        if (int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(Math.Max(0, seconds));
        return DateTimeOffset.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var at) && at > TimeProvider.System.GetUtcNow()
            ? at - TimeProvider.System.GetUtcNow()
            : null;
    }

    // Neither the exception nor what the server said is logged: it may repeat what was asked.
    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model gave no answer ({Purpose}: {Outcome}); it goes on without")]
    private partial void NoAnswer(ModelPurpose purpose, CallOutcome outcome);

#pragma warning disable CA1032, CA1064 // never leaves this class
    private sealed class CallException(CallOutcome outcome) : Exception
#pragma warning restore CA1032, CA1064
    {
        public CallOutcome Outcome { get; } = outcome;
    }
}
