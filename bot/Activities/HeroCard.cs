using System.Text.Json;

namespace Outreach.Activities;

/// <summary>A card with title, text and buttons (content type <see cref="ContentType"/>).</summary>
public sealed record HeroCard
{
    public const string ContentType = "application/vnd.microsoft.card.hero";

    public string? Title { get; init; }
    public string? Subtitle { get; init; }
    public string? Text { get; init; }
    public IReadOnlyList<CardAction>? Buttons { get; init; }

    public Attachment ToAttachment() => new()
    {
        ContentType = ContentType,
        Content = JsonSerializer.SerializeToElement(this, ActivityJson.Default.HeroCard),
    };
}
