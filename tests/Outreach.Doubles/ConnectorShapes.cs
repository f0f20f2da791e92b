using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Outreach.Doubles;

/// <summary>The rules of shape that an activity of a bot must keep (the Activity protocol's numbers) and those of its cards.</summary>
internal static partial class ConnectorShapes
{
    private const string Adaptive = "application/vnd.microsoft.card.adaptive";

    /// <summary>The rule that is broken; null: none.</summary>
    public static string? Misshapen(JsonObject activity, string conversation, string? answered, string method, (string Bot, string User, string Channel) known)
    {
        if ((string?)activity["type"] is not { Length: > 0 } type)
            return "type is missing";
        foreach (var only in (string[])["timestamp", "serviceUrl"])
            if (activity.ContainsKey(only))
                return $"{only} is the service's (A2031, A2041, A2302)";
        if (method == "POST" && activity.ContainsKey("id"))
            return "id is the service's (A2031)";
        if ((string?)activity["from"]?["id"] != known.Bot)
            return "from.id is not the bot (A2061)";
        if ((string?)activity["conversation"]?["id"] != conversation)
            return "conversation.id is not that of the address (A2080)";
        if (activity["recipient"] is { } to && (string?)to["id"] != known.User)
            return "recipient.id is not the person";
        if (method == "POST" && (string?)activity["replyToId"] is var reply && answered is not null && reply != answered)
            return "replyToId is not that of the address";
        foreach (var list in (string[])["attachments", "entities"])
            if (activity.ContainsKey(list) && activity[list] is not JsonArray { Count: > 0 })
                return $"{list} is empty (A3050, A2100)";
        if (activity.ContainsKey("suggestedActions") && activity["suggestedActions"]?["actions"] is not JsonArray { Count: > 0 })
            return "suggestedActions.actions is empty (A7701)";
        if (HasNull(activity))
            return "a member is null";
        var attachments = activity["attachments"] as JsonArray ?? [];
        var buttons = (activity["suggestedActions"]?["actions"] as JsonArray ?? []).Concat(attachments.SelectMany(card => card?["content"]?["buttons"] as JsonArray ?? []));
        if (buttons.Any(button => (string?)button?["type"] != "imBack" || (string?)button["title"] is not { Length: > 0 } || (string?)button["value"] is not { Length: > 0 }))
            return "a button has no title or no value";
        if (attachments.Where(card => (string?)card?["contentType"] == Adaptive).Select(card => CardProblem(card!["content"], isWhole: true)).FirstOrDefault(problem => problem is not null) is { } wrong)
            return wrong;
        if (type == "message" && (string?)activity["text"] is null or "" && activity["attachments"] is null)
            return "the message says nothing";
        return null;
    }

    /// <param name="isWhole">A card of its own; else one that an <c>Action.ShowCard</c> opens.</param>
    private static string? CardProblem(JsonNode? content, bool isWhole)
    {
        if (content is not JsonObject card || (string?)card["type"] != "AdaptiveCard")
            return "the content of an Adaptive Card is no object of type AdaptiveCard";
        if (isWhole && !Version().IsMatch((string?)card["version"] ?? ""))
            return "an Adaptive Card has no version";
        var (body, actions) = (card["body"] as JsonArray ?? [], card["actions"] as JsonArray ?? []);
        if (body.Count + actions.Count == 0)
            return "an Adaptive Card shows nothing";
        return body.Any(element => (string?)element?["type"] is not { Length: > 0 }) ? "an element has no type" : actions.Select(ActionProblem).FirstOrDefault(problem => problem is not null);
    }

    private static string? ActionProblem(JsonNode? action)
    {
        if ((string?)action?["title"] is not { Length: > 0 })
            return "a card's action has no title";
        return (string?)action["type"] switch
        {
            "Action.Submit" => action["data"] is JsonObject or JsonValue ? null : "an Action.Submit brings nothing back",
            "Action.Execute" => action["data"] is JsonObject || (string?)action["verb"] is { Length: > 0 } ? null : "an Action.Execute brings nothing back",
            "Action.OpenUrl" => Uri.TryCreate((string?)action["url"], UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? null : "an Action.OpenUrl leads nowhere",
            "Action.ShowCard" => CardProblem(action["card"], isWhole: false),
            _ => "an action's type is unknown",
        };
    }

    private static bool HasNull(JsonNode? node) => node switch
    {
        null => true,
        JsonObject members => members.Any(member => HasNull(member.Value)),
        JsonArray items => items.Any(HasNull),
        _ => node.GetValueKind() == JsonValueKind.Null,
    };

    [GeneratedRegex(@"\A1\.[0-6]\z")]
    private static partial Regex Version();
}
