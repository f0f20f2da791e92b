using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Activities;

/// <summary>Keeps a JSON value exactly as it came, down to its white space, escapes and the spelling of its numbers.</summary>
internal sealed class RawJsonConverter : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
}
