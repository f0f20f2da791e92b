using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Outreach.Doubles;

/// <summary>How the model server treats the next requests.</summary>
public enum ModelMood
{
    /// <summary>Answers faithfully.</summary>
    Well,
    /// <summary>Answers only when <see cref="ModelServer.Release"/> is called.</summary>
    Slow,
    /// <summary>429 with Retry-After 30.</summary>
    TooMany,
    /// <summary>429 with Retry-After 0 once, then well.</summary>
    TooManyOnce,
    /// <summary>500.</summary>
    Broken,
    /// <summary>500 once, then well.</summary>
    BrokenOnce,
    /// <summary>Closes the connection in the middle of the body, also of a stream.</summary>
    Truncated,
    /// <summary>A stream that ends properly, but without saying that the answer is finished.</summary>
    Unfinished,
    /// <summary>200 with something that is no JSON of an answer.</summary>
    BrokenJson,
    /// <summary>200 with JSON that lacks what it must have.</summary>
    EmptyJson,
    /// <summary>The limit of tokens was reached.</summary>
    CutOff,
    /// <summary>Embeddings of another length.</summary>
    OtherLength,
    /// <summary>Fewer embeddings than texts.</summary>
    OneTooFew,
    /// <summary>302 to another place.</summary>
    Redirects,
}

/// <param name="Path">Path and query.</param>
/// <param name="Text">Every string of the body, unescaped.</param>
public sealed record ModelRequest(string Path, string Text, bool Streamed, bool IsAuthorised);

/// <summary>
/// A server of a language model as OpenAI-compatible providers and Azure OpenAI offer it: chat completions, whole or streamed, and embeddings. Written from the
/// providers' documentation. Deterministic: it answers with the curated answer that stands in the prompt, in slightly other words, or with what a test makes it say;
/// its embeddings are sums over pairs of neighbouring characters, so that texts with much in common are near each other.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    public const int Length = 256;

    private readonly ConcurrentQueue<ModelRequest> _requests = new();
    private TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackServer? _server;
    private int _mood;

    public string Key { get; } = "key-" + Guid.NewGuid().ToString("N");
    /// <summary>For the provider OpenAI.</summary>
    public string OpenAIEndpoint => new Uri(_server!.Address, "/v1").ToString();
    /// <summary>For the provider Azure.</summary>
    public string AzureEndpoint => _server!.Address.ToString();
    /// <summary>Every request, in order.</summary>
    public IReadOnlyList<ModelRequest> Requests => [.. _requests];
    public IReadOnlyList<ModelRequest> Chats => [.. _requests.Where(request => request.Path.Contains("/chat/completions", StringComparison.Ordinal))];
    public IReadOnlyList<ModelRequest> Embeddings => [.. _requests.Where(request => request.Path.Contains("/embeddings", StringComparison.Ordinal))];

    public ModelMood Mood
    {
        get => (ModelMood)Volatile.Read(ref _mood);
        set => Volatile.Write(ref _mood, (int)value);
    }

    /// <summary>What it says instead, from the texts of the system's and the user's message; null (or a null from it): a faithful answer.</summary>
    public Func<string, string, string?>? Says { get; set; }

    /// <summary>Sends base64 whatever was asked for.</summary>
    public bool PrefersBase64 { get; set; }

    /// <summary>Some servers tell no usage.</summary>
    public bool HidesUsage { get; set; }

    public static async Task<ModelServer> StartAsync()
    {
        var server = new ModelServer();
        server._server = await LoopbackServer.StartAsync(server.ReceiveAsync);
        return server;
    }

    /// <summary>Lets requests that wait be answered.</summary>
    public void Release() => Interlocked.Exchange(ref _release, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Well again, and without a memory of what it was asked.</summary>
    public void Recover()
    {
        Release();
        (Mood, Says, PrefersBase64, HidesUsage) = (ModelMood.Well, null, false, false);
        _requests.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>The embedding of a text: not yet of length 1, as providers may give it.</summary>
    public static float[] Embed(string text, int length = Length)
    {
        var vector = new float[length];
        for (var i = 0; i + 1 < text.Length; i++)
            vector[Hash(text[i], text[i + 1]) % length] += 1;
        foreach (var character in text)
            vector[Hash(character, '\0') % length] += .3f;
        if (text.Length == 0)
            vector[0] = 1;
        return vector;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var path = context.Request.Path + context.Request.QueryString;
        var isAzure = path.StartsWith("/openai/deployments/", StringComparison.Ordinal);
        var isAuthorised = isAzure ? context.Request.Headers["api-key"] == Key : context.Request.Headers.Authorization == "Bearer " + Key;
        var json = JsonNode.Parse(body)!;
        var streamed = json["stream"]?.GetValue<bool>() == true;
        _requests.Enqueue(new(path, string.Join('\n', Strings(json)), streamed, isAuthorised));
        if (!isAuthorised)
        {
            await FailAsync(context, 401, "Incorrect API key provided.");
            return;
        }
        if (isAzure && !context.Request.Query.ContainsKey("api-version"))
        {
            await FailAsync(context, 404, "Resource not found");
            return;
        }
        switch (Mood)
        {
            case ModelMood.TooMany: context.Response.Headers.RetryAfter = "30"; await FailAsync(context, 429, "Rate limit reached"); return;
            case ModelMood.TooManyOnce: Mood = ModelMood.Well; context.Response.Headers.RetryAfter = "0"; await FailAsync(context, 429, "Rate limit reached"); return;
            case ModelMood.Broken: await FailAsync(context, 500, "The server had an error: " + body); return;
            case ModelMood.BrokenOnce: Mood = ModelMood.Well; await FailAsync(context, 500, "The server had an error"); return;
            case ModelMood.BrokenJson: await WriteAsync(context, "<html>Bad gateway</html>"); return;
            case ModelMood.EmptyJson: await WriteAsync(context, "{}"); return;
            case ModelMood.Redirects: context.Response.Redirect("https://elsewhere.invalid/"); return;
            case ModelMood.Slow: await _release.Task.WaitAsync(context.RequestAborted); break;
            default: break;
        }
        if (path.Contains("/embeddings", StringComparison.Ordinal))
            await EmbedAsync(context, json);
        else
            await ChatAsync(context, json, streamed);
    }

    private async Task ChatAsync(HttpContext context, JsonNode json, bool streamed)
    {
        var messages = json["messages"]!.AsArray();
        var system = TextOf(messages.First(m => m!["role"]!.GetValue<string>() == "system")!);
        var user = TextOf(messages.Last(m => m!["role"]!.GetValue<string>() == "user")!);
        var text = Says?.Invoke(system, user) ?? Faithful(user);
        var reason = Mood == ModelMood.CutOff ? "length" : "stop";
        var usage = new JsonObject { ["prompt_tokens"] = system.Length + user.Length, ["completion_tokens"] = text.Length, ["total_tokens"] = system.Length + user.Length + text.Length };
        if (!streamed)
        {
            var answer = new JsonObject
            {
                ["id"] = "chatcmpl-1",
                ["object"] = "chat.completion",
                ["created"] = 1_700_000_000,
                ["model"] = "double",
                ["choices"] = new JsonArray(new JsonObject
                {
                    ["index"] = 0,
                    ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
                    ["finish_reason"] = reason,
                }),
            };
            if (!HidesUsage)
                answer["usage"] = usage;
            await WriteAsync(context, answer.ToJsonString());
            return;
        }
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < text.Length; i += 4)
        {
            if (Mood == ModelMood.Truncated && i >= text.Length / 2)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                return;
            }
            await EventAsync(context, Chunk(new JsonObject { ["content"] = text.Substring(i, Math.Min(4, text.Length - i)) }, null));
        }
        if (Mood != ModelMood.Unfinished)
            await EventAsync(context, Chunk([], reason));
        if (!HidesUsage && json["stream_options"]?["include_usage"]?.GetValue<bool>() == true)
        {
            var last = Chunk([], null);
            last["choices"] = new JsonArray();
            last["usage"] = usage;
            await EventAsync(context, last);
        }
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    private async Task EmbedAsync(HttpContext context, JsonNode json)
    {
        var input = json["input"]!;
        List<string> texts = input is JsonArray many ? [.. many.Select(text => text!.GetValue<string>())] : [input.GetValue<string>()];
        var length = Mood == ModelMood.OtherLength ? Length / 2 : Length;
        var isBase64 = PrefersBase64 || json["encoding_format"]?.GetValue<string>() == "base64";
        var data = new JsonArray();
        foreach (var text in Mood == ModelMood.OneTooFew ? texts.Skip(1) : texts)
        {
            var vector = Embed(text, length);
            data.Add((JsonNode)new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = data.Count,
                ["embedding"] = isBase64
                    ? JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan())))
                    : new JsonArray([.. vector.Select(value => (JsonNode)JsonValue.Create(value))]),
            });
        }
        var tokens = texts.Sum(text => text.Length);
        var answer = new JsonObject { ["object"] = "list", ["model"] = "double", ["data"] = data };
        if (!HidesUsage)
            answer["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens };
        await WriteAsync(context, answer.ToJsonString());
    }

    /// <summary>The answer that stands in the prompt, with an opening of its own and the number that it must cite.</summary>
    private static string Faithful(string user)
    {
        var start = user.IndexOf("答案：", StringComparison.Ordinal);
        if (start < 0)
            return "换物业要多少人同意";
        var rest = user[(start + 3)..];
        var end = rest.IndexOf("\n依据：", StringComparison.Ordinal) is >= 0 and var ground ? ground : rest.IndexOf("\n\n", StringComparison.Ordinal);
        return $"{rest[..(end < 0 ? rest.Length : end)].Trim()}这是条目写的。【1】";
    }

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(pair => Strings(pair.Value)),
        JsonArray a => a.SelectMany(Strings),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => [v.GetValue<string>()],
        _ => [],
    };

    private static string TextOf(JsonNode message) =>
        message["content"] is JsonArray parts ? string.Concat(parts.Select(part => part!["text"]?.GetValue<string>())) : message["content"]!.GetValue<string>();

    private static JsonObject Chunk(JsonObject delta, string? reason) => new()
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1_700_000_000,
        ["model"] = "double",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason }),
    };

    private static async Task EventAsync(HttpContext context, JsonObject chunk)
    {
        await context.Response.WriteAsync($"data: {chunk.ToJsonString()}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private async Task WriteAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        if (Mood == ModelMood.Truncated)
        {
            context.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
            await context.Response.WriteAsync(body[..(body.Length / 2)], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
            return;
        }
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private static Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { message, type = "error", code = status.ToString(CultureInfo.InvariantCulture) } }, context.RequestAborted);
    }

    private static int Hash(char first, char second) => (int)((((uint)first * 31_337) ^ ((uint)second * 7_919)) % 1_000_003);
}
