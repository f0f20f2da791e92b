using System.Text.Json;

namespace Outreach.Activities;

/// <summary>How a message's picture reaches a person.</summary>
public enum PictureMeans
{
    /// <summary>A line of the text: its description and, where we have a public address, where it is.</summary>
    Line,
    /// <summary>In the message itself; the app fetches it from our public address. Without one it is a <see cref="Line"/>.</summary>
    ByAddress,
    /// <summary>In the message itself, whatever our address is.</summary>
    Inline,
    /// <summary>Not at all: an approved template has no place for it.</summary>
    None,
}

/// <summary>A picture in a message: a JPEG of ours.</summary>
/// <param name="Address">Absolute, or a path such as <c>/pictures/….jpg</c> while we have no public address.</param>
/// <param name="Description">What it shows, for who does not see it.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public sealed record Picture(string Address, string Description, int Width, int Height)
{
    public const string ContentType = "image/jpeg";

    public bool HasPublicAddress => Address.StartsWith("http", StringComparison.Ordinal);

    /// <summary>Where it is on this very server.</summary>
    public string Path => HasPublicAddress ? new Uri(Address).AbsolutePath : Address;

    /// <summary>What stands in a text in place of it.</summary>
    public string Line => HasPublicAddress ? $"图片（{Description}）：{Address}" : $"图片：{Description}";

    public bool IsShownBy(PictureMeans means) => means == PictureMeans.Inline || (means == PictureMeans.ByAddress && HasPublicAddress);

    /// <summary>What a person who writes a message should know of its picture in such a channel.</summary>
    public string NoteFor(PictureMeans means) => means switch
    {
        _ when IsShownBy(means) => "图片直接显示在消息里。",
        PictureMeans.None => "这个渠道只有模板里的字，没有图片。",
        _ when HasPublicAddress => "这个渠道的消息里放不了图片，给出说明和图片地址。",
        _ => "没有配置 PublicUrl，这个渠道只有图片说明。",
    };

    /// <summary>The picture in an attachment; null when the attachment is something else.</summary>
    public static Picture? From(Attachment attachment) =>
        attachment is { ContentType: ContentType, ContentUrl: { Length: > 0 } address, Name: { Length: > 0 } description, Properties: { } more }
        && more.TryGetValue("width", out var width) && width.ValueKind == JsonValueKind.Number && width.TryGetInt32(out var wide)
        && more.TryGetValue("height", out var height) && height.ValueKind == JsonValueKind.Number && height.TryGetInt32(out var high)
            ? new(address, description, wide, high)
            : null;

    /// <summary>The first picture of a message; null: it has none.</summary>
    public static Picture? Of(Activity? activity) => activity?.Attachments?.Select(From).FirstOrDefault(picture => picture is not null);

    /// <summary>The name is what clients of the protocol take for the alternative text.</summary>
    public Attachment ToAttachment() => new()
    {
        ContentType = ContentType,
        ContentUrl = Address,
        Name = Description,
        Properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["width"] = JsonSerializer.SerializeToElement(Width, ActivityJson.Default.Int32),
            ["height"] = JsonSerializer.SerializeToElement(Height, ActivityJson.Default.Int32),
        },
    };
}
