using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outreach.Activities;

namespace Outreach.Channels.BotFramework;

/// <summary>The body that answers <c>deliveryMode: expectReplies</c> (A3112).</summary>
internal sealed record ExpectedReplies(IReadOnlyList<Activity> Activities);

/// <summary>What answers an invoke of a card: the body, and within it the status once more.</summary>
internal sealed record CardAnswer(int StatusCode, string Type, JsonElement Value)
{
    /// <summary>The name of the invoke that a card's <c>Action.Execute</c> makes.</summary>
    public const string Invoke = "adaptiveCard/action";

    /// <summary>Words that the app shows beside the card, which stays as it is.</summary>
    public static CardAnswer Said(string text) =>
        new(StatusCodes.Status200OK, "application/vnd.microsoft.activity.message", JsonSerializer.SerializeToElement(text, BotFrameworkJson.Wire.String));

    /// <param name="code"><c>BadRequest</c> or <c>NotSupported</c>.</param>
    public static CardAnswer Refused(string code, string message) =>
        new(StatusCodes.Status400BadRequest, "application/vnd.microsoft.error", JsonSerializer.SerializeToElement(new(code, message), BotFrameworkJson.Wire.CardProblem));
}

internal sealed record CardProblem(string Code, string Message);

/// <summary>The value of an <c>invokeResponse</c> activity.</summary>
internal sealed record InvokeAnswer(int Status, CardAnswer? Body);

[JsonSerializable(typeof(ExpectedReplies))]
[JsonSerializable(typeof(CardAnswer))]
[JsonSerializable(typeof(CardProblem))]
[JsonSerializable(typeof(InvokeAnswer))]
[JsonSerializable(typeof(string))]
internal sealed partial class BotFrameworkJson : JsonSerializerContext
{
    /// <summary>As <see cref="ActivityJson.Wire"/>: absent where null, Chinese as it is.</summary>
    public static BotFrameworkJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
