using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outreach.Channels.WeCom;

/// <summary>A message of the application to members (<c>message/send</c>); one of the four bodies, as <see cref="MsgType"/> says.</summary>
internal sealed record AppMessage(
    [property: JsonPropertyName("touser")] string ToUser, [property: JsonPropertyName("agentid")] int AgentId, [property: JsonPropertyName("msgtype")] string MsgType,
    WeComText? Text = null, WeComText? Markdown = null, [property: JsonPropertyName("textcard")] TextCard? TextCard = null,
    [property: JsonPropertyName("template_card")] TemplateCard? TemplateCard = null)
{
    [JsonPropertyName("enable_duplicate_check")] public int EnableDuplicateCheck { get; } = 1;
    /// <summary>Seconds, 14,400 at most.</summary>
    [JsonPropertyName("duplicate_check_interval")] public int DuplicateCheckInterval { get; init; }
}

internal sealed record WeComText(string Content);

internal sealed record TextCard(string Title, string Description, string Url, [property: JsonPropertyName("btntxt")] string Button);

internal sealed record TemplateCard(
    [property: JsonPropertyName("sub_title_text")] string Text, [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("button_list")] IReadOnlyList<TemplateButton> Buttons)
{
    [JsonPropertyName("card_type")] public string CardType { get; } = "button_interaction";
}

internal sealed record TemplateButton(string Text, string Key)
{
    public int Style { get; } = 1;
}

/// <summary>A message to a customer (<c>kf/send_msg</c>, or with <see cref="Code"/> and without receiver <c>kf/send_msg_on_event</c>).</summary>
internal sealed record KfMessage(
    [property: JsonPropertyName("touser")] string? ToUser, [property: JsonPropertyName("open_kfid")] string? OpenKfId, string? Code, [property: JsonPropertyName("msgid")] string MsgId,
    [property: JsonPropertyName("msgtype")] string MsgType, WeComText? Text, [property: JsonPropertyName("msgmenu")] KfMenu? Menu);

internal sealed record KfMenu([property: JsonPropertyName("head_content")] string Head, IReadOnlyList<KfMenuLine> List);

internal sealed record KfMenuLine(KfClick Click)
{
    public string Type { get; } = "click";
}

internal sealed record KfClick(string Id, string Content);

internal sealed record KfPageAsked(
    string? Cursor, string? Token, [property: JsonPropertyName("open_kfid")] string OpenKfId, int Limit, [property: JsonPropertyName("voice_format")] int VoiceFormat);

internal sealed record KfMove(
    [property: JsonPropertyName("open_kfid")] string OpenKfId, [property: JsonPropertyName("external_userid")] string Customer,
    [property: JsonPropertyName("service_state")] int State, [property: JsonPropertyName("servicer_userid")] string? Servicer);

/// <summary>Every answer of the vendor; what an answer does not hold is null.</summary>
internal sealed record WeComAnswer(
    [property: JsonPropertyName("errcode")] int? ErrCode,
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] int? ExpiresIn,
    [property: JsonPropertyName("msgid")] string? MsgId,
    [property: JsonPropertyName("invaliduser")] string? InvalidUser,
    [property: JsonPropertyName("unlicenseduser")] string? UnlicensedUser,
    [property: JsonPropertyName("next_cursor")] string? NextCursor,
    [property: JsonPropertyName("has_more")] int? HasMore,
    [property: JsonPropertyName("msg_list")] IReadOnlyList<KfReceived?>? Messages)
{
    public IEnumerable<KfReceived> Received => (Messages ?? []).OfType<KfReceived>();
}

/// <summary>One entry of <c>kf/sync_msg</c>.</summary>
/// <param name="Origin">3: the customer, 4: an event, 5: staff in WeCom.</param>
internal sealed record KfReceived(
    [property: JsonPropertyName("msgid")] string? MsgId, [property: JsonPropertyName("external_userid")] string? Customer, [property: JsonPropertyName("send_time")] long SendTime,
    int Origin, [property: JsonPropertyName("msgtype")] string? MsgType, KfReceivedText? Text, KfReceivedLink? Link, KfReceivedEvent? Event);

internal sealed record KfReceivedText(string? Content, [property: JsonPropertyName("menu_id")] string? MenuId);

internal sealed record KfReceivedLink(string? Title);

internal sealed record KfReceivedEvent(
    [property: JsonPropertyName("event_type")] string? EventType, [property: JsonPropertyName("external_userid")] string? Customer,
    [property: JsonPropertyName("scene_param")] string? SceneParameter, [property: JsonPropertyName("welcome_code")] string? WelcomeCode,
    [property: JsonPropertyName("fail_msgid")] string? FailedId, [property: JsonPropertyName("fail_type")] int FailType);

[JsonSerializable(typeof(AppMessage))]
[JsonSerializable(typeof(KfMessage))]
[JsonSerializable(typeof(KfPageAsked))]
[JsonSerializable(typeof(KfMove))]
[JsonSerializable(typeof(WeComAnswer))]
internal sealed partial class WeComJson : JsonSerializerContext
{
    public static WeComJson Wire { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
