using System.Diagnostics.Metrics;

namespace Outreach.Generation;

/// <summary>What the language model is asked for.</summary>
internal enum ModelPurpose { Rephrase, CompleteFollowUp, EmbedQuestion, EmbedArticles }

/// <summary>How a call ended.</summary>
internal enum CallOutcome
{
    Done,
    TimedOut,
    /// <summary>429.</summary>
    Throttled,
    /// <summary>Another HTTP error, or no connection.</summary>
    Failed,
    /// <summary>Broken JSON, a stream that breaks off, embeddings of the wrong number or length.</summary>
    Unreadable,
    /// <summary>The answer hit its limit of tokens, or the provider's filter.</summary>
    CutOff,
    /// <summary>What had come did not hold, so the rest was not waited for.</summary>
    Stopped,
    /// <summary>The circuit breaker is open.</summary>
    Resting,
    /// <summary>Too many calls at once.</summary>
    Busy,
    OverBudget,
}

/// <summary>The room's meter; labels come from closed sets.</summary>
internal sealed class GenerationMetrics
{
    public const string MeterName = "Outreach.Generation";

    private readonly Counter<long> _calls;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _wordings;
    private readonly Histogram<double> _duration;

    public GenerationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _calls = meter.CreateCounter<long>("outreach.model.calls", description: "Calls to the language model by purpose and outcome");
        _tokens = meter.CreateCounter<long>("outreach.model.tokens", description: "Tokens by purpose and direction");
        _cost = meter.CreateCounter<double>("outreach.model.cost", description: "Money by purpose, in the currency of the prices");
        _wordings = meter.CreateCounter<long>("outreach.model.wordings", description: "Rephrased answers by what the groundedness check said");
        _duration = meter.CreateHistogram<double>("outreach.model.duration", "s", "Time until the answer or the fallback, by purpose");
    }

    public void Called(ModelPurpose purpose, CallOutcome outcome, TimeSpan took)
    {
        _calls.Add(1, new("purpose", purpose.ToString()), new("outcome", outcome.ToString()));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("purpose", purpose.ToString()));
    }

    public void Spent(ModelPurpose purpose, long input, long output, decimal cost)
    {
        _tokens.Add(input, new("purpose", purpose.ToString()), new("direction", "input"));
        _tokens.Add(output, new("purpose", purpose.ToString()), new("direction", "output"));
        _cost.Add((double)cost, new KeyValuePair<string, object?>("purpose", purpose.ToString()));
    }

    public void Judged(Grounds grounds) => _wordings.Add(1, new KeyValuePair<string, object?>("grounds", grounds.ToString()));
}
