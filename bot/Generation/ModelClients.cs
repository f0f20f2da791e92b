using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace Outreach.Generation;

/// <summary>The clients of the configured endpoint. They neither retry nor wait: <see cref="ModelCalls"/> does.</summary>
internal sealed class ModelClients : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    public ModelClients(ModelSwitch model, IOptions<GenerationOptions> options)
    {
        if (!model.IsOn)
            return;
        var o = options.Value;
        var client = Enum.Parse<ModelProvider>(o.Provider, ignoreCase: true) switch
        {
            ModelProvider.Azure => new AzureOpenAIClient(new Uri(o.Endpoint), new ApiKeyCredential(o.Key), Configure(new AzureOpenAIClientOptions())),
            ModelProvider.OpenAI => new OpenAIClient(new ApiKeyCredential(o.Key), Configure(new OpenAIClientOptions { Endpoint = new Uri(o.Endpoint) })),
        };
        Chat = model.CanChat ? new OpenAIChat(client.GetChatClient(o.ChatModel)) : null;
        Embeddings = model.CanEmbed ? new OpenAIEmbeddings(client.GetEmbeddingClient(o.EmbeddingModel), o.EmbeddingModel) : null;
    }

    public IChatClient? Chat { get; }
    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings { get; }

    public void Dispose()
    {
        Chat?.Dispose();
        Embeddings?.Dispose();
        _http.Dispose();
    }

    private T Configure<T>(T options) where T : ClientPipelineOptions
    {
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = TimeSpan.FromMinutes(1);     // the pipelines' time-outs are shorter
        options.Transport = new HttpClientPipelineTransport(_http);
        return options;
    }
}
