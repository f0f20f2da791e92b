using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Activities;

/// <summary>One source that an answer rests on.</summary>
/// <param name="Name">As people cite it, such as 《民法典》第二百七十八条.</param>
/// <param name="Abstract">What is to be known of it, one thing a line: in force since, checked on, what is not certain.</param>
/// <param name="Text">The full title of the document with the article.</param>
/// <param name="Url">Where it can be read; null where there is no such place.</param>
public sealed record CitationClaim(string Name, string Abstract, string? Text = null, string? Url = null);

/// <summary>Citations on the wire: the schema.org <c>Message</c> entity with one <c>Claim</c> per source, as Teams and Copilot show them.</summary>
public static class CitationEntity
{
    public const string EntityType = "https://schema.org/Message";

    /// <summary>The entity for these sources, numbered from 1 in their order; null when there is none (an empty <c>entities</c> is left out, A2100).</summary>
    public static Entity? Build(IReadOnlyList<CitationClaim> claims)
    {
        if (claims.Count == 0)
            return null;
        var citation = claims.Select((claim, index) => new SchemaClaim("Claim", index + 1, new("DigitalDocument", claim.Name, claim.Abstract, claim.Text, claim.Url)));
        return new Entity
        {
            Type = EntityType,
            Properties = new Dictionary<string, JsonElement>
            {
                ["@type"] = JsonSerializer.SerializeToElement("Message", CitationJson.Default.String),
                ["@context"] = JsonSerializer.SerializeToElement("https://schema.org", CitationJson.Default.String),
                ["@id"] = JsonSerializer.SerializeToElement("", CitationJson.Default.String),
                ["citation"] = JsonSerializer.SerializeToElement([.. citation], CitationJson.Default.SchemaClaimArray),
            },
        };
    }

    /// <summary>The sources of an activity, in order; empty when it carries none or something else under that name.</summary>
    public static IReadOnlyList<CitationClaim> Read(Activity activity)
    {
        foreach (var entity in activity.Entities ?? [])
        {
            if (entity.Type != EntityType || entity.Properties?.TryGetValue("citation", out var citation) != true || citation.ValueKind != JsonValueKind.Array)
                continue;
            try
            {
                return [.. citation.Deserialize(CitationJson.Default.SchemaClaimArray)!.OrderBy(claim => claim.Position)
                    .Select(claim => new CitationClaim(claim.Appearance.Name, claim.Appearance.Abstract, claim.Appearance.Text, claim.Appearance.Url))];
            }
            catch (JsonException)
            {
                return [];
            }
        }
        return [];
    }
}

internal sealed record SchemaClaim([property: JsonPropertyName("@type")] string Type, int Position, SchemaDocument Appearance);

internal sealed record SchemaDocument([property: JsonPropertyName("@type")] string Type, string Name, string Abstract, string? Text, string? Url);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SchemaClaim[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class CitationJson : JsonSerializerContext;
