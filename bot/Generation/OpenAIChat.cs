using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using OpenAIMessage = OpenAI.Chat.ChatMessage;

namespace Outreach.Generation;

/// <summary>Chat completions (Azure OpenAI or OpenAI-compatible) behind <see cref="IChatClient"/>: text in, text out, no tools.</summary>
/// <remarks>Written here because the library's own adapter needs an OpenAI package that the stable Azure package does not work with.</remarks>
internal sealed class OpenAIChat(ChatClient client) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var completion = (await client.CompleteChatAsync(messages.Select(ToOpenAI), ToOpenAI(options), cancellationToken)).Value;
        return new(new ChatMessage(ChatRole.Assistant, string.Concat(completion.Content.Select(part => part.Text))))
        {
            FinishReason = Reason(completion.FinishReason),
            Usage = Usage(completion.Usage),
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in client.CompleteChatStreamingAsync(messages.Select(ToOpenAI), ToOpenAI(options), cancellationToken))
        {
            List<AIContent> contents = [.. update.ContentUpdate.Where(part => part.Text is { Length: > 0 }).Select(part => new TextContent(part.Text))];
            if (Usage(update.Usage) is { } usage)
                contents.Add(new UsageContent(usage));
            yield return new(ChatRole.Assistant, contents) { FinishReason = update.FinishReason is { } reason ? Reason(reason) : null };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(client) ? client : null;

    public void Dispose()
    {
        // The HTTP client belongs to whoever made the chat client.
    }

    private static OpenAIMessage ToOpenAI(ChatMessage message) =>
        message.Role == ChatRole.System ? new SystemChatMessage(message.Text) : message.Role == ChatRole.Assistant ? new AssistantChatMessage(message.Text) : new UserChatMessage(message.Text);

    private static ChatCompletionOptions ToOpenAI(ChatOptions? options) => new() { MaxOutputTokenCount = options?.MaxOutputTokens, Temperature = options?.Temperature };

    private static ChatFinishReason Reason(OpenAI.Chat.ChatFinishReason reason) =>
        reason == OpenAI.Chat.ChatFinishReason.Stop ? ChatFinishReason.Stop : reason == OpenAI.Chat.ChatFinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.ContentFilter;

    private static UsageDetails? Usage(ChatTokenUsage? usage) =>
        usage is null ? null : new() { InputTokenCount = usage.InputTokenCount, OutputTokenCount = usage.OutputTokenCount, TotalTokenCount = usage.TotalTokenCount };
}
