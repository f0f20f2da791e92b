using System.ClientModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using OpenAI.Embeddings;

namespace Outreach.Generation;

/// <summary>Embeddings (Azure OpenAI or OpenAI-compatible) behind <see cref="IEmbeddingGenerator{TInput,TEmbedding}"/>.</summary>
/// <remarks>Bodies are read here: the library takes only unescaped base64, which many compatible servers do not send.</remarks>
internal sealed class OpenAIEmbeddings(EmbeddingClient client, string model) : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <exception cref="JsonException">The body is not that of embeddings.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new(model, [.. values], "float"), EmbeddingJson.Default.EmbeddingRequest);
        using var content = BinaryContent.Create(BinaryData.FromBytes(body));
        var answer = await client.GenerateEmbeddingsAsync(content, new() { CancellationToken = cancellationToken });
        var read = JsonSerializer.Deserialize(answer.GetRawResponse().Content.ToMemory().Span, EmbeddingJson.Default.EmbeddingAnswer);
        if (read?.Data is null)
            throw new JsonException("The answer holds no embeddings.");
        return new(read.Data.OrderBy(item => item.Index).Select(item => new Embedding<float>(item.Embedding ?? [])))
        {
            Usage = read.Usage is { } usage ? new() { InputTokenCount = usage.PromptTokens, TotalTokenCount = usage.TotalTokens } : null,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(client) ? client : null;

    public void Dispose()
    {
        // The HTTP client belongs to whoever made the embedding client.
    }
}

internal sealed record EmbeddingRequest(string Model, string[] Input, string EncodingFormat);

internal sealed record EmbeddingAnswer(EmbeddingItem[]? Data, EmbeddingUsage? Usage);

internal sealed record EmbeddingItem(int Index, [property: JsonConverter(typeof(FloatsConverter))] float[]? Embedding);

internal sealed record EmbeddingUsage(long PromptTokens, long TotalTokens);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(EmbeddingAnswer))]
internal sealed partial class EmbeddingJson : JsonSerializerContext;

/// <summary>Numbers as an array, or as base64 of little-endian floats where a server prefers that.</summary>
internal sealed class FloatsConverter : JsonConverter<float[]>
{
    public override float[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.TryGetBytesFromBase64(out var bytes) && bytes.Length % sizeof(float) == 0
                ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray()
                : throw new JsonException("An embedding is no base64 of floats.");
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("An embedding is neither an array nor base64.");
        var floats = new List<float>(1536);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            floats.Add(reader.GetSingle());
        return [.. floats];
    }

    public override void Write(Utf8JsonWriter writer, float[] value, JsonSerializerOptions options) => throw new NotSupportedException();
}
