using System.Text;
using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels.Feishu;

internal enum FeishuEventKind
{
    /// <summary>Feishu checks the address.</summary>
    Challenge,
    /// <summary>A person wrote alone, opened the chat or tapped a button.</summary>
    Turn,
    /// <summary>Somebody called the bot in a group.</summary>
    Group,
    /// <summary>Nothing to do.</summary>
    Ignored,
}

/// <summary>What a push says, once it is opened.</summary>
/// <param name="Id">Tells the event from every other.</param>
/// <param name="Token">The verification token that it came with.</param>
/// <param name="Text">Of a challenge; the message's id in a group; the tapped words.</param>
/// <param name="Key">Tells the turn from every other of the account.</param>
internal sealed record FeishuEvent(
    FeishuEventKind Kind, string Id, string Token, string? AppId, string? Text = null, ConversationReference? Reference = null, Activity? Activity = null, string? Key = null)
{
    private const int MaxId = 512;

    /// <summary>Null: no event, or fields are missing.</summary>
    public static FeishuEvent? Read(JsonElement body, FeishuAccount account, DateTimeOffset now)
    {
        if (PushedJson.Text(body, "type") == "url_verification")
            return PushedJson.Text(body, "challenge") is { Length: > 0 and <= 1024 } challenge && PushedJson.Text(body, "token") is { } own ? new(FeishuEventKind.Challenge, challenge, own, null, challenge) : null;
        var (header, content) = (PushedJson.Member(body, "header"), PushedJson.Member(body, "event"));
        if (PushedJson.Text(header, "event_id") is not { Length: > 0 and <= MaxId } id || PushedJson.Text(header, "token") is not { } token || PushedJson.Text(header, "event_type") is not { Length: > 0 } type)
            return null;
        var ignored = new FeishuEvent(FeishuEventKind.Ignored, id, token, PushedJson.Text(header, "app_id"));
        return type switch
        {
            "im.message.receive_v1" => Message(ignored, content, account, now),
            "card.action.trigger" => Tap(ignored, content, PushedJson.Text(PushedJson.Member(content, "operator"), "open_id"), account, now),
            "im.chat.access_event.bot_p2p_chat_entered_v1" => Entered(ignored, content, account, now),
            _ => ignored,
        };
    }

    /// <summary>A card callback of the old kind: no envelope, and a token that is another one. Null: fields are missing.</summary>
    /// <param name="id">Tells the callback from every other.</param>
    public static FeishuEvent? ReadOldCard(JsonElement body, string id, FeishuAccount account, DateTimeOffset now) =>
        Tap(new(FeishuEventKind.Ignored, id, account.Options.VerificationToken!, null), body, PushedJson.Text(body, "open_id"), account, now);

    private static FeishuEvent? Message(FeishuEvent pushed, JsonElement content, FeishuAccount account, DateTimeOffset now)
    {
        var (sender, message) = (PushedJson.Member(content, "sender"), PushedJson.Member(content, "message"));
        if (PushedJson.Text(sender, "sender_type") is { } kind && kind != "user")
            return pushed;
        if (PushedJson.Text(PushedJson.Member(sender, "sender_id"), "open_id") is not { Length: > 0 and <= MaxId } openId || PushedJson.Text(message, "message_id") is not { Length: > 0 and <= MaxId } messageId
            || PushedJson.Text(message, "message_type") is not { Length: > 0 } type)
            return null;
        if (PushedJson.Text(message, "chat_type") != "p2p")
            return Mentions(message).Any() ? pushed with { Kind = FeishuEventKind.Group, Text = messageId, Key = PushedJson.Text(message, "chat_id") ?? messageId } : pushed;
        var reference = ReferenceOf(openId, account);
        return pushed with
        {
            Kind = FeishuEventKind.Turn,
            Reference = reference,
            Activity = Said(Own(reference, messageId, now), type, message),
            Key = ChannelInbox.KeyOf(account.Name, messageId),      // one message is one turn, whatever its events are called
        };
    }

    /// <summary>A tap says the button's words, or gives a verdict. A card of somebody else's making is left alone.</summary>
    private static FeishuEvent? Tap(FeishuEvent pushed, JsonElement content, string? openId, FeishuAccount account, DateTimeOffset now)
    {
        if (openId is not { Length: > 0 and <= MaxId })
            return null;
        var reference = ReferenceOf(openId, account);
        var (value, own) = (PushedJson.Member(PushedJson.Member(content, "action"), "value"), Own(reference, null, now));
        var activity = PushedJson.Text(value, "say") is { Length: > 0 } words ? own with { Text = words }
            : PushedJson.Text(value, "verdict") is { } verdict && Verdicts.IsVerdict(verdict) && PushedJson.Text(value, "answer") is { Length: > 0 } sequence
                ? Verdicts.On(own, verdict, sequence)
                : null;
        return activity is null ? pushed : pushed with
        {
            Kind = FeishuEventKind.Turn,
            Text = activity.Text ?? "已收到",
            Reference = reference,
            Activity = activity,
            Key = ChannelInbox.KeyOf(account.Name, pushed.Id),
        };
    }

    /// <summary>Greets who opens the chat for the first time.</summary>
    private static FeishuEvent? Entered(FeishuEvent pushed, JsonElement content, FeishuAccount account, DateTimeOffset now)
    {
        if (PushedJson.Text(PushedJson.Member(content, "operator_id"), "open_id") is not { Length: > 0 and <= MaxId } openId)
            return null;
        if (PushedJson.Text(content, "last_message_id") is { Length: > 0 })
            return pushed;
        var reference = ReferenceOf(openId, account);
        var own = Own(reference, null, now);
        return pushed with
        {
            Kind = FeishuEventKind.Turn,
            Reference = reference,
            Activity = own with { Type = ActivityTypes.ConversationUpdate, MembersAdded = [own.From!] },
            Key = ChannelInbox.KeyOf(account.Name, pushed.Id),
        };
    }

    private static ConversationReference ReferenceOf(string openId, FeishuAccount account) =>
        new() { ChannelId = FeishuChannel.ChannelId, Account = account.Name, ConversationId = openId, UserId = openId, BotId = account.Options.AppId };

    private static Activity Own(ConversationReference reference, string? id, DateTimeOffset now) => new()
    {
        Type = ActivityTypes.Message,
        Id = id,
        Timestamp = now,
        ChannelId = FeishuChannel.ChannelId,
        From = new() { Id = reference.UserId, Role = "user" },
        Recipient = new() { Id = reference.BotId, Role = "bot" },
        Conversation = new() { Id = reference.ConversationId },
    };

    private static Activity Said(Activity activity, string type, JsonElement message)
    {
        var content = PushedJson.Parse(PushedJson.Text(message, "content") ?? "") ?? default;
        return type switch
        {
            "text" => WithText(activity, PushedJson.Text(content, "text"), message),
            "post" => WithText(activity, Post(content), message),
            "image" => WithFile(activity, "image/jpeg"),
            "audio" => WithFile(activity, "audio/ogg"),
            "media" => WithFile(activity, "video/mp4"),
            "sticker" => WithFile(activity, MediaTypes.Sticker),
            "location" => WithFile(activity, MediaTypes.Location),
            _ => WithFile(activity, "application/octet-stream"),
        };
    }

    /// <summary>The words of rich text: its title and its lines.</summary>
    private static string Post(JsonElement content)
    {
        var words = new StringBuilder(PushedJson.Text(content, "title"));
        foreach (var line in PushedJson.List(content, "content").Where(line => line.ValueKind == JsonValueKind.Array))
        {
            words.Append('\n');
            foreach (var part in line.EnumerateArray())
                words.Append(PushedJson.Text(part, "tag") is "text" or "a" ? PushedJson.Text(part, "text") : null);
        }
        return words.ToString();
    }

    private static Activity WithText(Activity activity, string? text, JsonElement message)
    {
        foreach (var mention in Mentions(message))
            text = text?.Replace(mention, "", StringComparison.Ordinal);
        return activity with { Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim() };
    }

    private static Activity WithFile(Activity activity, string contentType) => activity with { Attachments = [new() { ContentType = contentType }] };

    /// <summary>The keys that stand in the text for people who are called, such as <c>@_user_1</c>; the longest first.</summary>
    private static IEnumerable<string> Mentions(JsonElement message) =>
        PushedJson.List(message, "mentions").Select(mention => PushedJson.Text(mention, "key")).Where(key => key is { Length: > 0 }).Select(key => key!).OrderByDescending(key => key.Length);
}
