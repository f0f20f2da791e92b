using System.Text.Json;
using Outreach.Activities;

namespace Outreach.Channels.WeCom;

/// <summary>What customers' messages and events are to the bot. Pure.</summary>
internal static class KfReading
{
    private const int FromCustomer = 3;
    private const string WelcomeCode = "welcomeCode";

    /// <summary>In order; none: nothing to do.</summary>
    public static IReadOnlyList<Activity> ActivitiesOf(KfReceived message) => message switch
    {
        { Event: { EventType: "enter_session" } entered } => Entered(entered),
        { Origin: not FromCustomer } => [],
        { MsgType: "text", Text.MenuId: { Length: > 0 } choice } => [TapOf(choice, message.Text.Content)],
        { MsgType: "text" } => [Said(message.Text?.Content)],
        { MsgType: "link" } => [Said(message.Link?.Title)],
        { MsgType: "image" } => [WithFile("image/jpeg")],
        { MsgType: "voice" } => [WithFile("audio/amr")],
        { MsgType: "location" } => [WithFile(MediaTypes.Location)],
        _ => [WithFile("application/octet-stream")],
    };

    /// <summary>The code that came when a customer opened the conversation and lets us greet; null: another activity.</summary>
    public static string? WelcomeCodeOf(Activity activity) =>
        activity.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(WelcomeCode, out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() : null;

    public static Activity Own(Activity activity, ConversationReference reference, DateTimeOffset now)
    {
        var customer = new ChannelAccount { Id = reference.UserId, Role = "user" };
        return activity with
        {
            Timestamp = now,
            ChannelId = KfChannel.ChannelId,
            From = customer,
            Recipient = new() { Id = reference.BotId, Role = "bot" },
            Conversation = new() { Id = reference.ConversationId },
            MembersAdded = activity.Type == ActivityTypes.ConversationUpdate ? [customer] : null,
        };
    }

    /// <summary>Why a message that was taken did not arrive (<c>fail_type</c>).</summary>
    public static SendClass WhyFailed(int failType) => failType switch
    {
        4 or 5 or 6 => SendClass.WindowClosed,                // 48 hours over, session ended, five messages used up
        10 => SendClass.RecipientGone,                        // the customer refuses
        12 => SendClass.ContentRejected,
        _ => SendClass.ConfigError,
    };

    /// <summary>The address may carry the community (<c>scene_param=c:key</c>). A welcome code asks for a greeting; it is kept with the event, which is stored.</summary>
    private static List<Activity> Entered(KfReceivedEvent entered)
    {
        var scene = Uri.UnescapeDataString(entered.SceneParameter ?? "");
        var opened = scene.StartsWith("c:", StringComparison.Ordinal) && scene[2..].Split(';')[0] is { Length: > 0 and <= 64 } key
            ? new Activity { Type = ActivityTypes.Event, Name = "outreach/community", Value = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["key"] = key }) }
            : null;
        if (entered.WelcomeCode is not { Length: > 0 } code)
            return opened is null ? [] : [opened];
        opened ??= new() { Type = ActivityTypes.Event, Name = "outreach/entered" };
        return
        [
            opened with { ChannelData = JsonSerializer.SerializeToElement(new Dictionary<string, string> { [WelcomeCode] = code }) },
            new() { Type = ActivityTypes.ConversationUpdate },
        ];
    }

    private static Activity TapOf(string choice, string? content) => choice.Split(':') is [var verdict, { Length: > 0 } sequence] && Verdicts.IsVerdict(verdict)
        ? Verdicts.On(new() { Type = ActivityTypes.Event }, verdict, sequence)
        : Said(content);

    private static Activity Said(string? text) => new() { Type = ActivityTypes.Message, Text = string.IsNullOrWhiteSpace(text) ? null : text };

    private static Activity WithFile(string contentType) => new() { Type = ActivityTypes.Message, Attachments = [new() { ContentType = contentType }] };
}
