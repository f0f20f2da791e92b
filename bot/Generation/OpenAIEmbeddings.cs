using Microsoft.Extensions.AI;
using OpenAI.Embeddings;

namespace Outreach.Generation;

/// <summary>Embeddings (Azure OpenAI or OpenAI-compatible) behind <see cref="IEmbeddingGenerator{TInput,TEmbedding}"/>.</summary>
internal sealed class OpenAIEmbeddings(EmbeddingClient client) : IEmbeddingGenerator<string, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var answer = (await client.GenerateEmbeddingsAsync(values, cancellationToken: cancellationToken)).Value;
        return new(answer.OrderBy(embedding => embedding.Index).Select(embedding => new Embedding<float>(embedding.ToFloats())))
        {
            Usage = answer.Usage is { } usage ? new() { InputTokenCount = usage.InputTokenCount, TotalTokenCount = usage.TotalTokenCount } : null,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(client) ? client : null;

    public void Dispose()
    {
        // The HTTP client belongs to whoever made the embedding client.
    }
}
