using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Outreach.Channels;

/// <summary>Reads JSON that vendors push: whatever is missing or of another kind is simply not there.</summary>
internal static class PushedJson
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null: no JSON object in UTF-8.</summary>
    public static JsonElement? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return Parse(Strict.GetString(json));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Null: no JSON object.</summary>
    public static JsonElement? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether every text and every name of a JSON text is whole: half a surrogate pair can neither be stored nor written again.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return false;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
                if (reader.ValueIsEscaped)
                    reader.GetString();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Undefined where there is no such member, or where a name among them is half a surrogate pair.</summary>
    public static JsonElement Member(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>A member's text; null: it is not there, no text, or half a surrogate pair.</summary>
    public static string? Text(JsonElement value, string name) => Text(Member(value, name));

    /// <summary>Null: no text, or half a surrogate pair.</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The members of a list; none where there is no such list.</summary>
    public static IEnumerable<JsonElement> List(JsonElement value, string name) => Member(value, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
