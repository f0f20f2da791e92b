using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Outreach.Generation;

/// <summary>The optional language model: <c>Generation:*</c>. Everything works without it.</summary>
public sealed class GenerationOptions
{
    /// <summary><c>Azure</c> (Azure OpenAI) or <c>OpenAI</c> (any OpenAI-compatible endpoint).</summary>
    public string Provider { get; init; } = "";
    /// <summary>Azure: <c>https://NAME.openai.azure.com</c>; OpenAI: the address that <c>/chat/completions</c> follows, such as <c>https://model.example.cn/v1</c>.</summary>
    public string Endpoint { get; init; } = "";
    /// <summary>The API key; any word where the server asks for none.</summary>
    public string Key { get; init; } = "";
    /// <summary>Model (Azure: deployment) that rephrases answers and completes follow-ups; empty: neither is done.</summary>
    public string ChatModel { get; init; } = "";
    /// <summary>Model (Azure: deployment) of the embeddings; empty: the ranking goes without.</summary>
    public string EmbeddingModel { get; init; } = "";
    /// <summary>Where the endpoint keeps and works on data: <c>China</c> or <c>Abroad</c>. Unset: off outside Development.</summary>
    public string Location { get; init; } = "";
    /// <summary>The operator has done what PIPL 38 and 39 ask for (assessment, separate consent) and lets redacted questions go abroad.</summary>
    public bool AllowAbroad { get; init; }
    /// <summary>Tokens a day, prompts and answers together; never exceeded by more than one answer's surplus over its own limit.</summary>
    public int DailyTokenBudget { get; init; } = 500_000;
    /// <summary>Money a day, in the currency of the prices; unset: only tokens are limited.</summary>
    public decimal? DailyCostBudget { get; init; }
    /// <summary>Price of a million tokens of prompts.</summary>
    public decimal InputPrice { get; init; }
    /// <summary>Price of a million tokens of answers.</summary>
    public decimal OutputPrice { get; init; }
    /// <summary>Price of a million tokens of embedded text.</summary>
    public decimal EmbeddingPrice { get; init; }
    /// <summary>All that an owner waits for the model; then the curated text goes out.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);
    /// <summary>One attempt of an answer.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>Embedding of a question.</summary>
    public TimeSpan EmbeddingTimeout { get; init; } = TimeSpan.FromMilliseconds(800);
    /// <summary>Calls at the same time; further ones wait, and give up with <see cref="Timeout"/>.</summary>
    public int Concurrency { get; init; } = 4;
    /// <summary>Calls within half a minute, at least half of them failed, after which no call is made for <see cref="BreakFor"/>.</summary>
    public int BreakAfter { get; init; } = 4;
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Tokens of one answer.</summary>
    public int MaxAnswerTokens { get; init; } = 500;
    /// <summary>Empty: not sent, for models that accept only their own.</summary>
    public float? Temperature { get; init; } = 0;

    internal bool IsMentioned => Provider.Length + Endpoint.Length + Key.Length + ChatModel.Length + EmbeddingModel.Length > 0;
}

/// <summary>What is malformed stops the start, with the key, the problem and the fix. What is only missing does not: see <see cref="ModelSwitch"/>.</summary>
internal sealed class GenerationOptionsCheck : IValidateOptions<GenerationOptions>
{
    public ValidateOptionsResult Validate(string? name, GenerationOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(GenerationOptions o)
    {
        if (o.Provider.Length > 0 && !Enum.TryParse<ModelProvider>(o.Provider, ignoreCase: true, out _))
            yield return $"Generation:Provider is '{o.Provider}'; write Azure (Azure OpenAI) or OpenAI (any OpenAI-compatible endpoint).";
        if (o.Location.Length > 0 && !Enum.TryParse<ModelLocation>(o.Location, ignoreCase: true, out _))
            yield return $"Generation:Location is '{o.Location}'; write China or Abroad: where the endpoint keeps and works on data.";
        if (o.Endpoint.Length > 0)
        {
            if (!Uri.TryCreate(o.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("https" or "http"))
                yield return "Generation:Endpoint must be an absolute https address.";
            else if (endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0)
                yield return "Generation:Endpoint must hold no password and no query; the key belongs into Generation:Key.";
            else if (endpoint.Scheme == "http" && !IsInside(endpoint))
                yield return "Generation:Endpoint must use https, unless it is a loopback or private address: the key would travel in the clear.";
        }
        if (o.Key.Any(c => c is < '!' or > '~'))
            yield return "Generation:Key must be printable ASCII without spaces, as the provider issued it.";
        if (o.DailyTokenBudget < 1)
            yield return "Generation:DailyTokenBudget must be at least 1 (tokens a day; leave Generation:Endpoint empty to switch the model off).";
        if (o.DailyCostBudget is <= 0)
            yield return "Generation:DailyCostBudget must be above 0 (money a day); leave it out to limit tokens only.";
        if (o.InputPrice < 0 || o.OutputPrice < 0 || o.EmbeddingPrice < 0)
            yield return "Generation:InputPrice, OutputPrice and EmbeddingPrice must not be negative (money for a million tokens).";
        if (o.DailyCostBudget is not null && ((o.ChatModel.Length > 0 && (o.InputPrice == 0 || o.OutputPrice == 0)) || (o.EmbeddingModel.Length > 0 && o.EmbeddingPrice == 0)))
            yield return "Generation:DailyCostBudget needs the prices: set Generation:InputPrice and OutputPrice (with ChatModel) and EmbeddingPrice (with EmbeddingModel), each for a million tokens.";
        if (o.Timeout < TimeSpan.FromMilliseconds(100) || o.Timeout > TimeSpan.FromSeconds(20))
            yield return "Generation:Timeout must be between 00:00:00.1 and 00:00:20 (all that an owner waits for the model).";
        if (o.AttemptTimeout < TimeSpan.FromMilliseconds(50) || o.AttemptTimeout > o.Timeout)
            yield return "Generation:AttemptTimeout must be between 00:00:00.05 and Generation:Timeout (one attempt).";
        if (o.EmbeddingTimeout < TimeSpan.FromMilliseconds(50) || o.EmbeddingTimeout > TimeSpan.FromSeconds(5))
            yield return "Generation:EmbeddingTimeout must be between 00:00:00.05 and 00:00:05 (embedding of one question).";
        if (o.Concurrency is < 1 or > 100)
            yield return "Generation:Concurrency must be between 1 and 100 (calls at the same time).";
        if (o.BreakAfter is < 2 or > 1000)
            yield return "Generation:BreakAfter must be between 2 and 1000 (calls in half a minute, half of them failed, after which none is made).";
        if (o.BreakFor < TimeSpan.FromMilliseconds(500) || o.BreakFor > TimeSpan.FromHours(1))
            yield return "Generation:BreakFor must be between 00:00:00.5 and 01:00:00 (how long no call is made).";
        if (o.MaxAnswerTokens is < 50 or > 4000)
            yield return "Generation:MaxAnswerTokens must be between 50 and 4000 (tokens of one answer).";
        if (o.Temperature is < 0 or > 2)
            yield return "Generation:Temperature must be between 0 and 2, or empty.";
    }

    private static bool IsInside(Uri endpoint)
    {
        if (endpoint.IsLoopback)
            return true;
        if (!IPAddress.TryParse(endpoint.DnsSafeHost, out var address))
            return false;
        var b = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? b[0] == 10 || (b[0] == 172 && b[1] is >= 16 and <= 31) || (b[0] == 192 && b[1] == 168)
            : (b[0] & 0xFE) == 0xFC;
    }
}
