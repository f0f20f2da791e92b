using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Outreach.Doubles;

/// <summary>What a message must hold to be one.</summary>
internal static class DingTalkShapes
{
    /// <summary>A message as webhooks, sessions and work notices have it; null: not one.</summary>
    public static DingTalkRead? Shown(DingTalkWay way, JsonObject message)
    {
        if ((string?)message["msgtype"] is not { } kind)
            return null;
        var (name, needed) = kind switch
        {
            "text" => ("text", (string[])["content"]),
            "markdown" => ("markdown", ["title", "text"]),
            "link" => ("link", ["title", "text"]),
            "actionCard" => ("actionCard", ["title", "text"]),
            "action_card" => ("action_card", ["title", "markdown"]),
            "oa" => ("oa", ["message_url"]),
            _ => ("", []),
        };
        if (message[name] is not JsonObject content || needed.Any(field => (string?)content[field] is not { Length: > 0 }))
            return null;
        return new(way, kind, (JsonObject)content.DeepClone(), [.. (message["at"]?["atUserIds"] as JsonArray ?? []).Select(id => (string)id!)]);
    }

    /// <summary>A message as a robot sends it, its parameters JSON in a text; null: not one.</summary>
    public static DingTalkRead? RobotMessage(DingTalkWay way, JsonObject asked)
    {
        if ((string?)asked["msgKey"] is not { } key || asked["msgParam"] is not JsonValue value || value.GetValueKind() != JsonValueKind.String
            || Parse(Encoding.UTF8.GetBytes((string)value!)) is not { } parameters)
            return null;
        string[] needed = key switch
        {
            "sampleText" => ["content"],
            "sampleMarkdown" => ["title", "text"],
            "sampleLink" => ["title", "text", "messageUrl"],
            "sampleActionCard" => ["title", "text", "singleTitle", "singleURL"],
            "sampleActionCard2" or "sampleActionCard3" or "sampleActionCard4" or "sampleActionCard5" =>
                ["title", "text", .. Enumerable.Range(1, key[^1] - '0').SelectMany(n => new[] { $"actionTitle{n}", $"actionURL{n}" })],
            _ => [""],
        };
        return needed.Any(field => parameters[field] is not JsonValue text || text.GetValueKind() != JsonValueKind.String || ((string)text!).Length == 0) ? null : new(way, key, parameters, []);
    }

    public static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(new UTF8Encoding(false, true).GetString(body)) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}
