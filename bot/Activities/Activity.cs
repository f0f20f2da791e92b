using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Activities;

/// <summary>One message or event between a person and the bot (Bot Framework Activity schema, version 3).</summary>
public sealed record Activity
{
    /// <summary>One of <see cref="ActivityTypes"/>; an unknown type is carried, not refused (A2006).</summary>
    public required string Type { get; init; }
    public string? Id { get; init; }
    public DateTimeOffset? Timestamp { get; init; }
    public string? LocalTimestamp { get; init; }
    public string? LocalTimezone { get; init; }
    public string? ServiceUrl { get; init; }
    public string? ChannelId { get; init; }
    public ChannelAccount? From { get; init; }
    public ChannelAccount? Recipient { get; init; }
    public ConversationAccount? Conversation { get; init; }
    public string? ReplyToId { get; init; }
    public string? Locale { get; init; }
    public string? Name { get; init; }
    public string? Text { get; init; }
    /// <summary><c>plain</c>, <c>markdown</c> or <c>xml</c>; absent means markdown.</summary>
    public string? TextFormat { get; init; }
    /// <summary>What stands in place of the whole message where its cards cannot be shown.</summary>
    public string? Summary { get; init; }
    /// <summary><c>acceptingInput</c>, <c>expectingInput</c> or <c>ignoringInput</c>.</summary>
    public string? InputHint { get; init; }
    public string? AttachmentLayout { get; init; }
    public IReadOnlyList<Attachment>? Attachments { get; init; }
    public SuggestedActions? SuggestedActions { get; init; }
    public IReadOnlyList<Entity>? Entities { get; init; }
    public IReadOnlyList<ChannelAccount>? MembersAdded { get; init; }
    public IReadOnlyList<ChannelAccount>? MembersRemoved { get; init; }
    /// <summary>Of an installation or a relation: <c>add</c> or <c>remove</c>.</summary>
    public string? Action { get; init; }
    /// <summary>The channel's own data, kept byte for byte: clients recognise their message by it.</summary>
    [JsonConverter(typeof(RawJsonConverter))] public JsonElement? ChannelData { get; init; }
    public JsonElement? Value { get; init; }
    public string? ValueType { get; init; }
    public string? DeliveryMode { get; init; }
    /// <summary>Fields this version does not know: kept, and written back as they came.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}

/// <summary>The activity types that the bot acts on; compared ordinally (A2011).</summary>
public static class ActivityTypes
{
    public const string Message = "message";
    public const string ConversationUpdate = "conversationUpdate";
    public const string Event = "event";
    public const string Invoke = "invoke";
    /// <summary>The bot's answer to an invoke, where it stands among the replies.</summary>
    public const string InvokeResponse = "invokeResponse";
    public const string Typing = "typing";
    public const string EndOfConversation = "endOfConversation";
    /// <summary>The bot was installed, or taken out again.</summary>
    public const string InstallationUpdate = "installationUpdate";
    public const string ContactRelationUpdate = "contactRelationUpdate";
}

public sealed record ChannelAccount
{
    public string? Id { get; init; }
    public string? Name { get; init; }
    /// <summary><c>user</c> or <c>bot</c>.</summary>
    public string? Role { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}

public sealed record ConversationAccount
{
    public string? Id { get; init; }
    public string? Name { get; init; }
    public bool? IsGroup { get; init; }
    public string? ConversationType { get; init; }
    public string? TenantId { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}

public sealed record Attachment
{
    public required string ContentType { get; init; }
    public string? ContentUrl { get; init; }
    public JsonElement? Content { get; init; }
    public string? Name { get; init; }
    public string? ThumbnailUrl { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}

public sealed record SuggestedActions
{
    public IReadOnlyList<string>? To { get; init; }
    public required IReadOnlyList<CardAction> Actions { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}

/// <summary>A button. <c>imBack</c> puts the value into the chat as the person's own words.</summary>
public sealed record CardAction
{
    public required string Type { get; init; }
    public required string Title { get; init; }
    public JsonElement? Value { get; init; }
    public string? Text { get; init; }
    public string? DisplayText { get; init; }
    public string? Image { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}

/// <summary>Metadata of an activity, such as the schema.org <c>Message</c> entity that carries citations; everything but the type is kept as it came.</summary>
public sealed record Entity
{
    public string? Type { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }
}
