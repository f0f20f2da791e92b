using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels;

/// <summary>有帮助 / 没答对 as buttons under an answer: which answers are judged, and what a tap on one becomes.</summary>
internal static class Verdicts
{
    /// <summary>The number by which a verdict names the answer; null: the bot said something that is not judged, or it is no answer of a turn.</summary>
    /// <param name="idempotencyKey">Answers are handed over under <c>message/conversation/sequence</c>.</param>
    public static string? Judged(Activity activity, string idempotencyKey) =>
        activity.ChannelData is { } data && PushedJson.Text(PushedJson.Member(data, "answer"), "kind") == "answer" && idempotencyKey.Split('/') is ["message", _, var sequence]
            ? sequence
            : null;

    /// <summary>Whether a tap's word is a verdict.</summary>
    public static bool IsVerdict(string? word) => word is "helpful" or "wrong";

    /// <summary>The activity as the event of a verdict.</summary>
    /// <param name="sequence">As <see cref="Judged"/> gave it.</param>
    public static Activity On(Activity activity, string verdict, string sequence) => activity with
    {
        Type = ActivityTypes.Event,
        Name = "outreach/feedback",
        Value = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["verdict"] = verdict, ["activityId"] = "|" + sequence }),
    };
}
