using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Outreach.Channels;

/// <summary>
/// JSON for vendors that show <c>\uXXXX</c> as it stands or refuse it (WeChat's 40033). The serializer's most lenient encoder still escapes what it takes for
/// invisible or outside the first plane (the wide space of Chinese texts, emoji, rare characters), so those escapes are undone here.
/// </summary>
internal static class VendorJson
{
    /// <summary>UTF-8 without a single <c>\u</c>; control characters that JSON could only say that way are left out.</summary>
    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => Encoding.UTF8.GetBytes(Unescape(JsonSerializer.Serialize(value, type)));

    private static string Unescape(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
            return json;
        var raw = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                raw.Append(json[i]);
            }
            else if (json[i + 1] != 'u')
            {
                raw.Append(json[i]).Append(json[++i]);
            }
            else
            {
                var letter = (char)int.Parse(json.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                if (letter is '"' or '\\')
                    raw.Append('\\').Append(letter);
                else if (letter >= ' ')
                    raw.Append(letter);
                i += 5;
            }
        }
        return raw.ToString();
    }
}
