using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Activities;

/// <summary>A card with title, text and buttons (content type <see cref="ContentType"/>).</summary>
public sealed record HeroCard
{
    public const string ContentType = "application/vnd.microsoft.card.hero";

    public string? Title { get; init; }
    public string? Subtitle { get; init; }
    public string? Text { get; init; }
    public IReadOnlyList<CardAction>? Buttons { get; init; }
    [JsonExtensionData] public IDictionary<string, JsonElement>? Properties { get; set; }

    /// <summary>The card in an attachment; null when the attachment is something else or its content is not a card.</summary>
    public static HeroCard? From(Attachment attachment)
    {
        if (attachment is not { ContentType: ContentType, Content: { ValueKind: JsonValueKind.Object } content })
            return null;
        try
        {
            return content.Deserialize(ActivityJson.Default.HeroCard);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public Attachment ToAttachment() => new()
    {
        ContentType = ContentType,
        Content = JsonSerializer.SerializeToElement(this, ActivityJson.Default.HeroCard),
    };
}
