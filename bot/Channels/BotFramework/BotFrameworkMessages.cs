using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Activities;

namespace Outreach.Channels.BotFramework;

/// <summary>The body that answers <c>deliveryMode: expectReplies</c> (A3112).</summary>
internal sealed record ExpectedReplies(IReadOnlyList<Activity> Activities);

[JsonSerializable(typeof(ExpectedReplies))]
internal sealed partial class BotFrameworkJson : JsonSerializerContext
{
    /// <summary>As <see cref="ActivityJson.Wire"/>: absent where null, Chinese as it is.</summary>
    public static BotFrameworkJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
