using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels.DingTalk;

/// <summary>What somebody said to the robot, read from a callback's body or a frame's data: the same JSON.</summary>
/// <param name="IsGroup">Said where others read it.</param>
/// <param name="Key">Tells the message from every other of the account.</param>
internal sealed record DingTalkPush(ConversationReference Reference, Activity Activity, bool IsGroup, string Key)
{
    private const int MaxId = 512;

    /// <summary>Null: not such a message, or fields are missing.</summary>
    public static DingTalkPush? Read(ReadOnlySpan<byte> json, DingTalkAccount account, DateTimeOffset now)
    {
        if (PushedJson.Parse(json) is not { } body
            || PushedJson.Text(body, "msgId") is not { Length: > 0 and <= MaxId } messageId
            || PushedJson.Text(body, "conversationId") is not { Length: > 0 and <= MaxId } conversation
            || (PushedJson.Text(body, "senderStaffId") is { Length: > 0 } staff ? staff : PushedJson.Text(body, "senderId")) is not { Length: > 0 and <= MaxId } user
            || PushedJson.Text(body, "msgtype") is not { Length: > 0 } type)
            return null;
        var reference = new ConversationReference
        {
            ChannelId = DingTalkChannel.ChannelId,
            Account = account.Name,
            ConversationId = conversation,
            UserId = user,
            BotId = PushedJson.Text(body, "chatbotUserId") ?? account.Options.Robot,
            ServiceUrl = SessionOf(body),
        };
        var activity = new Activity
        {
            Type = ActivityTypes.Message,
            Id = messageId,
            Timestamp = now,
            ChannelId = DingTalkChannel.ChannelId,
            From = new() { Id = user, Role = "user" },
            Recipient = new() { Id = reference.BotId, Role = "bot" },
            Conversation = new() { Id = conversation },
        };
        return new(reference, Said(activity, type, body), PushedJson.Text(body, "conversationType") != "1", ChannelInbox.KeyOf(account.Name, messageId));
    }

    /// <summary>The address for answers, with its end; null: none came.</summary>
    private static string? SessionOf(JsonElement body) =>
        Uri.TryCreate(PushedJson.Text(body, "sessionWebhook"), UriKind.Absolute, out var webhook)
        && PushedJson.Member(body, "sessionWebhookExpiredTime") is { ValueKind: JsonValueKind.Number } until && until.TryGetInt64(out var milliseconds)
        && milliseconds is > 0 and < 253_402_300_799_000
            ? DingTalkChannel.KeepSession(webhook, milliseconds)
            : null;

    private static Activity Said(Activity activity, string type, JsonElement body)
    {
        var content = PushedJson.Member(body, "content");
        return type switch
        {
            "text" => WithText(activity, PushedJson.Text(PushedJson.Member(body, "text"), "content")),
            "audio" when PushedJson.Text(content, "recognition") is { Length: > 0 } words => WithText(activity, words),
            "richText" when RichText(content) is { Length: > 0 } words => WithText(activity, words),
            "picture" or "richText" => WithFile(activity, "image/jpeg"),
            "audio" => WithFile(activity, "audio/amr"),
            "video" => WithFile(activity, "video/mp4"),
            _ => WithFile(activity, "application/octet-stream"),
        };
    }

    private static string RichText(JsonElement content) => string.Concat(PushedJson.List(content, "richText").Select(part => PushedJson.Text(part, "text")));

    private static Activity WithText(Activity activity, string? text) => activity with { Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim() };

    private static Activity WithFile(Activity activity, string contentType) => activity with { Attachments = [new() { ContentType = contentType }] };
}
