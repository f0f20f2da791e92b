using System.Text.Json;
using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>How something reached a person or a chat.</summary>
public enum FeishuWay
{
    /// <summary><c>im/v1/messages</c>.</summary>
    Message,
    /// <summary><c>im/v1/messages/{id}/reply</c>.</summary>
    Reply,
    /// <summary><c>message/v4/batch_send</c>.</summary>
    Batch,
    /// <summary>A group's own webhook robot.</summary>
    Webhook,
}

/// <param name="Kind">The <c>msg_type</c>.</param>
/// <param name="Content">The content, parsed.</param>
/// <param name="ReplyTo">The message that is answered.</param>
/// <param name="State"><c>sent</c>, <c>edited</c> or <c>recalled</c>.</param>
public sealed record FeishuRead(string MessageId, FeishuWay Way, string Kind, JsonObject Content, string? ReplyTo, string State = "sent")
{
    /// <summary>All words that it shows, line by line; those of buttons left out.</summary>
    public string Text => string.Join('\n', WordsOf(Content));

    /// <summary>The buttons of a card: the words, and the value that a tap brings.</summary>
    public IReadOnlyList<(string Text, JsonNode? Value)> Buttons => [.. ButtonsOf(Content)];

    private static IEnumerable<string> WordsOf(JsonNode? node) => node switch
    {
        JsonObject { } button when (string?)button["tag"] == "button" => [],
        JsonObject { } some => some.SelectMany(pair => pair.Key is "text" or "content" or "title" && pair.Value is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? [(string)value!] : WordsOf(pair.Value)),
        JsonArray list => list.SelectMany(WordsOf),
        _ => [],
    };

    private static IEnumerable<(string, JsonNode?)> ButtonsOf(JsonNode? node) => node switch
    {
        JsonObject { } button when (string?)button["tag"] == "button" => [((string?)button["text"]?["content"] ?? "", ValueOf(button))],
        JsonObject { } some => some.SelectMany(pair => ButtonsOf(pair.Value)),
        JsonArray list => list.SelectMany(ButtonsOf),
        _ => [],
    };

    /// <summary>Of both generations of cards.</summary>
    private static JsonNode? ValueOf(JsonObject button) =>
        button["value"] ?? (button["behaviors"] as JsonArray)?.FirstOrDefault(behaviour => (string?)behaviour?["type"] == "callback")?["value"];
}

/// <param name="Deliveries">How often it was pushed, 5 at most.</param>
/// <param name="Status">Of the last delivery; 0: no answer in time.</param>
/// <param name="Body">Of the last answer.</param>
public sealed record FeishuPushed(int Deliveries, int Status, string Body);
