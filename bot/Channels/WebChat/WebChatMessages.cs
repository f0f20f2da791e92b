using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Activities;

namespace Outreach.Channels.WebChat;

// The bodies of Direct Line 3.0. Names on the wire are the protocol's.

internal sealed record TokenRequest
{
    public ChannelAccount? User { get; init; }
    public IReadOnlyList<string>? TrustedOrigins { get; init; }
}

internal sealed record TokenAnswer(
    string ConversationId, string Token, [property: JsonPropertyName("expires_in")] int ExpiresIn, string? StreamUrl = null, KnownCommunity? Community = null);

/// <summary>The community that the person spoke of before, for our own page's header.</summary>
internal sealed record KnownCommunity(string Key, string Name);

internal sealed record ActivitySet(IReadOnlyList<Activity> Activities, string? Watermark);

internal sealed record ResourceAnswer(string Id);

internal sealed record ErrorAnswer(ErrorDetail Error);

internal sealed record ErrorDetail(string Code, string Message);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ActivitySet))]
[JsonSerializable(typeof(ResourceAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class WebChatJson : JsonSerializerContext
{
    /// <summary>Chinese stays Chinese; the answers are application/json with nosniff, never HTML.</summary>
    public static WebChatJson Wire { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
